//! The arguments of an event: any number, of any kind, binary included.

use std::fmt;

use rmpv::Value;
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// socketioxide takes a tuple for all arguments of an event and any other type for its first one. This is
/// a tuple of unknown length.
#[derive(Debug, Clone, Default)]
pub(super) struct Args(pub(super) Vec<Value>);

impl Args {
    /// Reads the first argument as a `T`.
    pub(super) fn first<T: DeserializeOwned>(&self) -> Option<T> {
        rmpv::ext::from_value(self.0.first()?.clone()).ok()
    }
}

impl Serialize for Args {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for value in &self.0 {
            tuple.serialize_element(value)?;
        }
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(usize::MAX, ArgsVisitor)
    }
}

struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = Args;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Args, A::Error> {
        let mut args = Vec::new();
        while let Some(value) = seq.next_element()? {
            args.push(value);
        }
        Ok(Args(args))
    }
}
