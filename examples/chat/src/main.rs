//! A chat for the terminal: `cargo run -p rejoin-chat -- http://127.0.0.1:PORT NAME`.
//!
//! It speaks to any Socket.IO server that sends `broadcast` back to everyone, such as this project's test server, and with the
//! chats in Swift, Kotlin and Python. Stop the server while you type: what you said meanwhile arrives when it is back.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use rejoin::socketio::{Client, Event, Transport};
use rejoin::{Error, ErrorCode, Outcome, State};
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(url), Some(name)) = (words.next(), words.next()) else {
        return Err("usage: rejoin-chat URL NAME".into());
    };
    let client = Client::builder(&url).transports([Transport::WebSocket, Transport::Polling]).build()?;
    client.on("broadcast", async |event| show(&event));

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
        let receipt = match client.emit("broadcast", (&name, text)) {
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
    let line: Result<(String, String), Error> = event.args();
    match line {
        Ok((who, text)) => println!("{who}: {text}"),
        Err(error) => println!("* {error}"),
    }
}
