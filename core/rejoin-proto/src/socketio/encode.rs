//! Packets to the server, as the text of a WebSocket frame: the Engine.IO type digit, then the packet.

use bytestring::ByteString;

use super::Args;
use super::name::MAIN;
use crate::json::{self, push_number};

pub(super) const PONG: ByteString = ByteString::from_static("3");

pub(super) fn connect(namespace: &str, auth: Option<&str>) -> ByteString {
    let mut packet = start('0', 0, namespace, None, auth.map_or(0, str::len));
    packet.push_str(auth.unwrap_or_default());
    packet.into()
}

pub(super) fn disconnect(namespace: &str) -> ByteString {
    start('1', 0, namespace, None, 0).into()
}

pub(super) fn event(namespace: &str, name: &str, args: &Args, id: Option<u64>) -> ByteString {
    let mut packet = event_start(namespace, args.attachments().len(), id, name.len() + args.text().len() + 8);
    packet.push('[');
    json::quote(name, &mut packet);
    if !args.is_empty() {
        packet.push(',');
        packet.push_str(args.text());
    }
    packet.push(']');
    packet.into()
}

pub(super) fn event_head(namespace: &str, attachments: usize, id: Option<u64>) -> ByteString {
    event_start(namespace, attachments, id, 0).into()
}

fn event_start(namespace: &str, attachments: usize, id: Option<u64>, room: usize) -> String {
    start(if attachments == 0 { '2' } else { '5' }, attachments, namespace, id, room)
}

pub(super) fn ack(namespace: &str, id: u64, args: &Args) -> ByteString {
    let attachments = args.attachments().len();
    let kind = if attachments == 0 { '3' } else { '6' };
    let mut packet = start(kind, attachments, namespace, Some(id), args.text().len() + 2);
    packet.push('[');
    packet.push_str(args.text());
    packet.push(']');
    packet.into()
}

/// All that stands before the JSON.
fn start(kind: char, attachments: usize, namespace: &str, id: Option<u64>, room: usize) -> String {
    /// The digits of a count and of an id, and what separates them.
    const NUMBERS: usize = 2 + 21 + 21;
    let mut packet = String::with_capacity(NUMBERS + namespace.len() + room);
    packet.push('4');
    packet.push(kind);
    if attachments > 0 {
        push_number(&mut packet, attachments as u64);
        packet.push('-');
    }
    if MAIN != namespace {
        packet.push_str(namespace);
        packet.push(',');
    }
    if let Some(id) = id {
        push_number(&mut packet, id);
    }
    packet
}
