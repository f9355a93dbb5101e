//! Taking in an event whose arguments are not touched allocates nothing beyond its payload.

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::socketio::{Event, Options, SocketIo};
use rejoin_proto::{Config, Connection, Frame, Output, SocketEvent, Timestamp};

const NOW: Timestamp = Timestamp::ZERO;

#[test]
fn an_event_is_taken_in_without_allocating() {
    let protocol = SocketIo::new(Options::default()).unwrap();
    let mut connection = Connection::new(Config::default(), protocol, 1).unwrap();
    connection.connect(NOW);
    let socket = connection.socket().unwrap();
    connection.handle_socket(socket, SocketEvent::Opened { ping_frames: true }, NOW);
    let mut hear = |frame: ByteString| {
        connection.handle_socket(socket, SocketEvent::Frame(Frame::Text(frame)), NOW);
        std::iter::from_fn(|| connection.poll_output()).last()
    };
    hear(r#"0{"sid":"e"}"#.into());
    hear(r#"40{"sid":"s"}"#.into());

    // As a transport has it: a part of its read buffer.
    let text = format!("42[\"message\",{{\"text\":\"{}\"}}]", "lorem \\n ipsum ".repeat(70));
    let buffer = Bytes::from(text);
    let mut frames = (0..11).map(|_| ByteString::try_from(buffer.clone()).unwrap());
    hear(frames.next().unwrap());

    let mut last = None;
    let counted = allocation_counter::measure(|| last = frames.by_ref().filter_map(&mut hear).last());
    assert_eq!(counted.count_total, 0, "{} bytes in 10 events", counted.bytes_total);
    let Some(Output::Event(rejoin_proto::Event::Protocol(Event::Event { name, args, .. }))) = last else {
        panic!("{last:?}");
    };
    assert_eq!((&*name, args.text().len()), ("message", 11 + 15 * 70));
}
