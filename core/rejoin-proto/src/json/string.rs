use std::borrow::Cow;

/// Resolves the escapes of a string, given without its quotes. A lone surrogate becomes U+FFFD.
///
/// ```
/// assert_eq!(rejoin_proto::json::unescape(r"caf\u00e9"), "café");
/// ```
pub fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.as_bytes().contains(&b'\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(|byte| byte == b'\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escape(&rest[at..]);
        text.push(character);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that an escape stands for, and the escape's length in bytes.
fn escape(text: &str) -> (char, usize) {
    let character = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(text),
        Some(byte) if byte.is_ascii() => char::from(*byte),
        Some(_) | None => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (character, 2)
}

fn unicode_escape(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let Some(first) = unit(2) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if let Some(character) = char::from_u32(u32::from(first)) {
        return (character, 6);
    }
    let second = if text.get(6..8) == Some("\\u") { unit(8) } else { None };
    match (first, second) {
        (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
            let code = 0x10000 + ((u32::from(first) & 0x3ff) << 10 | u32::from(second) & 0x3ff);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        (_, Some(_) | None) => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// Appends `text` as a JSON string, with its quotes.
///
/// ```
/// let mut json = String::new();
/// rejoin_proto::json::quote("a \"b\"\n", &mut json);
/// assert_eq!(json, r#""a \"b\"\n""#);
/// ```
pub fn quote(text: &str, json: &mut String) {
    json.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        json.push_str(&text[plain..at]);
        plain = at + 1;
        if escape.is_empty() {
            const HEX: [char; 16] =
                ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
            json.push_str("\\u00");
            json.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            json.push_str(escape);
        }
    }
    json.push_str(&text[plain..]);
    json.push('"');
}

/// A number's digits: see [`push_number`].
pub(crate) fn number(number: u64) -> String {
    let mut text = String::new();
    push_number(&mut text, number);
    text
}

/// Appends a number's digits. The formatter would do it too, but is much code for a page, and slower.
pub fn push_number(text: &mut String, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    for digit in &digits[at..] {
        text.push(char::from(*digit));
    }
}
