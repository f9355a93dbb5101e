//! No TLS in this build: `wss` is refused when the client is built.

use std::io;
use std::time::SystemTime;

use rejoin_proto::Error;
use tokio::net::TcpStream;

use super::Tls;
use crate::native::readahead::ReadAhead;
use crate::native::target::Endpoint;

/// A TLS stream, of which there are none.
pub(in crate::native) type Encrypted = tokio::io::DuplexStream;

pub(in crate::native) enum Connector {}

impl Connector {
    pub(in crate::native) fn new(
        _tls: &Tls,
        _server: &Endpoint,
        _wall_clock: fn() -> SystemTime,
    ) -> Result<Self, Error> {
        Err(Error::invalid("url", "wss needs the feature `rustls-ring` or `native-tls` of the crate rejoin"))
    }

    pub(in crate::native) async fn connect(&self, _stream: ReadAhead<TcpStream>) -> Result<Encrypted, Error> {
        match *self {}
    }
}

pub(super) fn classify(_error: &io::Error) -> Option<Error> {
    None
}
