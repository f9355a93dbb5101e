//! Binary values inside serde data: they leave the JSON text as attachments, at any depth.

use std::cell::RefCell;
use std::fmt;

use bytes::Bytes;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// Bytes that travel as a Socket.IO attachment, and are not copied on their way there. Cloning is cheap.
///
/// Types that are byte strings to serde, such as `bytes::Bytes`, travel as attachments too, at any depth, and are copied
/// once. This one, or `#[serde(with = "rejoin::socketio::binary")]` on a field of type `Bytes`, spares that copy, and
/// is needed for reading where serde reads into a buffer of its own: within `#[serde(flatten)]` and in enums that are
/// `untagged` or have a `tag`. Outside of Socket.IO it is serialised as plain bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Binary(pub Bytes);

impl<T: Into<Bytes>> From<T> for Binary {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

thread_local! {
    /// The attachments of the arguments that this thread is serialising or deserialising: serde gives its data no
    /// other way to reach the format.
    static ATTACHMENTS: RefCell<Option<Vec<Bytes>>> = const { RefCell::new(None) };
}

/// Runs `work` with a list of attachments in reach of [`Binary`], and gives the list back.
pub(super) fn with_attachments<T>(attachments: Vec<Bytes>, work: impl FnOnce() -> T) -> (T, Vec<Bytes>) {
    struct Restore(Option<Vec<Bytes>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            ATTACHMENTS.with_borrow_mut(|current| *current = self.0.take());
        }
    }
    // Restored on unwinding too: the application's serde code may panic, and may nest.
    let _restore = Restore(ATTACHMENTS.replace(Some(attachments)));
    let result = work();
    (result, ATTACHMENTS.take().unwrap_or_default())
}

/// Adds an attachment and gives its index, if arguments are being serialised.
pub(super) fn attach(bytes: impl FnOnce() -> Bytes) -> Option<usize> {
    ATTACHMENTS.with_borrow_mut(|attachments| {
        let attachments = attachments.as_mut()?;
        attachments.push(bytes());
        Some(attachments.len() - 1)
    })
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

/// Serialises bytes as an attachment: for `#[serde(with = "rejoin::socketio::binary")]`.
///
/// # Errors
/// Those of the serialiser.
pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(index) = attach(|| bytes.clone()) else { return serializer.serialize_bytes(bytes) };
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("_placeholder", &true)?;
    map.serialize_entry("num", &index)?;
    map.end()
}

/// Deserialises an attachment: for `#[serde(with = "rejoin::socketio::binary")]`.
///
/// # Errors
/// There is no attachment at this place.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    deserializer.deserialize_any(Attachment)
}

/// Reads a placeholder, or bytes as other formats have them.
pub(super) struct Attachment;

impl<'de> Visitor<'de> for Attachment {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a binary attachment")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes::copy_from_slice(bytes))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(bytes.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = items.next_element::<u8>()? {
            bytes.push(byte);
        }
        Ok(bytes.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bytes, A::Error> {
        let (mut placeholder, mut index) = (false, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "_placeholder" => placeholder = map.next_value()?,
                "num" => index = Some(map.next_value::<usize>()?),
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        let attachment = index.filter(|_| placeholder).and_then(|index| {
            ATTACHMENTS.with_borrow(|attachments| attachments.as_ref()?.get(index).cloned())
        });
        attachment.ok_or_else(|| de::Error::custom("there is no attachment here"))
    }
}
