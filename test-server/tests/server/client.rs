//! A WebSocket client and a bare HTTP client, with a deadline on everything that waits.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longer than anything here takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, what).await.expect("it takes too long")
}

pub(crate) struct Client(pub(crate) WebSocketStream<TcpStream>);

impl Client {
    pub(crate) async fn connect(addr: SocketAddr, path: &str) -> Self {
        Self::try_connect(addr, path).await.unwrap()
    }

    pub(crate) async fn try_connect(addr: SocketAddr, path: &str) -> Result<Self, Error> {
        let request = format!("ws://{addr}{path}").into_client_request()?;
        within(async {
            let socket = TcpStream::connect(addr).await?;
            Ok(Client(client_async(request, socket).await?.0))
        })
        .await
    }

    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        within(self.0.send(Message::text(text.into()))).await.unwrap();
    }

    pub(crate) async fn ping(&mut self) {
        within(self.0.send(Message::Ping("p".into()))).await.unwrap();
    }

    /// The next message; `None` at the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<Result<Message, Error>> {
        within(self.0.next()).await
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.next().await.expect("a message").expect("a message") {
            Message::Text(text) => text.to_string(),
            other => panic!("a text message, not {other:?}"),
        }
    }

    /// Nothing arrives for `time`.
    pub(crate) async fn hears_nothing_for(&mut self, time: Duration) {
        let heard = tokio::time::timeout(time, self.0.next()).await;
        assert!(heard.is_err(), "heard {heard:?}");
    }

    /// Hears out the connection to its end.
    pub(crate) async fn ends(&mut self) {
        while let Some(Ok(_)) = self.next().await {}
    }

    /// How the bare connection ends: 0 is a FIN.
    pub(crate) async fn end_of_bytes(self) -> std::io::Result<usize> {
        let mut socket = self.0.into_inner();
        let mut rest = Vec::new();
        within(socket.read_to_end(&mut rest)).await
    }
}

/// Sends a request and reads the answer to its end.
pub(crate) async fn http(addr: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    within(async {
        let mut socket = TcpStream::connect(addr).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    })
    .await
}
