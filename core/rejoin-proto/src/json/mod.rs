//! JSON as text: is it well-formed, and where does each part end? No tree is built, nothing is allocated.

mod parts;
mod scan;
mod string;
#[cfg(test)]
mod tests;

pub use parts::{Elements, Members, elements, members};
pub(crate) use scan::{Container, Malformed, Visitor, skip_whitespace, walk};
pub(crate) use string::number;
pub use string::{push_number, quote, unescape};

/// The deepest nesting that can be configured, and the default.
pub const MAX_DEPTH: u32 = 128;

struct Ignore;

impl Visitor for Ignore {}

/// The end of the JSON value that begins at `start` (whitespace before it is skipped).
pub(crate) fn value_end(text: &str, start: usize, max_depth: u32) -> Result<usize, Malformed> {
    walk(text, start, max_depth, &mut Ignore)
}

/// Whether the whole text is one JSON value (RFC 8259), nested at most `max_depth` deep.
///
/// ```
/// use rejoin_proto::json;
///
/// assert!(json::is_valid(r#"{"a": [1, "\u00e9"]}"#, json::MAX_DEPTH));
/// assert!(!json::is_valid("[1,]", json::MAX_DEPTH));
/// assert!(!json::is_valid("[[1]]", 1));
/// ```
pub fn is_valid(text: &str, max_depth: u32) -> bool {
    value_end(text, 0, max_depth).is_ok_and(|end| skip_whitespace(text.as_bytes(), end) == text.len())
}
