//! Which address to use, by trying several at once (RFC 8305).

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use rejoin_proto::{Error, ErrorCode};

use super::stage;

/// How long the next address waits for the one before it.
const STAGGER: Duration = Duration::from_millis(250);

/// More addresses of one name than these are not tried in one attempt.
const MAX_ADDRESSES: usize = 16;

/// Opens the first of `addresses` that answers; attempts that lost the race are dropped.
pub(super) async fn connect<S, F>(
    addresses: Vec<IpAddr>,
    port: u16,
    limit: Duration,
    open: impl Fn(SocketAddr) -> F,
) -> Result<S, Error>
where
    F: Future<Output = io::Result<S>>,
{
    let attempt = |address: IpAddr| {
        let address = SocketAddr::new(address, port);
        let opening = open(address);
        async move {
            let name = format!("tcp {address}");
            let work = async { opening.await.map_err(|error| stage::io_error(&name, &error)) };
            stage::within(&name, limit, work).await
        }
    };
    let mut waiting = interleave(addresses);
    let mut attempts = FuturesUnordered::new();
    let mut failure: Option<Error> = None;
    loop {
        if let Some(address) = waiting.pop_front() {
            attempts.push(attempt(address));
        }
        if attempts.is_empty() {
            return Err(failure.unwrap_or_else(|| Error::new(ErrorCode::Dns, "the host has no address")));
        }
        tokio::select! {
            Some(result) = attempts.next() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = Some(more_telling(failure, error)),
            },
            () = tokio::time::sleep(STAGGER), if !waiting.is_empty() => {}
        }
    }
}

/// Families alternate, beginning with the one that the resolver prefers; their own order is kept.
fn interleave(addresses: Vec<IpAddr>) -> VecDeque<IpAddr> {
    let prefers_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == prefers_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut mixed = VecDeque::new();
    while mixed.len() < MAX_ADDRESSES {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            break;
        }
        mixed.extend(pair.into_iter().flatten());
    }
    mixed.truncate(MAX_ADDRESSES);
    mixed
}

/// A host that refused says more than an address without a route, which is how a missing IPv6 looks.
fn more_telling(before: Option<Error>, now: Error) -> Error {
    match before {
        Some(before) if before.code() == ErrorCode::Refused => before,
        Some(before) if now.code() == ErrorCode::Network => before,
        _ => now,
    }
}
