//! Between the application's types and the JSON text of the wire.

use std::borrow::Cow;

use rejoin_proto::Error;
use rejoin_proto::socketio::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::binary::with_attachments;

/// The arguments in `data`: a tuple gives one for each element, `()` none, anything else is one argument.
pub(super) fn to_args<T: Serialize + ?Sized>(data: &T) -> Result<Args, Error> {
    let shape = shape(data);
    let mut array = Vec::with_capacity(128);
    let write = |array: &mut Vec<u8>| match shape {
        Shape::Arguments => write_json(array, data),
        Shape::Nothing => {
            array.extend(b"[]");
            Ok(())
        }
        Shape::One => {
            array.push(b'[');
            write_json(array, data)?;
            array.push(b']');
            Ok(())
        }
    };
    let (written, attachments) = with_attachments(Vec::new(), || write(&mut array));
    written.map_err(|error| Error::invalid("data", format_args!("cannot be serialised: {error}")))?;
    let array = String::from_utf8(array).map_err(|error| Error::invalid("data", error))?;
    Args::with_attachments(array, attachments)
}

/// The arguments as `T`: a tuple takes one for each element, `()` none, anything else the first.
pub(super) fn from_args<T: DeserializeOwned>(args: &Args) -> Result<T, Error> {
    let text = match T::deserialize(shape::Probe) {
        Err(shape::Kind::Tuple) => Cow::Owned(args.to_array()),
        Ok(_) | Err(shape::Kind::Unit | shape::Kind::Other) => {
            Cow::Borrowed(args.iter().next().unwrap_or("null"))
        }
    };
    // The usual event has no attachments, and need not pay for looking out for them.
    let result = match args.attachments() {
        [] => serde_json::from_str(&text),
        attachments => with_attachments(attachments.to_vec(), || attached::from_str(&text)).0,
    };
    result.map_err(|error| Error::invalid("args", format_args!("are not of the type asked for: {error}")))
}

fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, data: &T) -> serde_json::Result<()> {
    data.serialize(&mut serde_json::Serializer::with_formatter(out, attached::Attach))
}

enum Shape {
    Arguments,
    Nothing,
    One,
}

/// Asks serde what kind of data this is: tuples and sequences are the same in JSON, but not here.
fn shape<T: Serialize + ?Sized>(data: &T) -> Shape {
    match data.serialize(shape::Probe) {
        Ok(()) | Err(shape::Kind::Other) => Shape::One,
        Err(shape::Kind::Tuple) => Shape::Arguments,
        Err(shape::Kind::Unit) => Shape::Nothing,
    }
}

mod attached;
mod shape;

#[cfg(test)]
#[path = "data_tests.rs"]
mod tests;
