#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Config, Event, Output, SocketEvent};

fn connected(text: Option<TextHeartbeat>, ping_frames: bool) -> Connection<PlainWebSocket> {
    let config = Config::default();
    let protocol = PlainWebSocket::new(&config.heartbeat, text);
    let mut connection = Connection::new(config, protocol, 1).unwrap();
    connection.connect(Timestamp::ZERO);
    let socket = connection.socket().unwrap();
    connection.handle_socket(socket, SocketEvent::Opened { ping_frames }, Timestamp::ZERO);
    connection
}

fn receive(connection: &mut Connection<PlainWebSocket>, frame: Frame) {
    let socket = connection.socket().unwrap();
    connection.handle_socket(socket, SocketEvent::Frame(frame), Timestamp::ZERO);
}

fn messages(connection: &mut Connection<PlainWebSocket>) -> Vec<Message> {
    let message = |output| match output {
        Output::Event(Event::Protocol(message)) => Some(message),
        Output::Event(Event::State(_) | Event::Receipt(_))
        | Output::NeedCredentials { .. }
        | Output::Open { .. }
        | Output::Rejoin { .. }
        | Output::Close { .. }
        | Output::Abort { .. } => None,
    };
    std::iter::from_fn(|| connection.poll_output()).filter_map(message).collect()
}

fn after_silence(connection: &mut Connection<PlainWebSocket>) -> Option<Frame> {
    let now = Timestamp::from_millis(25_000);
    connection.handle_timeout(now);
    connection.poll_transmit(now).map(|transmit| transmit.frame)
}

fn ping_pong() -> Option<TextHeartbeat> {
    Some(TextHeartbeat { ping: "ping".into(), pong: Some("pong".into()) })
}

#[test]
fn text_and_binary_are_given_as_they_came_and_control_frames_are_not() {
    let mut connection = connected(None, true);
    receive(&mut connection, Frame::Text("".into()));
    receive(&mut connection, Frame::Ping(Bytes::new()));
    receive(&mut connection, Frame::Pong(Bytes::new()));
    receive(&mut connection, Frame::Binary(Bytes::from_static(b"\x1e4")));
    let expected = [Message::from(""), Message::Binary(Bytes::from_static(b"\x1e4"))];
    assert_eq!(messages(&mut connection), expected);
}

#[test]
fn silence_is_met_with_a_ping_frame_or_with_the_text_of_the_server() {
    assert_eq!(after_silence(&mut connected(None, true)), Some(Frame::Ping(Bytes::new())));
    assert_eq!(after_silence(&mut connected(ping_pong(), true)), Some(Frame::Text("ping".into())));
    assert_eq!(after_silence(&mut connected(ping_pong(), false)), Some(Frame::Text("ping".into())));
    assert_eq!(after_silence(&mut connected(None, false)), None);
}

#[test]
fn the_answer_to_a_text_ping_is_not_a_message() {
    let mut connection = connected(ping_pong(), false);
    receive(&mut connection, Frame::Text("pong".into()));
    receive(&mut connection, Frame::Text("ping".into()));
    assert_eq!(messages(&mut connection), [Message::from("ping")]);

    let any = Some(TextHeartbeat { ping: "ping".into(), pong: None });
    let mut connection = connected(any, false);
    receive(&mut connection, Frame::Text("pong".into()));
    assert_eq!(messages(&mut connection), [Message::from("pong")]);
}

#[test]
fn a_message_of_the_on_connect_step_needs_one() {
    let mut connection = connected(None, true);
    connection.send_while_rejoining("join".into(), Timestamp::ZERO).unwrap();
    assert_eq!(connection.poll_transmit(Timestamp::ZERO), None);
    assert_eq!(connection.outbox_len(), 0);
}
