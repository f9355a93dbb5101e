use core::fmt;

use bytes::Bytes;
use bytestring::ByteString;

use super::placeholder;
use crate::{Error, json};

/// The arguments of an event or acknowledgement: JSON text, and the binary attachments that it refers to.
///
/// An attachment stands in the text as `{"_placeholder":true,"num":i}`, `i` being its index.
/// Cloning is cheap: text and attachments are shared.
///
/// ```
/// use rejoin_proto::socketio::Args;
///
/// let args = Args::from_array(r#"["hello", {"n": [1, 2]}]"#)?;
/// assert_eq!(args.iter().collect::<Vec<_>>(), [r#""hello""#, r#"{"n": [1, 2]}"#]);
/// # Ok::<(), rejoin_proto::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Args {
    /// What stands between the brackets of the array.
    text: ByteString,
    attachments: Vec<Bytes>,
}

impl Args {
    /// No arguments.
    pub fn none() -> Self {
        Self::default()
    }

    /// The arguments in a JSON array: one for each of its elements.
    ///
    /// # Errors
    /// `invalid_argument`: the text is not a JSON array, or nested deeper than 128.
    pub fn from_array(array: impl Into<ByteString>) -> Result<Self, Error> {
        Self::with_attachments(array, Vec::new())
    }

    /// The arguments in a JSON array with attachments in it.
    ///
    /// # Errors
    /// `invalid_argument`: the text is not a JSON array, nested deeper than 128, or a placeholder refers to no attachment.
    pub fn with_attachments(array: impl Into<ByteString>, attachments: Vec<Bytes>) -> Result<Self, Error> {
        let array = array.into();
        if !json::is_valid(&array, json::MAX_DEPTH) {
            return Err(Error::invalid("args", "must be well-formed JSON, nested at most 128 deep"));
        }
        let inner = array.trim_ascii().strip_prefix('[');
        let Some(inner) = inner.and_then(|rest| rest.strip_suffix(']')) else {
            return Err(Error::invalid("args", "must be a JSON array"));
        };
        if !attachments.is_empty() && !placeholder::all_refer(&array, attachments.len()) {
            return Err(Error::invalid("args", "a placeholder refers to no attachment"));
        }
        let text = array.slice_ref(inner.trim_ascii());
        Ok(Self { text, attachments })
    }

    /// What a decoder found to be well-formed.
    pub(super) fn from_valid(text: ByteString, attachments: Vec<Bytes>) -> Self {
        Self { text, attachments }
    }

    /// The arguments' JSON texts with commas between: a JSON array without its brackets.
    pub fn text(&self) -> &ByteString {
        &self.text
    }

    /// The arguments as the text of a JSON array.
    pub fn to_array(&self) -> String {
        ["[", &self.text, "]"].concat()
    }

    /// The JSON text of each argument.
    pub fn iter(&self) -> json::Elements<'_> {
        json::elements(&self.text)
    }

    /// Whether there are no arguments.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The attachments, in the order of their indices.
    pub fn attachments(&self) -> &[Bytes] {
        &self.attachments
    }

    pub(super) fn size(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }

    pub(super) fn into_attachments(self) -> Vec<Bytes> {
        self.attachments
    }

    pub(super) fn set_text(&mut self, text: ByteString) {
        self.text = text;
    }
}

impl<'a> IntoIterator for &'a Args {
    type Item = &'a str;
    type IntoIter = json::Elements<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Sizes only: arguments may hold what does not belong in a log.
impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Args({} bytes, {} attachments)", self.text.len(), self.attachments.len())
    }
}
