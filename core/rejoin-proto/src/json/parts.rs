use core::iter::FusedIterator;

use super::{MAX_DEPTH, skip_whitespace, value_end};

/// The values of a comma-separated list of JSON values. See [`elements`].
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    text: &'a str,
    at: usize,
}

/// The values of a comma-separated list, as it stands between the brackets of a JSON array.
///
/// Ends early where the list is malformed.
///
/// ```
/// let parts: Vec<_> = rejoin_proto::json::elements(r#"1, {"a":[2,3]},"x""#).collect();
/// assert_eq!(parts, ["1", r#"{"a":[2,3]}"#, r#""x""#]);
/// ```
pub fn elements(list: &str) -> Elements<'_> {
    Elements { text: list, at: skip_whitespace(list.as_bytes(), 0) }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = core::mem::replace(&mut self.at, self.text.len());
        let end = value_end(self.text, start, MAX_DEPTH).ok()?;
        let comma = skip_whitespace(self.text.as_bytes(), end);
        if self.text.as_bytes().get(comma) == Some(&b',') {
            self.at = skip_whitespace(self.text.as_bytes(), comma + 1);
        }
        self.text.get(start..end)
    }
}

impl FusedIterator for Elements<'_> {}

/// The members of a JSON object. See [`members`].
#[derive(Clone, Debug)]
pub struct Members<'a> {
    text: &'a str,
    at: usize,
}

/// The members of a JSON object: each key without its quotes but with its escapes, and the text of its value.
///
/// None where the text is not an object; ends early where it is malformed.
///
/// ```
/// let members: Vec<_> = rejoin_proto::json::members(r#"{"sid": "x", "n":[1]}"#).collect();
/// assert_eq!(members, [("sid", r#""x""#), ("n", "[1]")]);
/// ```
pub fn members(object: &str) -> Members<'_> {
    let bytes = object.as_bytes();
    let open = skip_whitespace(bytes, 0);
    let at = if bytes.get(open) == Some(&b'{') { skip_whitespace(bytes, open + 1) } else { object.len() };
    Members { text: object, at }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        let start = core::mem::replace(&mut self.at, self.text.len());
        let key_end = value_end(self.text, start, MAX_DEPTH).ok()?;
        let colon = skip_whitespace(bytes, key_end);
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        let value = skip_whitespace(bytes, colon + 1);
        let end = value_end(self.text, value, MAX_DEPTH).ok()?;
        let comma = skip_whitespace(bytes, end);
        if bytes.get(comma) == Some(&b',') {
            self.at = skip_whitespace(bytes, comma + 1);
        }
        Some((self.text.get(start + 1..key_end - 1)?, self.text.get(value..end)?))
    }
}

impl FusedIterator for Members<'_> {}
