#![allow(clippy::unwrap_used)]

mod config;
mod connect;
mod frames;
#[cfg(all(feature = "native-tls", not(feature = "rustls-ring")))]
mod native_tls;
mod proxy;
mod readahead;
#[cfg(feature = "rustls-ring")]
mod redirect;
#[cfg(feature = "rustls-ring")]
mod tls;
mod upgrade;
mod write_buffer;

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rejoin_proto::{Error, Secret};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::config::StageTimeouts;
use super::dialer::Link;
use super::{DialConfig, Dialer, Resolver, Resolving, Target};

/// Long enough never to strike in a test that is not about it.
const PATIENCE: Duration = Duration::from_secs(20);
/// A deadline that a test waits for.
const SHORT: Duration = Duration::from_millis(80);

/// A peer that accepts connections for ever and plays `script` on each; the result is its port.
async fn peer<F, S>(script: F) -> u16
where
    F: Fn(TcpStream) -> S + Send + 'static,
    S: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script(stream));
        }
    });
    port
}

/// A peer that answers each request with `answer`, where `{accept}` stands for the right key.
async fn answering(answer: impl Into<Vec<u8>>) -> u16 {
    let answer = answer.into();
    peer(move |mut stream| {
        let answer = answer.clone();
        async move {
            let request = read_request(&mut stream).await?;
            stream.write_all(&fill_accept(&answer, &request)).await?;
            park(stream).await
        }
    })
    .await
}

/// Keeps a connection open until the client leaves.
async fn park(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop)
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8(request).unwrap())
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn fill_accept(answer: &[u8], request: &str) -> Vec<u8> {
    let marker = b"{accept}";
    let Some(at) = answer.windows(marker.len()).position(|window| window == marker) else {
        return answer.to_vec();
    };
    let key = header(request, "Sec-WebSocket-Key").unwrap();
    [&answer[..at], derive_accept_key(key.as_bytes()).as_bytes(), &answer[at + marker.len()..]].concat()
}

fn switching(headers: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {{accept}}\r\n{headers}\r\n"
    )
}

fn patient() -> DialConfig {
    let timeouts =
        StageTimeouts { dns: PATIENCE, tcp: PATIENCE, proxy: PATIENCE, tls: PATIENCE, upgrade: PATIENCE };
    DialConfig { timeouts, resolver: Arc::new(Loopback), ..DialConfig::default() }
}

fn dialer(url: &str, config: DialConfig) -> Dialer {
    Dialer::new(Target::parse(url).unwrap(), config).unwrap()
}

async fn dial(port: u16) -> Result<Link, Error> {
    dial_with(port, patient()).await
}

async fn dial_with(port: u16, config: DialConfig) -> Result<Link, Error> {
    dialer(&format!("ws://127.0.0.1:{port}/chat?ticket=t1cket"), config)
        .dial(Some(Secret::new("t0ken")))
        .await
}

/// Every name is this machine.
struct Loopback;

impl Resolver for Loopback {
    fn resolve(&self, _host: &str) -> Resolving {
        Box::pin(async { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) })
    }
}

/// Answers from a list, one entry a question; then it never answers again.
struct Scripted(Mutex<Vec<io::Result<Vec<IpAddr>>>>);

impl Scripted {
    fn new(mut answers: Vec<io::Result<Vec<IpAddr>>>) -> Arc<Self> {
        answers.reverse();
        Arc::new(Self(Mutex::new(answers)))
    }
}

impl Resolver for Scripted {
    fn resolve(&self, _host: &str) -> Resolving {
        let answer = self.0.lock().unwrap().pop();
        Box::pin(async move {
            match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}
