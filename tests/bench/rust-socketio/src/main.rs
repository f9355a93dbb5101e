//! Runs rounds with rust_socketio: one JSON object on standard input for each. On standard output the seconds that it took
//! and those of processor time (or for `latency` the median in microseconds). `null`: it cannot do that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use rust_socketio::asynchronous::{Client, ClientBuilder};
use rust_socketio::{Payload, TransportType};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Semaphore;

const WINDOW: usize = 64;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

struct Session {
    client: Client,
    /// A permit for each event that arrived.
    arrived: Arc<Semaphore>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let url = std::env::args().nth(1).ok_or("the URL of the server is missing")?;
    let arrived = Arc::new(Semaphore::new(0));
    let count = |arrived: Arc<Semaphore>| {
        move |_: Payload, _: Client| {
            arrived.add_permits(1);
            async {}.boxed()
        }
    };
    let opened = Arc::new(Semaphore::new(0));
    let builder = ClientBuilder::new(url)
        .transport_type(TransportType::Websocket)
        .on("echo", count(arrived.clone()))
        .on("item", count(arrived.clone()))
        .on("open", count(opened.clone()));
    let client = builder.connect().await?;
    opened.acquire().await?.forget();
    let session = Session { client, arrived };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    println!("null");
    while let Some(line) = lines.next_line().await? {
        let order: Value = serde_json::from_str(&line)?;
        let number = |key: &str| order[key].as_u64().unwrap_or(0) as usize;
        let (count, data) = (number("count"), json!("x".repeat(number("size"))));
        let (start, spent_before) = (Instant::now(), spent());
        let times = || json!([start.elapsed().as_secs_f64(), spent() - spent_before]);
        let result = match order["what"].as_str() {
            Some("echo") => {
                session.echo(count, &data).await?;
                times()
            }
            Some("flood") => {
                session.client.emit("source", json!({"count": count, "size": number("size")})).await?;
                session.wait(count).await?;
                times()
            }
            Some("latency") => json!(session.latency(count, &data).await?),
            _ => Value::Null,
        };
        println!("{result}");
    }
    Ok(())
}

/// The processor time of this process, in seconds.
fn spent() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

impl Session {
    async fn wait(&self, count: usize) -> Fallible<()> {
        for _ in 0..count {
            self.arrived.acquire().await?.forget();
        }
        Ok(())
    }

    async fn echo(&self, count: usize, data: &Value) -> Fallible<()> {
        for sent in 0..count {
            if sent >= WINDOW {
                self.wait(1).await?;
            }
            self.client.emit("echo", data.clone()).await?;
        }
        self.wait(count.min(WINDOW)).await
    }

    async fn latency(&self, count: usize, data: &Value) -> Fallible<f64> {
        let mut times = Vec::with_capacity(count);
        let answered = Arc::new(Semaphore::new(0));
        for _ in 0..count {
            let start = Instant::now();
            let answered_too = answered.clone();
            let on_answer = move |_: Payload, _: Client| {
                answered_too.add_permits(1);
                async {}.boxed()
            };
            self.client.emit_with_ack("ack", data.clone(), Duration::from_secs(5), on_answer).await?;
            answered.acquire().await?.forget();
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        times.sort_by(f64::total_cmp);
        Ok(times.get(times.len() / 2).copied().unwrap_or(f64::NAN))
    }
}
