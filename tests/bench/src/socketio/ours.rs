//! rejoin through its public API.

use std::collections::VecDeque;
use std::time::Instant;

use rejoin::socketio::{Client, Events};
use serde_json::json;

use super::{WINDOW, What};
use crate::Fallible;
use crate::rounds::median;

pub(super) struct Session {
    client: Client,
    echoes: Events,
    items: Events,
}

pub(super) async fn connect(url: &str) -> Fallible<Session> {
    let client = Client::builder(url).build()?;
    let (echoes, items) =
        (client.namespace("/").events_named("echo"), client.namespace("/").events_named("item"));
    client.connect().await?;
    Ok(Session { client, echoes, items })
}

impl Session {
    pub(super) async fn round(&mut self, what: What, count: usize, size: usize) -> Fallible<()> {
        let data = "x".repeat(size);
        match what {
            What::Acks => self.acks(count, &data).await,
            What::Echo => self.echo(count, &data).await,
            What::Flood => {
                self.client.emit("source", json!({"count": count, "size": size}))?;
                for _ in 0..count {
                    self.items.next().await.ok_or("the client closed")?;
                }
                Ok(())
            }
        }
    }

    async fn acks(&self, count: usize, data: &str) -> Fallible<()> {
        let mut waiting = VecDeque::with_capacity(WINDOW);
        for _ in 0..count {
            if waiting.len() >= WINDOW
                && let Some(oldest) = waiting.pop_front()
            {
                oldest.await?;
            }
            waiting.push_back(self.client.emit_with_ack("ack", data)?);
        }
        for ack in waiting {
            ack.await?;
        }
        Ok(())
    }

    async fn echo(&mut self, count: usize, data: &str) -> Fallible<()> {
        for sent in 0..count {
            if sent >= WINDOW {
                self.echoes.next().await.ok_or("the client closed")?;
            }
            self.client.emit("echo", data)?;
        }
        for _ in 0..count.min(WINDOW) {
            self.echoes.next().await.ok_or("the client closed")?;
        }
        Ok(())
    }

    /// The median time of one acknowledgement, in microseconds.
    pub(super) async fn latency(&self, count: usize, size: usize) -> Fallible<f64> {
        let data = "x".repeat(size);
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let start = Instant::now();
            self.client.emit_with_ack("ack", &data)?.await?;
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        Ok(median(times))
    }
}
