//! Runs scenarios, several at a time, against one agent.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::agent::Agent;
use crate::scenarios::{Scenario, TOPICS, Topic};
use crate::stage::Stage;
use crate::verdict::Verdict;

/// Most of a scenario is waiting.
const AT_ONCE: usize = 12;

/// One scenario of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) topic: &'static Topic,
    pub(crate) scenario: &'static Scenario,
}

impl Listed {
    pub(crate) fn name(self) -> String {
        format!("{}/{}", self.topic.name, self.scenario.name)
    }
}

/// The scenarios whose `topic/name` is wanted: all, those of a topic, or one.
pub(crate) fn select(wanted: Option<&str>) -> Vec<Listed> {
    let all = TOPICS
        .iter()
        .flat_map(|topic| topic.scenarios.iter().map(move |scenario| Listed { topic, scenario }));
    let is_wanted = |listed: &Listed| {
        wanted
            .is_none_or(|wanted| [listed.topic.name, listed.scenario.name, &listed.name()].contains(&wanted))
    };
    all.filter(is_wanted).collect()
}

/// How each scenario ended, in their order. `told` hears of each as it ends.
pub(crate) async fn run(
    agent: &'static str,
    scenarios: &[Listed],
    told: impl Fn(Listed, &Verdict),
) -> Vec<Verdict> {
    let running = Running { name: agent, agent: Mutex::new(None) };
    let mut ended: Vec<_> = stream::iter(scenarios.iter().enumerate())
        .map(|(place, listed)| {
            let (running, told) = (&running, &told);
            async move {
                let verdict = running.run(*listed).await;
                told(*listed, &verdict);
                (place, verdict)
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    ended.sort_by_key(|(place, _)| *place);
    ended.into_iter().map(|(_, verdict)| verdict).collect()
}

/// The process that scenarios share; another takes its place if it ends. One that cannot be started is not tried again.
struct Running {
    name: &'static str,
    agent: Mutex<Option<Result<Arc<Agent>, String>>>,
}

impl Running {
    async fn run(&self, listed: Listed) -> Verdict {
        let agent = self.agent().await?;
        let stage = Stage::new(agent, self.name, listed.name());
        let run = AssertUnwindSafe((listed.scenario.run)(stage)).catch_unwind();
        // Each step has its own deadline; this one is for a scenario that loops.
        match timeout(crate::log::DEADLINE * 3, run).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(_)) => Err("the scenario panicked".into()),
            Err(_) => Err("the scenario took too long".into()),
        }
    }

    async fn agent(&self) -> Verdict<Arc<Agent>> {
        let mut slot = self.agent.lock().await;
        let gone = slot.as_ref().is_some_and(|agent| agent.as_ref().is_ok_and(|agent| !agent.is_running()));
        if slot.is_none() || gone {
            *slot = Some(Agent::start(self.name).await.map(Arc::new).map_err(|error| error.to_string()));
        }
        match slot.as_ref() {
            Some(Ok(agent)) => Ok(agent.clone()),
            Some(Err(error)) => Err(error.clone().into()),
            None => Err("the agent was not started".into()),
        }
    }
}
