//! In its steady state the core allocates nothing for a message but what the message is made of.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use rejoin_proto::{
    Config, Connection, Frame, Message, PlainWebSocket, SendOptions, SocketEvent, SocketId, Timestamp,
};

const NOW: Timestamp = Timestamp::from_millis(1_000);
static PAYLOAD: [u8; 32] = [7; 32];

fn connected() -> (Connection<PlainWebSocket>, SocketId) {
    let config = Config::default();
    let protocol = PlainWebSocket::new(&config.heartbeat, None);
    let mut connection = Connection::new(config, protocol, 1).unwrap();
    connection.connect(NOW);
    let socket = connection.socket().unwrap();
    connection.handle_socket(socket, SocketEvent::Opened { ping_frames: true }, NOW);
    (connection, socket)
}

/// A window of messages goes out, is flushed, and comes back.
fn echo(connection: &mut Connection<PlainWebSocket>, socket: SocketId, flushed: &mut u64, window: usize) {
    for _ in 0..window {
        let message = Message::Binary(Bytes::from_static(&PAYLOAD));
        connection.send(message, SendOptions::default(), NOW).unwrap();
    }
    let mut frames = 0;
    while connection.poll_transmit(NOW).is_some() {
        frames += 1;
    }
    assert_eq!(frames, window);
    *flushed += frames as u64;
    connection.handle_socket(socket, SocketEvent::Flushed { frames: *flushed }, NOW);
    for _ in 0..window {
        let frame = Frame::Binary(Bytes::from_static(&PAYLOAD));
        connection.handle_socket(socket, SocketEvent::Frame(frame), NOW);
    }
    // A message and a receipt for each.
    let outputs = std::iter::from_fn(|| connection.poll_output()).count();
    assert!(outputs >= 2 * window);
}

#[test]
fn a_message_costs_no_allocation_in_the_steady_state() {
    for window in [1, 64] {
        let (mut connection, socket) = connected();
        let mut flushed = 0;
        (0..10).for_each(|_| echo(&mut connection, socket, &mut flushed, window));
        let allocations = allocation_counter::measure(|| {
            (0..1000).for_each(|_| echo(&mut connection, socket, &mut flushed, window));
        });
        assert_eq!(allocations.count_total, 0, "window {window}");
    }
}

#[test]
fn the_count_counts() {
    let allocations = allocation_counter::measure(|| drop(std::hint::black_box(Box::new(1))));
    assert_eq!(allocations.count_total, 1);
}
