//! What goes wrong, drawn at random.

use core::time::Duration;

use rejoin_proto::{Error, ErrorCode, Timestamp};

use super::World;
use crate::peer::Dial;
use crate::wire::Wire;

impl<W: Wire> World<W> {
    /// When a callback ends, if it does, and whether well.
    pub(super) fn random_answer(&mut self, at_most: u64) -> (Option<Timestamp>, bool) {
        let at = self.now + Duration::from_millis(self.rng.u64(1..if self.healed { 100 } else { at_most }));
        match self.rng.u8(..10) {
            _ if self.healed => (Some(at), true),
            0 => (None, false),
            1 => (Some(at), false),
            _ => (Some(at), true),
        }
    }

    pub(super) fn random_dial(&mut self) -> Dial {
        if self.healed || self.rng.u8(..10) < 7 {
            return Dial::Opens;
        }
        let error = |code| Error::new(code, "scripted");
        Dial::Fails(match self.rng.u8(..16) {
            0 => return Dial::Hangs,
            1 => error(ErrorCode::Dns),
            2 => error(ErrorCode::Tls),
            3 => error(ErrorCode::TlsExpired),
            4 => error(ErrorCode::TlsUntrusted),
            5 => error(ErrorCode::Auth).with_status(401),
            6 => error(ErrorCode::Forbidden).with_status(403),
            7 => error(ErrorCode::Config).with_status(404),
            8 | 9 => {
                let wait = Duration::from_millis(self.rng.u64(..100_000));
                error(ErrorCode::Busy).with_status(503).with_retry_after(wait)
            }
            10 => error(ErrorCode::ServerError).with_status(500),
            11 => error(ErrorCode::Protocol),
            12 => error(ErrorCode::CaptivePortal),
            _ => error(ErrorCode::Refused),
        })
    }

    pub(super) fn random_close_code(&mut self) -> Option<u16> {
        match self.rng.u8(..12) {
            0 => None,
            1 => Some(1000),
            2 | 3 => Some(1009),
            4 => Some(1012),
            5 => Some(1008),
            6 => Some(1002),
            7 => Some(self.rng.u16(1000..5000)),
            _ => Some(1001),
        }
    }

    /// Any code at all: a callback's error may be anything.
    pub(super) fn random_code(&mut self) -> ErrorCode {
        let at = self.rng.usize(..ErrorCode::ALL.len());
        ErrorCode::ALL.get(at).copied().unwrap_or(ErrorCode::Internal)
    }
}
