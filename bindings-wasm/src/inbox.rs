//! Where JavaScript puts bytes before the call that is about them.

use bytes::Bytes;
use bytestring::ByteString;

#[derive(Debug, Default)]
pub(crate) struct Inbox(Vec<u8>);

impl Inbox {
    /// Makes room for so many bytes, and gives their address.
    pub(crate) fn reserve(&mut self, length: f64) -> f64 {
        self.0 = vec![0; length as usize];
        self.0.as_ptr() as usize as f64
    }

    /// The first bytes.
    pub(crate) fn bytes(&self, length: f64) -> Bytes {
        Bytes::copy_from_slice(self.0.get(..length as usize).unwrap_or_default())
    }

    /// Parts: first the length of each as 32 bits, then one after the other.
    pub(crate) fn parts(&self, count: f64) -> Parts<'_> {
        let (lengths, bytes) = self.0.split_at_checked(count as usize * 4).unwrap_or_default();
        Parts { lengths, bytes }
    }
}

#[derive(Debug)]
pub(crate) struct Parts<'a> {
    lengths: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(crate) fn next(&mut self) -> Option<&'a [u8]> {
        let (length, lengths) = self.lengths.split_first_chunk()?;
        let (part, bytes) = self.bytes.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        (self.lengths, self.bytes) = (lengths, bytes);
        Some(part)
    }

    /// The next part, which is text.
    pub(crate) fn text(&mut self) -> Option<ByteString> {
        self.next().map(|part| ByteString::try_from(part).unwrap_or_default())
    }
}
