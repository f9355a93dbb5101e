//! A chat for the terminal: `cargo run -p rejoin-chat -- NAME http://127.0.0.1:PORT`.
//!
//! Start a server (`cargo run -p rejoin-test-server`, or `node tests/peers/socketio-server.mjs`), two chats, and stop
//! the server: what you type meanwhile waits, and is sent when it is back.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use rejoin::socketio::{Client, Event, Transport};
use rejoin::{Error, ErrorCode, Outcome, State};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};

#[derive(Serialize, Deserialize)]
struct Line {
    from: String,
    text: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(from), Some(url)) = (words.next(), words.next()) else {
        return Err("usage: rejoin-chat NAME URL".into());
    };
    let client = Client::builder(&url)
        .namespace("/chat")
        .transports([Transport::WebSocket, Transport::Polling])
        .build()?;
    let chat = client.namespace("/chat");
    chat.on("broadcast", async |event| show(&event));

    let mut states = client.states();
    let (clock, watched) = (client.clock(), client.clone());
    tokio::spawn(async move {
        let mut was_connecting = false;
        while let Some(state) = states.next().await {
            let is_connecting = matches!(state, State::Connecting { .. });
            // Connecting has phases, which say more than a reader of the chat wants to know.
            if std::mem::replace(&mut was_connecting, is_connecting) && is_connecting {
                continue;
            }
            let waiting = watched.stats().outbox_messages;
            match state {
                State::Waiting { attempt, retry_at, cause } => {
                    let seconds = retry_at.since(clock.now()).as_secs_f32();
                    println!(
                        "* {}: attempt {attempt} in {seconds:.1} s, lines waiting: {waiting}",
                        cause.code()
                    );
                }
                // The end of the program.
                State::Disconnected { reason: Some(reason) }
                    if reason.code() == ErrorCode::ClientDisconnect => {}
                State::Disconnected { reason: Some(reason) } => println!("* {reason}. {}", reason.remedy()),
                other @ (State::Connecting { .. }
                | State::Connected { .. }
                | State::Disconnected { reason: None }
                | State::Disconnecting) => println!("* {}, lines waiting: {waiting}", other.as_str()),
            }
        }
    });
    let connecting = tokio::spawn({
        let client = client.clone();
        async move { client.connect().await }
    });

    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(text) = lines.next_line().await? {
        let receipt = match chat.emit("broadcast", Line { from: from.clone(), text }) {
            Ok(receipt) => receipt,
            Err(refused) => {
                println!("* not accepted: {refused}");
                continue;
            }
        };
        tokio::spawn(async move {
            let outcome = receipt.await;
            if outcome != Outcome::Sent {
                println!("* a line is {}", outcome.as_str());
            }
        });
    }
    connecting.abort();
    let waiting = client.stats().outbox_messages;
    client.disconnect().await;
    if waiting > 0 {
        println!("* lines not sent: {waiting}");
    }
    Ok(())
}

fn show(event: &Event) {
    let line: Result<Line, Error> = event.args();
    match line {
        Ok(Line { from, text }) => println!("{from}: {text}"),
        Err(error) => println!("* {error}"),
    }
}
