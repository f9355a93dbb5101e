//! What the driver has to do, and where it reads the content of that.

use rejoin_proto::{Frame, Timer, Timestamp, Transmit};

use crate::core::Core;

/// What is to be written.
#[derive(Clone, Copy, Debug)]
enum Transmitted {
    Nothing = 0,
    Text = 1,
    Binary = 2,
    Ping = 3,
    /// A socket of JavaScript answers pings itself.
    Pong = 4,
}

/// What each number is that a call leaves for JavaScript to read. `js/src/records.ts` has the same list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// 1: there are commands; 2: there are texts; 4: the core wants the content of messages; 8: and that of events; 16: and
    /// to be told of any message at once.
    Flags = 0,
    /// How many numbers the records have.
    Count = 1,
    /// Where they are.
    Numbers = 2,
    /// When the next turn is due, in milliseconds of the driver's clock; NaN: never.
    Deadline = 3,
    /// What is to be written: see `Transmitted`.
    Kind = 4,
    /// Where it is.
    Frame = 5,
    /// How long it is.
    Length = 6,
    /// The message that it is a part of, whose content the driver adds; -1: none.
    Message = 7,
    /// Which part: 0 for the head, then one for each attachment.
    Index = 8,
    /// Where the text is that was asked for.
    Said = 9,
    /// How long it is.
    SaidLength = 10,
    /// JavaScript leaves 1 here when it has read all records.
    Read = 11,
}

/// The numbers that a call leaves, and one that JavaScript leaves for the next.
#[derive(Debug, Default)]
pub(crate) struct Left([f64; Place::Read as usize + 1]);

impl Left {
    pub(crate) fn address(&self) -> *const f64 {
        self.0.as_ptr()
    }

    fn set(&mut self, place: Place, value: f64) {
        self.0[place as usize] = value;
    }
}

impl Core {
    /// What JavaScript has read is no longer kept.
    pub(crate) fn forget_read(&mut self) {
        let read = &mut self.left.0[Place::Read as usize];
        if core::mem::take(read) != 0.0 {
            self.records.clear();
        }
    }

    /// The turn of a message that came with it, while the socket can take more.
    pub(crate) fn turn_with(&mut self, wanted: f64, now: Timestamp) {
        if wanted > 0.0 {
            // First what the message led to, or its slot would be mistaken for that of something else.
            self.drain(now);
            self.turn(true, now);
        }
    }

    pub(crate) fn turn(&mut self, writable: bool, now: Timestamp) {
        let mut deadline = self.connection.poll_timeout();
        if deadline.is_some_and(|(at, _)| at <= now) {
            self.connection.handle_timeout(now);
            deadline = self.connection.poll_timeout();
        }
        if !writable {
            self.left.set(Place::Kind, f64::from(Transmitted::Nothing as u8));
        } else if self.transmit(now) {
            deadline = self.connection.poll_timeout();
        }
        self.leave_deadline(deadline);
    }

    /// True if there is a frame.
    pub(crate) fn transmit(&mut self, now: Timestamp) -> bool {
        let Some(Transmit { frame, part, .. }) = self.connection.poll_transmit(now) else {
            self.left.set(Place::Kind, f64::from(Transmitted::Nothing as u8));
            return false;
        };
        let (kind, address) = match &frame {
            Frame::Text(text) => (Transmitted::Text, text.as_ptr()),
            Frame::Binary(bytes) => (Transmitted::Binary, bytes.as_ptr()),
            Frame::Ping(bytes) => (Transmitted::Ping, bytes.as_ptr()),
            Frame::Pong(bytes) => (Transmitted::Pong, bytes.as_ptr()),
        };
        self.left.set(Place::Kind, f64::from(kind as u8));
        self.left.set(Place::Frame, address as usize as f64);
        self.left.set(Place::Length, frame.len() as f64);
        self.left.set(Place::Message, part.map_or(-1.0, |part| part.message.get() as f64));
        self.left.set(Place::Index, part.map_or(0.0, |part| part.index as f64));
        self.frame = frame;
        true
    }

    pub(crate) fn set_deadline(&mut self) {
        self.leave_deadline(self.connection.poll_timeout());
    }

    fn leave_deadline(&mut self, deadline: Option<(Timestamp, Timer)>) {
        let millis = deadline.map_or(f64::NAN, |(at, _)| at.as_nanos() as f64 / 1e6);
        self.left.set(Place::Deadline, millis);
    }

    /// Leaves what there is to be done and to be told.
    pub(crate) fn leave(&mut self) {
        let protocol = self.connection.protocol();
        let flags = u8::from(!self.records.commands.is_empty())
            | u8::from(!self.records.texts.is_empty()) << 1
            | u8::from(protocol.reads()) << 2
            | u8::from(!protocol.passes_on()) << 3
            | u8::from(self.connection.awaits_life()) << 4;
        self.left.set(Place::Flags, flags.into());
        self.left.set(Place::Count, self.records.numbers.len() as f64);
        self.left.set(Place::Numbers, self.records.numbers.as_ptr() as usize as f64);
        self.left.set(Place::Said, self.said.as_ptr() as usize as f64);
        self.left.set(Place::SaidLength, self.said.len() as f64);
    }
}
