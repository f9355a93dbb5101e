//! What is known of each message and of the connection, kept beside the core to compare it with.

use core::time::Duration;

use rejoin_proto::{ErrorCode, MessageId, Outcome, Receipt, Timestamp};

use crate::checks::{Check, Violation};
use crate::wire::{MAX_MESSAGES, Spec};

/// The life of one accepted message.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) spec: Spec,
    pub(crate) id: MessageId,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) outcome: Option<Outcome>,
    /// Frames were handed to the network, on this link or an earlier one; the moment in `Model::moment`.
    pub(crate) flushed: Option<u64>,
    pub(crate) arrived: u32,
    pub(crate) acknowledged: bool,
    pub(crate) withdrawn: bool,
}

/// The expected outcome of everything.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) lives: Vec<Life>,
    /// Which life has which id.
    ids: Vec<Option<u8>>,
    /// Counts events, to tell earlier from later at one time.
    pub(crate) moment: u64,
    /// The last sign of life on the live link.
    pub(crate) heard: Option<u64>,
    pub(crate) heard_at: Timestamp,
    pub(crate) pong_at: Timestamp,
    /// The link is under suspicion since the last sign of life: a hint came, or a late timer.
    pub(crate) suspect: bool,
    pub(crate) closed_with: Option<u16>,
    /// The application wants a connection.
    pub(crate) wants: bool,
    pub(crate) closed: bool,
    pub(crate) failures: u32,
    pub(crate) retry_at: Timestamp,
    pub(crate) floor: Timestamp,
    pub(crate) rejoined: bool,
    /// The highest message that arrived first, in and outside of the on-connect step.
    last_arrival: [Option<u8>; 2],
    pub(crate) ended: u64,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            lives: Vec::with_capacity(MAX_MESSAGES),
            ids: Vec::with_capacity(MAX_MESSAGES),
            moment: 0,
            heard: None,
            heard_at: Timestamp::ZERO,
            pong_at: Timestamp::ZERO,
            suspect: false,
            closed_with: None,
            wants: false,
            closed: false,
            failures: 0,
            retry_at: Timestamp::ZERO,
            floor: Timestamp::ZERO,
            rejoined: false,
            last_arrival: [None; 2],
            ended: 0,
        }
    }

    pub(crate) fn accepted(&mut self, spec: Spec, id: MessageId, now: Timestamp) {
        let at = usize::try_from(id.get()).unwrap_or(usize::MAX);
        if self.ids.len() <= at {
            self.ids.resize(at + 1, None);
        }
        self.ids[at] = Some(spec.number);
        let expires = spec.options.ttl.map(|ttl| now + ttl);
        self.lives.push(Life {
            spec,
            id,
            expires,
            outcome: None,
            flushed: None,
            arrived: 0,
            acknowledged: false,
            withdrawn: false,
        });
    }

    fn position(&self, id: MessageId) -> Option<usize> {
        let number = usize::try_from(id.get()).ok().and_then(|at| self.ids.get(at).copied().flatten())?;
        self.lives.iter().rposition(|life| life.spec.number == number)
    }

    pub(crate) fn numbered(&mut self, number: u8) -> Option<&mut Life> {
        self.lives.iter_mut().rev().find(|life| life.spec.number == number)
    }

    /// A sign of life came.
    pub(crate) fn hears(&mut self, is_pong: bool, now: Timestamp) {
        self.moment += 1;
        self.heard = Some(self.moment);
        self.heard_at = now;
        self.suspect = false;
        if is_pong {
            self.pong_at = now;
        }
    }

    pub(crate) fn new_link(&mut self, now: Timestamp) {
        self.heard = None;
        self.heard_at = now;
        self.pong_at = now;
        self.suspect = false;
        self.closed_with = None;
        self.rejoined = false;
    }

    pub(crate) fn flushed(&mut self, number: u8) {
        self.moment += 1;
        let moment = self.moment;
        if let Some(life) = self.numbered(number) {
            life.flushed = Some(moment);
        }
    }

    /// The server got a message.
    pub(crate) fn arrived(&mut self, number: u8) -> Result<(), Violation> {
        let Some(life) = self.lives.iter_mut().rev().find(|life| life.spec.number == number) else {
            return Err(Violation {
                check: Check::OutcomesAreTrue,
                detail: format!("message {number} arrived and was never accepted"),
            });
        };
        life.arrived += 1;
        let (arrived, lane) = (life.arrived, usize::from(life.spec.setup));
        let allowed = 1 + life.spec.ack.map_or(0, |ack| ack.retries);
        Check::RepeatsAreAllowed
            .holds(arrived <= allowed, || format!("message {number} arrived {arrived} times"))?;
        if arrived == 1 {
            let before = self.last_arrival[lane].replace(number);
            Check::OrderIsKept.holds(before.is_none_or(|before| before < number), || {
                format!("message {number} arrived after {before:?}")
            })?;
        }
        Ok(())
    }

    /// The core says what became of a message. `no_pings`: it had no way to ask the peer for a sign of life.
    pub(crate) fn receipt(
        &mut self,
        receipt: Receipt,
        now: Timestamp,
        no_pings: bool,
    ) -> Result<(), Violation> {
        let Receipt { id, outcome, cause } = receipt;
        let (heard, closed, too_big) = (self.heard, self.closed, self.closed_with == Some(1009));
        let Some(at) = self.position(id) else {
            return Check::OneOutcomeEach.holds(false, || format!("an outcome of the unknown {id}"));
        };
        let life = &mut self.lives[at];
        let before = life.outcome.replace(outcome);
        Check::OneOutcomeEach
            .holds(before.is_none(), || format!("{id} ended {before:?}, then {outcome:?}"))?;
        self.ended += 1;
        let acked = life.spec.ack.is_some();
        let untouched = life.flushed.is_none() && life.arrived == 0;
        let true_to_life = match outcome {
            Outcome::Sent => {
                !acked && life.flushed.is_some_and(|flushed| no_pings || heard.is_some_and(|at| at > flushed))
            }
            Outcome::Acknowledged => acked && life.acknowledged && life.arrived > 0,
            Outcome::Unconfirmed => life.flushed.is_some() && cause.is_some(),
            Outcome::Rejected => life.flushed.is_some() && too_big && cause == Some(ErrorCode::TooBig),
            Outcome::Expired => untouched && life.expires.is_some_and(|at| at <= now),
            Outcome::Withdrawn => untouched && (life.withdrawn || closed),
            Outcome::Dropped => untouched,
        };
        Check::OutcomesAreTrue
            .holds(true_to_life, || format!("{outcome:?} ({cause:?}) is not true of {life:?}"))
    }

    /// How many messages the outbox should hold.
    pub(crate) fn held(&self) -> usize {
        let holds =
            |life: &&Life| life.outcome.is_none() && (life.spec.ack.is_some() || life.flushed.is_none());
        self.lives.iter().filter(holds).count()
    }

    pub(crate) fn unended(&self) -> usize {
        self.lives.iter().filter(|life| life.outcome.is_none()).count()
    }

    pub(crate) fn heard_within(&self, time: Duration, now: Timestamp) -> bool {
        now.since(self.heard_at) < time
    }
}
