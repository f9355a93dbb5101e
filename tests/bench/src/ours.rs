//! rejoin through its public API.

use futures_util::FutureExt;
use rejoin::{Client, Message, Subscription};

use crate::Fallible;

/// A connected client and its messages.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
    messages: Subscription<Message>,
}

pub(crate) async fn connect(url: &str) -> Fallible<Session> {
    // The window of 64 KiB messages is larger than the default bound on bytes.
    let client = Client::builder(url).configure(|config| config.outbox.max_bytes = 16 << 20).build()?;
    let messages = client.messages();
    client.connect().await?;
    Ok(Session { client, messages })
}

pub(crate) fn message(size: usize, binary: bool) -> Message {
    let payload = "x".repeat(size);
    if binary { payload.into_bytes().into() } else { payload.into() }
}

impl Session {
    /// As the raw client's.
    pub(crate) async fn echo(&mut self, message: &Message, window: usize, count: usize) -> Fallible<()> {
        let (mut sent, mut received) = (0, 0);
        while received < count {
            while sent < count && sent - received < window {
                self.client.send(message.clone())?;
                sent += 1;
            }
            self.next().await?;
            received += 1;
            while let Some(message) = self.messages.next().now_or_never() {
                message.ok_or("the client closed")?;
                received += 1;
            }
        }
        Ok(())
    }

    /// As the raw client's.
    pub(crate) async fn flood(&mut self, order: &str, count: usize) -> Fallible<()> {
        self.client.send(order)?;
        for _ in 0..count {
            self.next().await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Fallible<Message> {
        Ok(self.messages.next().await.ok_or("the client closed")?)
    }
}
