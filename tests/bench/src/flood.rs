//! A flood of messages, received through the public stream.

use crate::options::Options;
use crate::report::{self, Target};
use crate::rounds::{Times, calibrate, ratio, timed};
use crate::server::FLOOD;
use crate::server_process::{DEFAULT_READ_BUFFER, ServerProcess, keep_clients};
use crate::{Fallible, ours, raw};

const TRIAL: usize = 10_000;

pub(crate) async fn compare(options: &Options) -> Fallible<()> {
    let server = ServerProcess::start(DEFAULT_READ_BUFFER)?;
    let _kept = keep_clients()?;
    let mut raw = raw::connect(&server.url(), None).await?;
    let mut ours = ours::connect(&server.url()).await?;
    for &size in &options.sizes {
        let kind = if options.binary { "binary" } else { "text" };
        let order = |count: usize| format!("{FLOOD}{count} {size} {kind}");
        let (trial, done) = timed(raw::flood(&mut raw, &order(TRIAL), TRIAL)).await;
        done?;
        let count = options.count.unwrap_or_else(|| calibrate(TRIAL, trial.wall));
        let (mut raw_times, mut our_times) = (Times::default(), Times::default());
        for _ in 0..options.rounds {
            let (time, done) = timed(raw::flood(&mut raw, &order(count), count)).await;
            done?;
            raw_times.0.push(time);
            let (time, done) = timed(ours.flood(&order(count), count)).await;
            done?;
            our_times.0.push(time);
        }
        println!(
            "flood, {size} B: raw {:.0}/s, rejoin {:.0}/s",
            raw_times.rate(count),
            our_times.rate(count)
        );
        let target = if size < 1024 { 0.5 } else { 0.9 };
        report::rates("rejoin / raw", ratio(&our_times, &raw_times), Target::AtLeast(target));
    }
    Ok(())
}
