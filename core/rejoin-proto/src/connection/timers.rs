use crate::Timestamp;

/// Why the core wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The credentials callback must have answered.
    Credentials,
    /// The attempt must have led to a connection.
    Connect,
    /// The next attempt begins.
    Retry,
    /// The connection has lasted: past failures are forgotten.
    Stable,
    /// The peer must have answered the close.
    CloseGrace,
    /// What was written must have been handed to the network.
    Write,
    /// The application must have read from its full inbound queue.
    Read,
    /// Messages have left, and the peer has been silent since: ask it for a sign of life.
    Proof,
    /// The peer has been silent, or is due to be told that we live: a heartbeat.
    Ping,
    /// The peer must have shown a sign of life.
    Silence,
    /// A message's time to live ends.
    Expiry,
    /// An acknowledgement is overdue.
    Ack,
    /// A deadline of the protocol's own.
    Protocol,
}

/// The timers that the connection sets itself; the others belong to their owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Alarm {
    Credentials,
    Connect,
    Retry,
    Stable,
    CloseGrace,
    Write,
    Read,
    Proof,
}

impl Alarm {
    const ALL: [Self; 8] = [
        Self::Credentials,
        Self::Connect,
        Self::Retry,
        Self::Stable,
        Self::CloseGrace,
        Self::Write,
        Self::Read,
        Self::Proof,
    ];

    const fn timer(self) -> Timer {
        match self {
            Self::Credentials => Timer::Credentials,
            Self::Connect => Timer::Connect,
            Self::Retry => Timer::Retry,
            Self::Stable => Timer::Stable,
            Self::CloseGrace => Timer::CloseGrace,
            Self::Write => Timer::Write,
            Self::Read => Timer::Read,
            Self::Proof => Timer::Proof,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Timers {
    at: [Option<Timestamp>; Alarm::ALL.len()],
}

impl Timers {
    pub(super) fn set(&mut self, alarm: Alarm, at: Timestamp) {
        self.at[alarm as usize] = Some(at);
    }

    /// Sets the alarm unless it is set already.
    pub(super) fn set_if_idle(&mut self, alarm: Alarm, at: Timestamp) {
        self.at[alarm as usize].get_or_insert(at);
    }

    pub(super) fn clear(&mut self, alarm: Alarm) {
        self.at[alarm as usize] = None;
    }

    pub(super) fn clear_all(&mut self) {
        self.at = Default::default();
    }

    pub(super) fn get(&self, alarm: Alarm) -> Option<Timestamp> {
        self.at[alarm as usize]
    }

    /// Takes one alarm that is due.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<Alarm> {
        let due = Alarm::ALL.into_iter().find(|alarm| self.get(*alarm).is_some_and(|at| at <= now))?;
        self.clear(due);
        Some(due)
    }

    pub(super) fn next(&self) -> Option<(Timestamp, Timer)> {
        let mut next: Option<(Timestamp, Alarm)> = None;
        // A plain loop: drivers ask after every input, and this is what they wait for.
        for (&at, &alarm) in self.at.iter().zip(&Alarm::ALL) {
            if let Some(at) = at
                && next.is_none_or(|(earliest, _)| at < earliest)
            {
                next = Some((at, alarm));
            }
        }
        next.map(|(at, alarm)| (at, alarm.timer()))
    }
}

/// The one that is due first.
pub(super) fn sooner(
    one: Option<(Timestamp, Timer)>,
    other: Option<(Timestamp, Timer)>,
) -> Option<(Timestamp, Timer)> {
    match (one, other) {
        (Some((at, _)), Some((than, _))) if at <= than => one,
        (_, None) => one,
        _ => other,
    }
}
