//! Binary values stand in the lines as `{"$base64":"…"}`.

use bytes::Bytes;
use data_encoding::BASE64;
use rejoin::Error;
use rejoin::socketio::Args;
use serde_json::{Value, json};

/// Bytes from their base64.
pub(crate) fn decode(base64: &str) -> Result<Bytes, Error> {
    let bytes = BASE64.decode(base64.as_bytes()).map_err(|error| Error::invalid("base64", error))?;
    Ok(bytes.into())
}

/// The base64 of bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The arguments of an event, their binary values as attachments.
pub(crate) fn to_args(args: Vec<Value>) -> Result<Args, Error> {
    let mut attachments = Vec::new();
    let mut array = Value::Array(args);
    detach(&mut array, &mut attachments)?;
    Args::with_attachments(array.to_string(), attachments)
}

/// The arguments that arrived, their attachments in place.
pub(crate) fn from_args(args: &Args) -> Value {
    let Ok(mut array) = serde_json::from_str(&args.to_array()) else { return Value::Null };
    if !args.attachments().is_empty() {
        attach(&mut array, args.attachments());
    }
    array
}

fn detach(value: &mut Value, attachments: &mut Vec<Bytes>) -> Result<(), Error> {
    match value {
        Value::Object(map) if map.len() == 1 && map.contains_key("$base64") => {
            let base64 = map.get("$base64").and_then(Value::as_str);
            attachments.push(decode(base64.ok_or_else(|| Error::invalid("$base64", "must be a text"))?)?);
            *value = json!({ "_placeholder": true, "num": attachments.len() - 1 });
        }
        Value::Object(map) => {
            for value in map.values_mut() {
                detach(value, attachments)?;
            }
        }
        Value::Array(items) => {
            for item in items {
                detach(item, attachments)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}

fn attach(value: &mut Value, attachments: &[Bytes]) {
    match value {
        Value::Object(map) if map.get("_placeholder") == Some(&Value::Bool(true)) => {
            let index = map.get("num").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
            if let Some(bytes) = index.and_then(|index| attachments.get(index)) {
                *value = json!({ "$base64": encode(bytes) });
            }
        }
        Value::Object(map) => map.values_mut().for_each(|value| attach(value, attachments)),
        Value::Array(items) => items.iter_mut().for_each(|item| attach(item, attachments)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
