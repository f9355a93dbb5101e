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
    let mut scanner =
        Scanner { text, bytes: text.as_bytes(), at: start, nesting: Nesting::new(max_depth), visitor };
    loop {
        scanner.value()?;
        if scanner.after_value()? {
            return Ok(scanner.at);
        }
    }
}

/// The open containers, one bit each.
struct Nesting {
    objects: u128,
    depth: u32,
    max: u32,
}

impl Nesting {
    fn new(max: u32) -> Self {
        Self { objects: 0, depth: 0, max: max.min(MAX_DEPTH) }
    }

    fn push(&mut self, container: Container) -> Result<(), Malformed> {
        if self.depth == self.max {
            return Err(Malformed);
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(container == Container::Object);
        Ok(())
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.objects >>= 1;
    }

    fn current(&self) -> Option<Container> {
        match (self.depth, self.objects & 1) {
            (0, _) => None,
            (_, 0) => Some(Container::Array),
            _ => Some(Container::Object),
        }
    }
}

struct Scanner<'t, 'v, V> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nesting: Nesting,
    visitor: &'v mut V,
}

impl<V: Visitor> Scanner<'_, '_, V> {
    /// Takes a scalar, an empty container, or all that opens before the first scalar.
    fn value(&mut self) -> Result<(), Malformed> {
        loop {
            self.skip_whitespace();
            match self.peek().ok_or(Malformed)? {
                b'"' => return self.string(),
                b'{' => {
                    self.enter(Container::Object)?;
                    if self.leave_if(b'}', Container::Object) {
                        return Ok(());
                    }
                    self.key()?;
                }
                b'[' => {
                    self.enter(Container::Array)?;
                    if self.leave_if(b']', Container::Array) {
                        return Ok(());
                    }
                }
                b'-' | b'0'..=b'9' => return self.number(),
                b't' => return self.literal("true"),
                b'f' => return self.literal("false"),
                b'n' => return self.literal("null"),
                _ => return Err(Malformed),
            }
        }
    }

    /// Takes what closes after a value, up to the comma before the next one. True if the outermost value is complete.
    fn after_value(&mut self) -> Result<bool, Malformed> {
        while let Some(container) = self.nesting.current() {
            self.skip_whitespace();
            match (self.peek().ok_or(Malformed)?, container) {
                (b',', Container::Array) => {
                    self.at += 1;
                    return Ok(false);
                }
                (b',', Container::Object) => {
                    self.at += 1;
                    self.skip_whitespace();
                    self.key()?;
                    return Ok(false);
                }
                (b']', Container::Array) | (b'}', Container::Object) => self.leave(container),
                _ => return Err(Malformed),
            }
        }
        Ok(true)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_whitespace(&mut self) {
        self.at = skip_whitespace(self.bytes, self.at);
    }

    fn enter(&mut self, container: Container) -> Result<(), Malformed> {
        self.nesting.push(container)?;
        self.at += 1;
        self.visitor.open(container);
        self.skip_whitespace();
        Ok(())
    }

    fn leave(&mut self, container: Container) {
        self.at += 1;
        self.nesting.pop();
        self.visitor.close(container);
    }

    fn leave_if(&mut self, byte: u8, container: Container) -> bool {
        let leaves = self.peek() == Some(byte);
        if leaves {
            self.leave(container);
        }
        leaves
    }

    fn key(&mut self) -> Result<(), Malformed> {
        if self.peek() != Some(b'"') {
            return Err(Malformed);
        }
        let raw = self.quoted()?;
        self.visitor.key(raw);
        self.skip_whitespace();
        if self.peek() != Some(b':') {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Malformed> {
        let raw = self.quoted()?;
        self.visitor.string(raw);
        Ok(())
    }

    fn literal(&mut self, expected: &'static str) -> Result<(), Malformed> {
        let end = self.at + expected.len();
        if self.bytes.get(self.at..end) != Some(expected.as_bytes()) {
            return Err(Malformed);
        }
        self.at = end;
        self.visitor.literal(expected);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.visitor.number(self.text.get(start..self.at).unwrap_or_default());
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(Malformed) } else { Ok(()) }
    }
}

impl<'t, V> Scanner<'t, '_, V> {
    /// Takes a quoted string, and gives what lies between the quotes.
    #[inline]
    fn quoted(&mut self) -> Result<&'t str, Malformed> {
        let start = self.at + 1;
        let mut at = start;
        loop {
            at = plain_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => at = escape_end(self.bytes, at + 1)?,
                Some(_) | None => return Err(Malformed),
            }
        }
        self.at = at + 1;
        Ok(self.text.get(start..at).unwrap_or_default())
    }
}

#[inline]
pub(crate) fn skip_whitespace(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

const ONES: u64 = u64::from_le_bytes([0x01; 8]);
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);

/// Where the next quote, backslash or control character is, eight bytes at a time.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let hits = (zero_bytes(word ^ QUOTES) | zero_bytes(word ^ BACKSLASHES) | controls(word)) & HIGHS;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| *byte >= 0x20 && *byte != b'"' && *byte != b'\\') {
        at += 1;
    }
    at
}

/// Sets the high bit of the lowest byte that is zero; bits above that one may be wrong.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

/// Sets the high bit of the lowest byte that is below 0x20; bits above that one may be wrong.
#[inline]
fn controls(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word
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
