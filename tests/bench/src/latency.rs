//! One message on the way: how long until its echo is back.

use std::time::Duration;

use crate::options::Options;
use crate::raw::{self, Flush};
use crate::report::{self, Target};
use crate::rounds::{median, timed};
use crate::server_process::{DEFAULT_READ_BUFFER, ServerProcess, keep_clients};
use crate::{Fallible, ours};

const SIZE: usize = 32;
const EACH_ROUND: usize = 2_000;

pub(crate) async fn compare(options: &Options) -> Fallible<()> {
    let server = ServerProcess::start(DEFAULT_READ_BUFFER)?;
    let _kept = keep_clients()?;
    let mut raw = raw::connect(&server.url(), None).await?;
    let mut ours = ours::connect(&server.url()).await?;
    let raw_message = raw::message(SIZE, options.binary);
    let our_message = ours::message(SIZE, options.binary);
    let (mut raw_p50, mut our_p50, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let mut raw_times = Vec::with_capacity(EACH_ROUND);
        for _ in 0..EACH_ROUND {
            let (time, done) = timed(raw::echo(&mut raw, &raw_message, 1, 1, Flush::Batch)).await;
            done?;
            raw_times.push(micros(time.wall));
        }
        let mut our_times = Vec::with_capacity(EACH_ROUND);
        for _ in 0..EACH_ROUND {
            let (time, done) = timed(ours.echo(&our_message, 1, 1)).await;
            done?;
            our_times.push(micros(time.wall));
        }
        let (raw, ours) = (median(raw_times), median(our_times));
        raw_p50.push(raw);
        our_p50.push(ours);
        ratios.push(ours / raw);
    }
    println!(
        "one message in flight, {SIZE} B: p50 raw {:.1} us, rejoin {:.1} us",
        median(raw_p50),
        median(our_p50)
    );
    report::ratio("rejoin / raw, p50", median(ratios), Target::AtMost(1.08));
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
