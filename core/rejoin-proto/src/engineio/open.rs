use core::time::Duration;

use crate::{Error, ErrorCode, json};

/// What the server says of the session in its `open` packet. Unknown members are ignored, missing ones have the
/// defaults of the Node server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The id of the session.
    pub sid: String,
    /// The transports that the session can change to.
    pub upgrades: Vec<String>,
    /// The time between two pings of the server. Default 25 s.
    pub ping_interval: Duration,
    /// How late a ping may be. Default 20 s.
    pub ping_timeout: Duration,
    /// The largest payload that the server accepts, in bytes, if it says so.
    pub max_payload: Option<u64>,
}

impl Open {
    /// Reads the payload of an `open` packet.
    ///
    /// # Errors
    /// `protocol`: it is not a JSON object.
    pub fn decode(payload: &str) -> Result<Self, Error> {
        if !(payload.trim_ascii_start().starts_with('{') && json::is_valid(payload, json::MAX_DEPTH)) {
            return Err(Error::new(ErrorCode::Protocol, "the Engine.IO handshake is not a JSON object"));
        }
        let mut open = Self {
            sid: String::new(),
            upgrades: Vec::new(),
            ping_interval: Duration::from_millis(25_000),
            ping_timeout: Duration::from_millis(20_000),
            max_payload: None,
        };
        for (key, value) in json::members(payload) {
            match key {
                "sid" => open.sid = string(value).unwrap_or_default(),
                "upgrades" => open.upgrades = strings(value),
                "pingInterval" => set_millis(&mut open.ping_interval, value),
                "pingTimeout" => set_millis(&mut open.ping_timeout, value),
                "maxPayload" => open.max_payload = value.parse().ok(),
                _ => {}
            }
        }
        Ok(open)
    }
}

fn string(value: &str) -> Option<String> {
    let raw = value.strip_prefix('"')?.strip_suffix('"')?;
    Some(json::unescape(raw).into_owned())
}

fn strings(value: &str) -> Vec<String> {
    let list = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    json::elements(list).filter_map(string).collect()
}

/// An interval of 0 would judge every link dead at once.
fn set_millis(duration: &mut Duration, value: &str) {
    if let Ok(millis @ 1..) = value.parse() {
        *duration = Duration::from_millis(millis);
    }
}
