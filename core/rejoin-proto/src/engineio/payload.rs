//! The bodies of HTTP long-polling: packets joined by the record separator, binary ones in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use bytestring::ByteString;

use crate::{Error, ErrorCode, Frame};

/// What stands between two packets of a payload. In a WebSocket frame it has no meaning.
pub const SEPARATOR: char = '\u{1e}';

/// Splits the body of a poll into the frames that a WebSocket would have brought, without copying text.
///
/// # Errors
/// `protocol`: there are more than `max_packets`, one is empty, or a binary one is not base64.
///
/// ```
/// use rejoin_proto::{Frame, engineio::payload};
///
/// let frames = payload::decode(&"2\u{1e}bAQI=".into(), 16)?;
/// assert_eq!(frames, [Frame::Text("2".into()), Frame::Binary(vec![1, 2].into())]);
/// # Ok::<(), rejoin_proto::Error>(())
/// ```
pub fn decode(body: &ByteString, max_packets: usize) -> Result<Vec<Frame>, Error> {
    let mut frames = Vec::new();
    for packet in body.split(SEPARATOR) {
        if frames.len() == max_packets {
            return Err(Error::new(
                ErrorCode::Protocol,
                format!("a payload of more than {max_packets} packets"),
            ));
        }
        if packet.is_empty() {
            return Err(Error::new(ErrorCode::Protocol, "an empty packet in a payload"));
        }
        frames.push(match packet.strip_prefix('b') {
            Some(encoded) => {
                let binary = STANDARD.decode(encoded).map_err(|_| {
                    Error::new(ErrorCode::Protocol, "a binary packet in a payload is not base64")
                })?;
                Frame::Binary(Bytes::from(binary))
            }
            None => Frame::Text(body.slice_ref(packet)),
        });
    }
    Ok(frames)
}

/// Appends a frame to the body of a POST.
pub fn encode(frame: &Frame, body: &mut String) {
    let separate = |body: &mut String| {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
    };
    match frame {
        Frame::Text(text) => {
            separate(body);
            body.push_str(text);
        }
        Frame::Binary(binary) => {
            separate(body);
            body.push('b');
            STANDARD.encode_string(binary, body);
        }
        // WebSocket's own: an HTTP transport has neither.
        Frame::Ping(_) | Frame::Pong(_) => {}
    }
}

/// How many bytes [`encode`] would add.
pub fn encoded_len(frame: &Frame) -> usize {
    match frame {
        Frame::Text(text) => text.len() + 1,
        Frame::Binary(binary) => binary.len().div_ceil(3) * 4 + 2,
        Frame::Ping(_) | Frame::Pong(_) => 0,
    }
}
