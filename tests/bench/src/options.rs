use lexopt::prelude::{Long, Short, Value, ValueExt};
use tokio::runtime::{Builder, Runtime};

use crate::Fallible;

/// The runtime that the client under test runs in; the server has a process of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flavour {
    CurrentThread,
    TwoWorkers,
}

impl Flavour {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CurrentThread => "current_thread",
            Self::TwoWorkers => "multi_thread, 2 workers",
        }
    }

    pub(crate) fn runtime(self) -> Fallible<Runtime> {
        let mut builder = match self {
            Self::CurrentThread => Builder::new_current_thread(),
            Self::TwoWorkers => Builder::new_multi_thread(),
        };
        Ok(builder.worker_threads(2).enable_all().build()?)
    }
}

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Ours,
    /// tokio-tungstenite as it comes.
    Raw,
    /// The same with a read buffer of 4 KiB.
    RawSmall,
}

impl Subject {
    pub(crate) const ALL: [Self; 3] = [Self::Raw, Self::RawSmall, Self::Ours];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "rejoin",
            Self::Raw => "raw",
            Self::RawSmall => "raw-4k",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Role {
    Compare,
    Serve { read_buffer: usize },
    ServeSocketIo,
    HoldIdle { client: Subject, count: usize, url: String },
}

#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) role: Role,
    pub(crate) flavours: Vec<Flavour>,
    /// Rounds of each subject in one comparison; the echo of large messages takes more.
    pub(crate) rounds: usize,
    /// Messages a round, in place of what takes as long as a round should.
    pub(crate) count: Option<usize>,
    /// Idle connections to hold.
    pub(crate) idle: usize,
    pub(crate) sizes: Vec<usize>,
    /// Binary messages in place of text.
    pub(crate) binary: bool,
    only: Vec<String>,
}

const HELP: &str = "\
Usage: cargo xtask bench [WHAT]... [OPTION]...

WHAT is echo, flood, latency, idle or socketio; all of them by default.
  --rounds N             rounds of each subject in a comparison (default 15; the echo of large messages takes five times
                         as many)
  --count N              messages a round: for profilers that count instructions
  --size BYTES           one message size in place of 32, 1024 and 65536; repeatable
  --binary               binary messages in place of text
  --runtime NAME         current or multi (default: both)
  --idle N               idle connections to hold (default 10000)";

impl Options {
    pub(crate) fn parse() -> Fallible<Self> {
        let mut options = Self {
            role: Role::Compare,
            flavours: vec![Flavour::CurrentThread, Flavour::TwoWorkers],
            rounds: 15,
            count: None,
            idle: 10_000,
            sizes: Vec::new(),
            binary: false,
            only: Vec::new(),
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
                Long("count") => options.count = Some(parser.value()?.parse::<usize>()?.max(1)),
                Long("idle") => options.idle = parser.value()?.parse::<usize>()?.max(1),
                Long("size") => options.sizes.push(parser.value()?.parse()?),
                Long("binary") => options.binary = true,
                Long("runtime") => options.flavours = vec![flavour(&parser.value()?.string()?)?],
                Long("serve") => options.role = Role::Serve { read_buffer: parser.value()?.parse()? },
                Long("serve-socketio") => options.role = Role::ServeSocketIo,
                Long("hold") => options.role = hold(&mut parser)?,
                Long("help") => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                Value(what) => options.only.push(known(what.string()?)?),
                other @ (Long(_) | Short(_)) => return Err(other.unexpected().into()),
            }
        }
        if options.sizes.is_empty() {
            options.sizes = vec![32, 1024, 64 * 1024];
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, what: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == what)
    }
}

fn known(what: String) -> Fallible<String> {
    if ["echo", "flood", "latency", "idle", "socketio"].contains(&what.as_str()) {
        Ok(what)
    } else {
        Err(format!("there is no comparison `{what}`\n{HELP}").into())
    }
}

fn flavour(name: &str) -> Fallible<Flavour> {
    match name {
        "current" => Ok(Flavour::CurrentThread),
        "multi" => Ok(Flavour::TwoWorkers),
        _ => Err("--runtime takes `current` or `multi`".into()),
    }
}

fn hold(parser: &mut lexopt::Parser) -> Fallible<Role> {
    let name = parser.value()?.string()?;
    let client = Subject::ALL.into_iter().find(|subject| subject.name() == name);
    let client = client.ok_or("--hold takes `rejoin`, `raw` or `raw-4k`")?;
    let count = parser.value()?.parse()?;
    let url = parser.value()?.string()?;
    Ok(Role::HoldIdle { client, count, url })
}
