//! The operations, as they stand in a line. An unknown field is an error, like an unknown operation.

use std::time::Duration;

use rejoin::{Error, NetworkHint, SendOptions};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::config::Config;

#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Op {
    Hello {},
    Create {
        client: String,
        protocol: Kind,
        url: String,
        #[serde(default)]
        config: Box<Config>,
    },
    Connect {
        client: String,
    },
    Disconnect {
        client: String,
    },
    Send(Send),
    Emit(Box<Emit>),
    Ack {
        client: String,
        ack: u64,
        #[serde(default)]
        args: Vec<Value>,
    },
    Namespace {
        client: String,
        namespace: String,
        auth: Option<Value>,
    },
    Join(Room),
    Leave(Room),
    Presence(Room),
    Credentials(Credentials),
    Network {
        client: String,
        hint: Hint,
    },
    Pause {
        client: String,
    },
    Resume {
        client: String,
    },
    Slow {
        client: String,
        ms: u64,
    },
    Burst(Box<Burst>),
    Count {
        client: String,
        on: bool,
    },
    Swarm {
        count: usize,
        protocol: Kind,
        url: String,
        #[serde(default)]
        config: Box<Config>,
    },
    Stats {
        client: Option<String>,
    },
    Close {
        client: String,
    },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    WebSocket,
    SocketIo,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Send {
    pub(crate) client: String,
    pub(crate) text: Option<String>,
    pub(crate) base64: Option<String>,
    pub(crate) receipt: Option<String>,
    #[serde(default, rename = "ttl_ms", deserialize_with = "duration")]
    ttl: Option<Duration>,
    #[serde(default)]
    volatile: bool,
    key: Option<String>,
}

impl Send {
    pub(crate) fn options(&self) -> SendOptions {
        SendOptions { volatile: self.volatile, ttl: self.ttl, key: self.key.as_deref().map(Into::into) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Emit {
    pub(crate) client: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) args: Vec<Value>,
    pub(crate) namespace: Option<String>,
    #[serde(default)]
    pub(crate) ack: bool,
    #[serde(default, rename = "timeout_ms", deserialize_with = "duration")]
    pub(crate) timeout: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) receipt: Option<String>,
    #[serde(default, rename = "ttl_ms", deserialize_with = "duration")]
    pub(crate) ttl: Option<Duration>,
    #[serde(default)]
    pub(crate) volatile: bool,
}

/// What exists in no client yet; its fields are checked all the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Room {
    pub(crate) client: String,
    #[serde(rename = "room")]
    _room: String,
    #[serde(rename = "namespace")]
    _namespace: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) client: String,
    pub(crate) token: Option<String>,
    #[serde(default)]
    pub(crate) fail: bool,
    #[serde(default)]
    pub(crate) hang: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hint {
    Online,
    Offline,
    Woke,
    Foreground,
    Background,
}

impl From<Hint> for NetworkHint {
    fn from(hint: Hint) -> Self {
        match hint {
            Hint::Online => Self::Online,
            Hint::Offline => Self::Offline,
            Hint::Woke => Self::Woke,
            Hint::Foreground => Self::Foreground,
            Hint::Background => Self::Background,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Burst {
    pub(crate) client: String,
    pub(crate) count: u64,
    #[serde(default = "one")]
    pub(crate) from: u64,
    #[serde(default, rename = "every_ms", deserialize_with = "duration")]
    pub(crate) every: Option<Duration>,
    #[serde(default)]
    pub(crate) pad: usize,
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) ack: bool,
    #[serde(default, rename = "timeout_ms", deserialize_with = "duration")]
    pub(crate) timeout: Option<Duration>,
    pub(crate) retries: Option<u32>,
    #[serde(default)]
    pub(crate) volatile: bool,
    #[serde(default, rename = "ttl_ms", deserialize_with = "duration")]
    pub(crate) ttl: Option<Duration>,
}

fn one() -> u64 {
    1
}

/// Milliseconds.
pub(crate) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
}

/// One line: its id, null where it has none, and what it asks for.
pub(crate) fn parse(line: &[u8]) -> (Value, Result<Op, Error>) {
    let mut line = match serde_json::from_slice::<Map<String, Value>>(line) {
        Ok(line) => line,
        Err(error) => return (Value::Null, Err(Error::invalid("line", error))),
    };
    let id = line.remove("id").unwrap_or(Value::Null);
    let op = serde_json::from_value(Value::Object(line)).map_err(|error| Error::invalid("line", error));
    (id, op)
}
