use std::time::Duration;

pub(crate) const HELP: &str = "\
cargo demo [OPTIONS]

Sends numbered, acknowledged messages through faults, and compares what was sent with what arrived.

  --url URL      a Socket.IO server of yours (http://HOST:PORT) in place of the one in this process; it must acknowledge
                 the event. The faults of the network strike on the way to it. Delivered is what it acknowledged.
  --event NAME   the event to send: default `numbered`
  --every MS     a message each so many milliseconds: default 5
  --seed N       of the jitter: default 1
  --help";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) url: Option<String>,
    pub(crate) event: String,
    pub(crate) every: Duration,
    pub(crate) seed: u64,
}

impl Options {
    /// `None` if only help was asked for.
    pub(crate) fn parse() -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;

        let mut options =
            Self { url: None, event: "numbered".to_owned(), every: Duration::from_millis(5), seed: 1 };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("url") => options.url = Some(parser.value()?.string()?),
                Long("event") => options.event = parser.value()?.string()?,
                Long("every") => {
                    options.every = Duration::from_millis(parser.value()?.parse::<u64>()?.max(1))
                }
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Long(_) | Short(_) | Value(_) => return Err(argument.unexpected()),
            }
        }
        Ok(Some(options))
    }
}
