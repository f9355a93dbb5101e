//! A client of either protocol, and what both can do.

use rejoin::{Error, NetworkHint, State, Stats};
use serde_json::{Value, json};

use crate::agent::Answer;
use crate::burst;
use crate::config::Config;
use crate::consumer::Pace;
use crate::counting::Counting;
use crate::credentials::Credentials;
use crate::lines::Lines;
use crate::plain::Plain;
use crate::request::Burst;
use crate::show;
use crate::socketio::SocketIo;

/// What every client's consumers and callbacks work with; cloning is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) name: String,
    pub(crate) lines: Lines,
    pub(crate) pace: Pace,
    pub(crate) counting: Counting,
    pub(crate) credentials: Credentials,
}

impl Surroundings {
    fn new(name: &str, lines: &Lines) -> Self {
        Self {
            name: name.to_owned(),
            lines: lines.clone(),
            pace: Pace::new(),
            counting: Counting::default(),
            credentials: Credentials::default(),
        }
    }

    /// Tells an event of this client.
    pub(crate) fn event(&self, event: &str, fields: Value) {
        self.lines.event(event, &self.name, crate::lines::fields(fields));
    }
}

#[derive(Debug)]
pub(crate) struct Client {
    surroundings: Surroundings,
    handle: Handle,
}

/// The protocols' own parts.
#[derive(Clone, Debug)]
pub(crate) enum Handle {
    Plain(Plain),
    SocketIo(SocketIo),
}

impl Client {
    pub(crate) fn plain(name: &str, url: &str, config: &Config, lines: &Lines) -> Result<Self, Error> {
        let surroundings = Surroundings::new(name, lines);
        let plain = Plain::new(url, config, &surroundings)?;
        watch_states(&surroundings, plain.client().states(), plain.client().clock());
        Ok(Self { surroundings, handle: Handle::Plain(plain) })
    }

    pub(crate) fn socketio(name: &str, url: &str, config: &Config, lines: &Lines) -> Result<Self, Error> {
        let surroundings = Surroundings::new(name, lines);
        let socketio = SocketIo::new(url, config, &surroundings)?;
        watch_states(&surroundings, socketio.client().states(), socketio.client().clock());
        Ok(Self { surroundings, handle: Handle::SocketIo(socketio) })
    }

    pub(crate) fn as_plain(&self) -> Result<&Plain, Error> {
        match &self.handle {
            Handle::Plain(plain) => Ok(plain),
            Handle::SocketIo(_) => Err(Error::invalid("client", "speaks Socket.IO: use emit")),
        }
    }

    pub(crate) fn as_socketio(&self) -> Result<&SocketIo, Error> {
        match &self.handle {
            Handle::SocketIo(socketio) => Ok(socketio),
            Handle::Plain(_) => Err(Error::invalid("client", "speaks plain WebSocket: use send")),
        }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.surroundings.credentials
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.surroundings.pace
    }

    pub(crate) fn counting(&self) -> &Counting {
        &self.surroundings.counting
    }

    pub(crate) fn connect(&self) -> impl Future<Output = Answer> + Send + 'static {
        let handle = self.handle.clone();
        async move {
            match handle {
                Handle::Plain(plain) => plain.client().connect().await,
                Handle::SocketIo(socketio) => socketio.client().connect().await,
            }
            .map(|()| json!({}))
        }
    }

    pub(crate) fn disconnect(&self) -> impl Future<Output = Answer> + Send + 'static {
        let handle = self.handle.clone();
        async move {
            match handle {
                Handle::Plain(plain) => plain.client().disconnect().await,
                Handle::SocketIo(socketio) => socketio.client().disconnect().await,
            }
            Ok(json!({}))
        }
    }

    pub(crate) async fn close(self) -> Answer {
        match &self.handle {
            Handle::Plain(plain) => plain.client().close().await,
            Handle::SocketIo(socketio) => socketio.client().close().await,
        }
        Ok(json!({}))
    }

    pub(crate) fn network(&self, hint: NetworkHint) {
        match &self.handle {
            Handle::Plain(plain) => plain.client().network(hint),
            Handle::SocketIo(socketio) => socketio.client().network(hint),
        }
    }

    /// The future hands the burst to the client.
    pub(crate) fn burst(&self, burst: Burst) -> Result<impl Future<Output = Answer> + Send + 'static, Error> {
        burst::check(&burst, &self.handle)?;
        Ok(burst::run(burst, self.handle.clone(), self.surroundings.counting.clone()))
    }

    pub(crate) fn stats(&self) -> Value {
        let mut shown = show::stats(&self.handle.stats());
        shown.extend(self.surroundings.counting.stats());
        Value::Object(shown)
    }
}

impl Handle {
    fn stats(&self) -> Stats {
        match self {
            Self::Plain(plain) => plain.client().stats(),
            Self::SocketIo(socketio) => socketio.client().stats(),
        }
    }
}

fn watch_states(surroundings: &Surroundings, mut states: rejoin::Subscription<State>, clock: rejoin::Clock) {
    let surroundings = surroundings.clone();
    tokio::spawn(async move {
        while let Some(state) = states.next().await {
            surroundings.event("state", Value::Object(show::state(&state, clock)));
        }
    });
}
