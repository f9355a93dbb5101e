//! How fast a Socket.IO event is taken in when its arguments are not touched.
//!
//! `cargo bench -p rejoin-proto --bench socketio`
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::disallowed_types)]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytestring::ByteString;
use rejoin_proto::socketio::{Args, EmitOptions, Limits, Options, Packet, SocketIo};
use rejoin_proto::{Config, Connection, Frame, SocketEvent, Timestamp};

const MEASURE: Duration = Duration::from_millis(700);

fn main() -> Result<(), Box<dyn Error>> {
    let text = format!("2[\"message\",{{\"text\":\"{}\"}}]", "lorem ipsum dolor ".repeat(55));
    let member = r#"{"id":1234,"name":"Ada","online":true,"at":1699999999.5},"#;
    let dense = format!("2[\"members\",[{}0]]", member.repeat(18));
    let chat = format!(
        "2[\"chat message\",{{\"id\":\"f3b6a1c2-77de\",\"room\":42,\"from\":{{\"name\":\"Ada Lovelace\",\"admin\":false}},\
         \"sent\":1699999999123,\"text\":\"{}\",\"mentions\":[7,12],\"replyTo\":null}}]",
        "It does not need to be \\\"fast\\\", it needs to arrive.\\n".repeat(16)
    );
    for (what, message) in [("one long string", text), ("chat message", chat), ("many small values", dense)] {
        let message = ByteString::from(message);
        let limits = Limits::default();
        let decode = rate(|| drop(black_box(Packet::decode(black_box(&message), &limits))));
        report(&format!("decode, {what}"), message.len(), decode);

        let mut connection = connected()?;
        let socket = connection.socket().ok_or("no socket")?;
        let frame = ByteString::from(format!("4{message}"));
        let take_in = rate(|| {
            let event = SocketEvent::Frame(Frame::Text(frame.clone()));
            connection.handle_socket(socket, event, Timestamp::ZERO);
            while let Some(output) = connection.poll_output() {
                black_box(output);
            }
        });
        report(&format!("connection, {what}"), frame.len(), take_in);

        let args = Args::from_array(message.get(1..).unwrap_or_default())?;
        let mut frames = 0;
        let send = rate(|| {
            let sent = connection.emit("/", "e", args.clone(), EmitOptions::default(), Timestamp::ZERO);
            black_box(sent.is_ok());
            while let Some(transmit) = connection.poll_transmit(Timestamp::ZERO) {
                black_box(transmit);
                frames += 1;
            }
            connection.handle_socket(socket, SocketEvent::Flushed { frames }, Timestamp::ZERO);
        });
        report(&format!("emit, {what}"), frame.len(), send);
    }
    Ok(())
}

fn connected() -> Result<Connection<SocketIo>, Box<dyn Error>> {
    let mut connection = Connection::new(Config::default(), SocketIo::new(Options::default())?, 1)?;
    let now = Timestamp::ZERO;
    connection.connect(now);
    let socket = connection.socket().ok_or("no socket")?;
    connection.handle_socket(socket, SocketEvent::Opened { ping_frames: true }, now);
    for text in [r#"0{"sid":"e"}"#, r#"40{"sid":"s"}"#] {
        connection.handle_socket(socket, SocketEvent::Frame(Frame::Text(text.into())), now);
    }
    let handshake = std::iter::from_fn(|| connection.poll_transmit(now)).count() as u64;
    connection.handle_socket(socket, SocketEvent::Flushed { frames: handshake }, now);
    Ok(connection)
}

/// Calls a second, in the best of many short runs: what else the machine does only ever makes it slower.
fn rate(mut call: impl FnMut()) -> f64 {
    const CALLS: u32 = 500;
    let end = Instant::now() + MEASURE;
    let mut best = Duration::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        best = best.min(start.elapsed());
    }
    f64::from(CALLS) / best.as_secs_f64()
}

fn report(what: &str, bytes: usize, rate: f64) {
    let gigabytes = rate * bytes as f64 / 1e9;
    println!("{what:30} {bytes:5} B {:8.0} ns {:10.0}/s {gigabytes:6.2} GB/s", 1e9 / rate, rate);
}
