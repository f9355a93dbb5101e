//! The list: each topic is a file, each scenario a function with one sentence of what is right.

mod acknowledgements;
mod binary;
mod closing;
mod connecting;
mod consumers;
mod credentials;
mod disconnects;
mod heartbeats;
mod hints;
mod namespaces;
mod offline;
mod order;
mod overflow;
mod receipts;
mod recovery;
mod swarm;
mod transports;
mod wrong_input;

use std::pin::Pin;

use crate::stage::Stage;
use crate::verdict::Verdict;

/// Scenarios that belong together.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    pub(crate) scenarios: &'static [Scenario],
}

/// What every agent must pass.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// One sentence.
    pub(crate) right: &'static str,
    pub(crate) run: fn(Stage) -> Running,
}

pub(crate) type Running = Pin<Box<dyn Future<Output = Verdict>>>;

/// A line of a topic's list: the function, and what is right.
macro_rules! scenario {
    ($function:ident, $right:literal) => {
        crate::scenarios::Scenario {
            name: stringify!($function),
            right: $right,
            run: |stage| Box::pin($function(stage)),
        }
    };
}
use scenario;

pub(crate) const TOPICS: &[Topic] = &[
    Topic { name: "connecting", scenarios: connecting::SCENARIOS },
    Topic { name: "credentials", scenarios: credentials::SCENARIOS },
    Topic { name: "heartbeats", scenarios: heartbeats::SCENARIOS },
    Topic { name: "disconnects", scenarios: disconnects::SCENARIOS },
    Topic { name: "offline", scenarios: offline::SCENARIOS },
    Topic { name: "overflow", scenarios: overflow::SCENARIOS },
    Topic { name: "receipts", scenarios: receipts::SCENARIOS },
    Topic { name: "order", scenarios: order::SCENARIOS },
    Topic { name: "acknowledgements", scenarios: acknowledgements::SCENARIOS },
    Topic { name: "binary", scenarios: binary::SCENARIOS },
    Topic { name: "namespaces", scenarios: namespaces::SCENARIOS },
    Topic { name: "recovery", scenarios: recovery::SCENARIOS },
    Topic { name: "transports", scenarios: transports::SCENARIOS },
    Topic { name: "hints", scenarios: hints::SCENARIOS },
    Topic { name: "consumers", scenarios: consumers::SCENARIOS },
    Topic { name: "closing", scenarios: closing::SCENARIOS },
    Topic { name: "wrong_input", scenarios: wrong_input::SCENARIOS },
    Topic { name: "swarm", scenarios: swarm::SCENARIOS },
];
