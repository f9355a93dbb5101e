//! A serialiser and deserialiser that looks at the outermost kind of a value, and no further.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::{self, Impossible, Serializer};
use serde::{Serialize, forward_to_deserialize_any};

/// What the outermost value is. It travels as the "error" that ends the look.
#[derive(Debug)]
pub(super) enum Kind {
    Tuple,
    Unit,
    Other,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Kind {}

impl ser::Error for Kind {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

impl de::Error for Kind {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

pub(super) struct Probe;

type Never = Impossible<(), Kind>;

macro_rules! other {
    ($($method:ident($($arg:ty),*) $(<$t:ident>)? -> $result:ty;)*) => {
        $(fn $method $(<$t: Serialize + ?Sized>)? (self, $(_: $arg),*) -> Result<$result, Kind> { Err(Kind::Other) })*
    };
}

impl Serializer for Probe {
    type Ok = ();
    type Error = Kind;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_tuple(self, _: usize) -> Result<Never, Kind> {
        Err(Kind::Tuple)
    }

    fn serialize_unit(self) -> Result<(), Kind> {
        Err(Kind::Unit)
    }

    other! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_some(&T) <T> -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_newtype_struct(&'static str, &T) <T> -> ();
        serialize_newtype_variant(&'static str, u32, &'static str, &T) <T> -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Kind;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Kind> {
        Err(Kind::Other)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Kind> {
        Err(Kind::Tuple)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Kind> {
        Err(Kind::Unit)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit_struct
        newtype_struct seq tuple_struct map struct enum identifier ignored_any
    }
}
