//! What the driver has to do, and where it reads the content of that.

use rejoin_proto::{Frame, Transmit};
use wasm_bindgen::prelude::*;

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

/// The places of what a call leaves for JavaScript to read, at `out`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Out {
    /// 1: there are commands; 2: there are texts; 4: the core wants the content of messages; 8: and that of events.
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
}

#[wasm_bindgen]
impl Core {
    /// Where the core leaves what JavaScript reads.
    pub fn out(&self) -> *const f64 {
        self.out.as_ptr()
    }

    /// Time passed, and the socket can take more or not. Leaves the deadline, and the first frame.
    pub fn turn(&mut self, writable: bool, now: f64) {
        self.input(now, |connection, now| {
            if connection.poll_timeout().is_some_and(|(at, _)| at <= now) {
                connection.handle_timeout(now);
            }
        });
        if writable {
            self.transmit(now);
        } else {
            self.set(Out::Kind, f64::from(Transmitted::Nothing as u8));
        }
        self.set_deadline();
    }

    /// Leaves the next frame, or after the last one the deadline.
    pub fn transmit(&mut self, now: f64) {
        let transmit = self.input(now, |connection, now| connection.poll_transmit(now));
        let Some(Transmit { frame, part, .. }) = transmit else {
            return self.set(Out::Kind, f64::from(Transmitted::Nothing as u8));
        };
        let (kind, address) = match &frame {
            Frame::Text(text) => (Transmitted::Text, text.as_ptr()),
            Frame::Binary(bytes) => (Transmitted::Binary, bytes.as_ptr()),
            Frame::Ping(bytes) => (Transmitted::Ping, bytes.as_ptr()),
            Frame::Pong(bytes) => (Transmitted::Pong, bytes.as_ptr()),
        };
        self.set(Out::Kind, f64::from(kind as u8));
        self.set(Out::Frame, address as usize as f64);
        self.set(Out::Length, frame.len() as f64);
        self.set(Out::Message, part.map_or(-1.0, |part| part.message.get() as f64));
        self.set(Out::Index, part.map_or(0.0, |part| part.index as f64));
        self.frame = frame;
    }

    /// Leaves the deadline as it is after what was written.
    #[wasm_bindgen(js_name = setDeadline)]
    pub fn set_deadline(&mut self) {
        let deadline = self.connection.poll_timeout();
        let millis = deadline.map_or(f64::NAN, |(at, _)| at.since_origin().as_micros() as f64 / 1000.0);
        self.set(Out::Deadline, millis);
    }

    /// The longest message that is accepted.
    #[wasm_bindgen(js_name = maxMessageBytes)]
    pub fn max_message_bytes(&self) -> usize {
        self.connection.config().max_message_bytes
    }

    /// The commands, as JSON, and none is left.
    pub fn commands(&mut self) -> String {
        let commands = self.records.commands.take();
        self.tell();
        commands
    }

    /// The texts of the records, as JSON, and none is left.
    pub fn texts(&mut self) -> String {
        self.records.texts.take()
    }

    /// All records were read.
    pub fn clear(&mut self) {
        self.records.clear();
        self.tell();
    }

    /// Where JavaScript may put so many bytes.
    pub fn inbox(&mut self, length: usize) -> *mut u8 {
        self.inbox = vec![0; length];
        self.inbox.as_mut_ptr()
    }
}

impl Core {
    fn set(&mut self, place: Out, value: f64) {
        self.out[place as usize] = value;
    }

    /// Leaves what there is to be done and to be told.
    pub(crate) fn tell(&mut self) {
        let protocol = self.connection.protocol();
        let flags = u8::from(!self.records.commands.is_empty())
            | u8::from(!self.records.texts.is_empty()) << 1
            | u8::from(protocol.reads()) << 2
            | u8::from(!protocol.passes_on()) << 3;
        self.set(Out::Flags, flags.into());
        self.set(Out::Count, self.records.numbers.len() as f64);
        self.set(Out::Numbers, self.records.numbers.as_ptr() as usize as f64);
    }
}
