use super::MAX_DEPTH;

/// The text is not JSON, or nested too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Array,
    Object,
}

/// Is told what a value is made of, in the order of the text. Strings and keys come raw: without quotes, with escapes.
pub(crate) trait Visitor {
    fn open(&mut self, _container: Container) {}
    fn close(&mut self, _container: Container) {}
    fn key(&mut self, _raw: &str) {}
    fn string(&mut self, _raw: &str) {}
    fn number(&mut self, _text: &str) {}
    /// `true`, `false` or `null`.
    fn literal(&mut self, _text: &'static str) {}
}

/// Walks over one JSON value, and returns where it ends.
pub(crate) fn walk<V: Visitor>(
    text: &str,
    start: usize,
    max_depth: u32,
    visitor: &mut V,
) -> Result<usize, Malformed> {
    let bytes = text.as_bytes();
    let mut nesting = Nesting::new(max_depth);
    let mut at = start;
    loop {
        at = skip_whitespace(bytes, at);
        match bytes.get(at).ok_or(Malformed)? {
            b'"' => {
                let end = string_end(bytes, at)?;
                visitor.string(text.get(at + 1..end - 1).unwrap_or_default());
                at = end;
            }
            b'-' | b'0'..=b'9' => {
                let end = number_end(bytes, at)?;
                visitor.number(text.get(at..end).unwrap_or_default());
                at = end;
            }
            b'{' => {
                nesting.push(Container::Object)?;
                visitor.open(Container::Object);
                at = skip_whitespace(bytes, at + 1);
                if bytes.get(at) != Some(&b'}') {
                    at = key(text, at, visitor)?;
                    continue;
                }
            }
            b'[' => {
                nesting.push(Container::Array)?;
                visitor.open(Container::Array);
                at = skip_whitespace(bytes, at + 1);
                if bytes.get(at) != Some(&b']') {
                    continue;
                }
            }
            b't' => at = literal(bytes, at, "true", visitor)?,
            b'f' => at = literal(bytes, at, "false", visitor)?,
            b'n' => at = literal(bytes, at, "null", visitor)?,
            _ => return Err(Malformed),
        }
        // A value ended: so may containers, up to the comma before the next value.
        loop {
            let Some(container) = nesting.current() else { return Ok(at) };
            at = skip_whitespace(bytes, at);
            match (bytes.get(at).ok_or(Malformed)?, container) {
                (b',', Container::Array) => {
                    at += 1;
                    break;
                }
                (b',', Container::Object) => {
                    at = key(text, skip_whitespace(bytes, at + 1), visitor)?;
                    break;
                }
                (b']', Container::Array) | (b'}', Container::Object) => {
                    nesting.pop();
                    visitor.close(container);
                    at += 1;
                }
                _ => return Err(Malformed),
            }
        }
    }
}

/// The open containers, one bit each.
struct Nesting {
    objects: [u64; 2],
    depth: u32,
    max: u32,
}

impl Nesting {
    fn new(max: u32) -> Self {
        Self { objects: [0; 2], depth: 0, max: max.min(MAX_DEPTH) }
    }

    fn push(&mut self, container: Container) -> Result<(), Malformed> {
        if self.depth == self.max {
            return Err(Malformed);
        }
        self.depth += 1;
        let [low, high] = self.objects;
        self.objects = [low << 1 | u64::from(container == Container::Object), high << 1 | low >> 63];
        Ok(())
    }

    fn pop(&mut self) {
        self.depth -= 1;
        let [low, high] = self.objects;
        self.objects = [low >> 1 | high << 63, high >> 1];
    }

    fn current(&self) -> Option<Container> {
        match (self.depth, self.objects[0] & 1) {
            (0, _) => None,
            (_, 0) => Some(Container::Array),
            _ => Some(Container::Object),
        }
    }
}

/// The position after a key and its colon.
#[inline]
fn key<V: Visitor>(text: &str, at: usize, visitor: &mut V) -> Result<usize, Malformed> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return Err(Malformed);
    }
    let end = string_end(bytes, at)?;
    visitor.key(text.get(at + 1..end - 1).unwrap_or_default());
    let colon = skip_whitespace(bytes, end);
    if bytes.get(colon) == Some(&b':') { Ok(colon + 1) } else { Err(Malformed) }
}

#[inline]
fn literal<V: Visitor>(
    bytes: &[u8],
    at: usize,
    expected: &'static str,
    visitor: &mut V,
) -> Result<usize, Malformed> {
    let end = at + expected.len();
    if bytes.get(at..end) != Some(expected.as_bytes()) {
        return Err(Malformed);
    }
    visitor.literal(expected);
    Ok(end)
}

#[inline]
fn number_end(bytes: &[u8], mut at: usize) -> Result<usize, Malformed> {
    at += usize::from(bytes.get(at) == Some(&b'-'));
    at = if bytes.get(at) == Some(&b'0') { at + 1 } else { digits_end(bytes, at)? };
    if bytes.get(at) == Some(&b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = digits_end(bytes, at)?;
    }
    Ok(at)
}

/// At least one digit.
#[inline]
fn digits_end(bytes: &[u8], start: usize) -> Result<usize, Malformed> {
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    if at == start { Err(Malformed) } else { Ok(at) }
}

/// The position after the string whose opening quote is at `at`.
#[inline(always)]
fn string_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let mut at = at + 1;
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape_end(bytes, at + 1)?,
            Some(_) | None => return Err(Malformed),
        }
    }
}

#[inline]
pub(crate) fn skip_whitespace(bytes: &[u8], mut at: usize) -> usize {
    // Most JSON has none: one comparison, then, for each place that allows it.
    while let Some(byte) = bytes.get(at).filter(|byte| **byte <= b' ') {
        if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            break;
        }
        at += 1;
    }
    at
}

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Where the next quote, backslash or control character is, eight bytes at a time.
#[inline(always)]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let special = special(u64::from_le_bytes(*chunk));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| *byte >= 0x20 && *byte != b'"' && *byte != b'\\') {
        at += 1;
    }
    at
}

/// Sets the high bit of the lowest byte that is a quote, a backslash or a control character. Bits above it may be
/// wrong: a subtraction borrows.
#[inline(always)]
fn special(word: u64) -> u64 {
    // With bit 1 flipped the quote comes directly after the control characters, in place of the space.
    let quote_or_control = (word ^ each(0b10)).wrapping_sub(each(0x21));
    let backslash = (word ^ each(b'\\')).wrapping_sub(each(1));
    (quote_or_control | backslash) & !word & each(0x80)
}

/// The end of an escape, `at` being the position after its backslash.
fn escape_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    match bytes.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') => match bytes.get(at + 1..at + 5) {
            Some(hex) if hex.iter().all(u8::is_ascii_hexdigit) => Ok(at + 5),
            Some(_) | None => Err(Malformed),
        },
        Some(_) | None => Err(Malformed),
    }
}
