//! What the `log` crate is told: each change of state, under the target `rejoin`.
//!
//! A record names the server by its host alone, and the errors of the core hold no secret.

use log::Level;
use rejoin_proto::{Error, ErrorCode, State, Timestamp};

const TARGET: &str = "rejoin";

/// Writes for one client.
#[derive(Debug)]
pub(crate) struct Journal {
    server: String,
}

impl Journal {
    pub(crate) fn new(url: &str) -> Self {
        Self { server: authority(url).to_owned() }
    }

    /// Whether anybody would read it.
    pub(crate) fn is_read() -> bool {
        log::log_enabled!(target: TARGET, Level::Debug)
    }

    /// Not to be called under a lock: a logger is the application's code.
    pub(crate) fn tell(&self, state: &State, now: Timestamp) {
        let server = &self.server;
        match state {
            State::Disconnected { reason: None } => {}
            State::Disconnected { reason: Some(reason) } => {
                log::log!(target: TARGET, end(reason), "{server}: disconnected: {reason}");
            }
            State::Connecting { attempt, phase } => {
                log::debug!(target: TARGET, "{server}: connecting, attempt {attempt}: {phase:?}");
            }
            State::Connected { resumed } => {
                let resumed = if *resumed { ", the session goes on" } else { "" };
                log::info!(target: TARGET, "{server}: connected{resumed}");
            }
            State::Waiting { attempt, retry_at, cause } => {
                let delay = retry_at.since(now);
                log::info!(target: TARGET, "{server}: {cause}; attempt {attempt} follows in {delay:.1?}");
            }
            State::Disconnecting => log::debug!(target: TARGET, "{server}: disconnecting"),
        }
    }
}

/// An end that the application did not ask for deserves attention.
fn end(reason: &Error) -> Level {
    let asked_for = matches!(reason.code(), ErrorCode::ClientDisconnect | ErrorCode::ClientClosed);
    if asked_for { Level::Info } else { Level::Warn }
}

/// Host and port: neither user, nor path, nor query.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
