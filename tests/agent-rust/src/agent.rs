//! From a line to its answer.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rejoin::Error;
use serde_json::{Value, json};

use crate::client::Client;
use crate::config::unsupported;
use crate::lines::Lines;
use crate::request::{Kind, Op, parse};
use crate::swarm::Swarm;

pub(crate) type Answer = Result<Value, Error>;
/// An operation that is under way: it has been begun when this is made, in the order of the lines.
pub(crate) type Waiting = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What an operation leads to.
pub(crate) enum Begun {
    Done(Value),
    Wait(Waiting),
}

/// Begins what takes time: its first step is taken at once, so that operations keep their order.
pub(crate) fn begin(work: impl Future<Output = Answer> + Send + 'static) -> Result<Begun, Error> {
    let mut work: Waiting = Box::pin(work);
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer.map(Begun::Done),
        Poll::Pending => Ok(Begun::Wait(work)),
    }
}

/// The clients of this process, by their names.
#[derive(Debug)]
pub(crate) struct Agent {
    lines: Lines,
    clients: BTreeMap<String, Client>,
    swarm: Swarm,
}

impl Agent {
    pub(crate) fn new(lines: Lines) -> Self {
        Self { lines, clients: BTreeMap::new(), swarm: Swarm::default() }
    }

    /// Answers a line, now or when it is done.
    pub(crate) fn handle(&mut self, line: &[u8]) {
        let (id, op) = parse(line);
        match op.and_then(|op| self.perform(op)) {
            Ok(Begun::Done(ok)) => self.lines.answer(&id, Ok(ok)),
            Ok(Begun::Wait(work)) => {
                let lines = self.lines.clone();
                tokio::spawn(async move { lines.answer(&id, work.await) });
            }
            Err(error) => self.lines.answer(&id, Err(error)),
        }
    }

    fn perform(&mut self, op: Op) -> Result<Begun, Error> {
        let done = || Ok(Begun::Done(json!({})));
        match op {
            Op::Hello {} => {
                Ok(Begun::Done(json!({ "platform": "rust", "version": env!("CARGO_PKG_VERSION") })))
            }
            Op::Create { client, protocol, url, config } => {
                if self.clients.contains_key(&client) {
                    return Err(Error::invalid("client", "there is one of that name"));
                }
                let made = match protocol {
                    Kind::WebSocket => Client::plain(&client, &url, &config, &self.lines)?,
                    Kind::SocketIo => Client::socketio(&client, &url, &config, &self.lines)?,
                };
                self.clients.insert(client, made);
                done()
            }
            Op::Connect { client } => begin(self.client(&client)?.connect()),
            Op::Disconnect { client } => begin(self.client(&client)?.disconnect()),
            Op::Send(send) => self.client(&send.client)?.as_plain()?.send(&send).map(Begun::Done),
            Op::Emit(emit) => self.client(&emit.client)?.as_socketio()?.emit(*emit),
            Op::Ack { client, ack, args } => {
                self.client(&client)?.as_socketio()?.acknowledge(ack, args).and_then(|()| done())
            }
            Op::Namespace { client, namespace, auth } => {
                begin(self.client(&client)?.as_socketio()?.connect_namespace(&namespace, auth))
            }
            Op::Join(room) | Op::Leave(room) => {
                self.client(&room.client)?;
                Err(unsupported("rooms"))
            }
            Op::Presence(room) => {
                self.client(&room.client)?;
                Err(unsupported("presence"))
            }
            Op::Credentials(credentials) => {
                self.client(&credentials.client)?.credentials().set(credentials).and_then(|()| done())
            }
            Op::Network { client, hint } => {
                self.client(&client)?.network(hint.into());
                done()
            }
            Op::Pause { client } => {
                self.client(&client)?.pace().pause(true);
                done()
            }
            Op::Resume { client } => {
                self.client(&client)?.pace().pause(false);
                done()
            }
            Op::Slow { client, ms } => {
                self.client(&client)?.pace().slow(Duration::from_millis(ms));
                done()
            }
            Op::Burst(burst) => begin(self.client(&burst.client)?.burst(*burst)?),
            Op::Count { client, on } => {
                self.client(&client)?.counting().set(on);
                done()
            }
            Op::Swarm { count, protocol, url, config } => {
                self.swarm.grow(count, protocol, &url, &config).and_then(|()| done())
            }
            Op::Stats { client: Some(client) } => Ok(Begun::Done(self.client(&client)?.stats())),
            Op::Stats { client: None } => self.swarm.stats().map(Begun::Done),
            Op::Close { client } => {
                let closing = self.clients.remove(&client).ok_or_else(|| unknown(&client))?;
                begin(closing.close())
            }
        }
    }

    fn client(&self, name: &str) -> Result<&Client, Error> {
        self.clients.get(name).ok_or_else(|| unknown(name))
    }
}

fn unknown(client: &str) -> Error {
    Error::invalid("client", format_args!("there is no `{}`", client.escape_debug()))
}
