//! Pipelined echo: a window of messages on the way.

use tokio_tungstenite::tungstenite::Message;

use crate::options::Options;
use crate::raw::{self, Flush, Socket};
use crate::report::{self, Target};
use crate::rounds::{Times, calibrate, ratio, timed};
use crate::server_process::{DEFAULT_READ_BUFFER, ServerProcess, keep_clients};
use crate::{Fallible, ours};

const WINDOW: usize = 64;
const TRIAL: usize = 2 * WINDOW;
/// Messages beyond this are large, in bytes.
const LARGE: usize = 4096;
/// So many times more rounds are for large messages: a connection keeps the pace that it found at its start, which
/// differs so much between connections that the ratio of 15 of them differs by a tenth from run to run.
const LARGE_ROUNDS: usize = 5;

pub(crate) async fn compare(options: &Options) -> Fallible<()> {
    let server = ServerProcess::start(DEFAULT_READ_BUFFER)?;
    let _kept = keep_clients()?;
    let url = server.url();
    for &size in &options.sizes {
        let large = size > LARGE;
        let rounds = if large { options.rounds * LARGE_ROUNDS } else { options.rounds };
        let raw_message = raw::message(size, options.binary);
        let our_message = ours::message(size, options.binary);
        let mut raw = raw_connection(&url, &raw_message).await?;
        let (trial, done) = timed(raw::echo(&mut raw, &raw_message, WINDOW, TRIAL, Flush::Batch)).await;
        done?;
        let count = options.count.unwrap_or_else(|| calibrate(TRIAL, trial.wall));
        let (mut batch_times, mut each_times, mut our_times) =
            (Times::default(), Times::default(), Times::default());
        for _ in 0..rounds {
            let mut raw = raw_connection(&url, &raw_message).await?;
            let (time, done) = timed(raw::echo(&mut raw, &raw_message, WINDOW, count, Flush::Batch)).await;
            done?;
            batch_times.0.push(time);
            let mut ours = ours::connect(&url).await?;
            ours.echo(&our_message, WINDOW, TRIAL).await?;
            let (time, done) = timed(ours.echo(&our_message, WINDOW, count)).await;
            done?;
            our_times.0.push(time);
            let mut each = raw_connection(&url, &raw_message).await?;
            let few = (count / 4).max(WINDOW);
            let (time, done) =
                timed(raw::echo(&mut each, &raw_message, WINDOW, few, Flush::EachMessage)).await;
            done?;
            each_times.0.push(time.mul_f64(count as f64 / few as f64));
        }
        println!(
            "echo, window {WINDOW}, {size} B: raw flushing each {:.0}/s, raw in batches {:.0}/s, rejoin {:.0}/s",
            each_times.rate(count),
            batch_times.rate(count),
            our_times.rate(count),
        );
        let target = if large { 0.95 } else { 0.9 };
        report::rates("rejoin / raw in batches", ratio(&our_times, &batch_times), Target::AtLeast(target));
        let target = if size <= 32 { Target::AtLeast(4.0) } else { Target::None };
        report::rates("rejoin / raw flushing each", ratio(&our_times, &each_times), target);
    }
    Ok(())
}

/// For one round: it has been in use before the clock starts.
async fn raw_connection(url: &str, message: &Message) -> Fallible<Socket> {
    let mut raw = raw::connect(url, None).await?;
    raw::echo(&mut raw, message, WINDOW, TRIAL, Flush::Batch).await?;
    Ok(raw)
}
