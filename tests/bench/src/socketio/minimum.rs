//! The least that can do the work: frames written by hand over raw tokio-tungstenite, and answers told by how they
//! begin. It checks nothing, survives nothing, and shows how far the server lets anybody come.

use std::time::Instant;

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::{WINDOW, What};
use crate::Fallible;
use crate::raw::{self, Socket};
use crate::rounds::median;

pub(super) struct Session {
    socket: Socket,
    acks: u64,
}

pub(super) async fn connect(url: &str) -> Fallible<Session> {
    let socket = raw::connect(&format!("{url}socket.io/?EIO=4&transport=websocket"), None).await?;
    let mut session = Session { socket, acks: 0 };
    session.await_one("0").await?;
    session.socket.send(Message::text("40")).await?;
    session.await_one("40").await?;
    Ok(session)
}

impl Session {
    pub(super) async fn round(&mut self, what: What, count: usize, size: usize) -> Fallible<()> {
        match what {
            What::Acks => {
                let rest = format!("[\"ack\",\"{}\"]", "x".repeat(size));
                self.pipelined(count, "43", move |id| format!("42{id}{rest}")).await
            }
            What::Echo => {
                let packet = format!("42[\"echo\",\"{}\"]", "x".repeat(size));
                self.pipelined(count, "42[\"echo\"", move |_| packet.clone()).await
            }
            What::Flood => {
                let order = format!(r#"42["source",{{"count":{count},"size":{size}}}]"#);
                self.socket.send(Message::text(order)).await?;
                for _ in 0..count {
                    self.await_one("42[\"item\"").await?;
                }
                Ok(())
            }
        }
    }

    /// The median time of one acknowledgement, in microseconds.
    pub(super) async fn latency(&mut self, count: usize, size: usize) -> Fallible<f64> {
        let data = "x".repeat(size);
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let start = Instant::now();
            self.acks += 1;
            self.socket.send(Message::text(format!("42{}[\"ack\",\"{data}\"]", self.acks))).await?;
            self.await_one("43").await?;
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        Ok(median(times))
    }

    async fn pipelined(
        &mut self,
        count: usize,
        answer: &str,
        packet: impl Fn(u64) -> String,
    ) -> Fallible<()> {
        let (mut sent, mut received) = (0, 0);
        while received < count {
            while sent < count && sent - received < WINDOW {
                self.acks += 1;
                self.socket.feed(Message::text(packet(self.acks))).await?;
                sent += 1;
            }
            self.socket.flush().await?;
            self.await_one(answer).await?;
            received += 1;
            while let Some(message) = self.socket.next().now_or_never() {
                let message = message.ok_or("the server went away")??;
                received += usize::from(self.is(message, answer).await?);
            }
        }
        Ok(())
    }

    async fn await_one(&mut self, start: &str) -> Fallible<()> {
        loop {
            let message = self.socket.next().await.ok_or("the server went away")??;
            if self.is(message, start).await? {
                return Ok(());
            }
        }
    }

    /// Whether the packet begins so. The server's ping, which does not, is answered.
    async fn is(&mut self, message: Message, start: &str) -> Fallible<bool> {
        let Message::Text(text) = message else { return Ok(false) };
        if text.as_str() == "2" {
            self.socket.send(Message::text("3")).await?;
        }
        Ok(text.starts_with(start))
    }
}
