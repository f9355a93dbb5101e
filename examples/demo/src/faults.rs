use rejoin::socketio::Client;
use rejoin::{NetworkHint, State};
use rejoin_test_server::{Direction, Fault, Faults};

use crate::Failure;
use crate::traffic::Traffic;

/// One fault of the script.
pub(crate) struct Scripted {
    pub(crate) title: String,
    faults: Vec<Fault>,
    breaks_the_link: bool,
    hint: Option<NetworkHint>,
}

/// The faults in the order in which they strike: those of the network, and those of the server where it is ours.
pub(crate) fn script(own_server: bool) -> Vec<Scripted> {
    let mut script = vec![
        breaks("the server ends the connection (FIN)", vec![Fault::Cut]),
        half_open(own_server),
        passes(
            "the network is slow and uneven: 80 ms and up to 80 more",
            Fault::Delay { ms: 80, jitter_ms: 80, direction: Direction::Both, for_ms: Some(2500) },
        ),
        breaks("still slow, the connection is reset (RST): what was on its way is lost", vec![Fault::Reset]),
        passes(
            "the network is narrow: 20 kB a second",
            Fault::Bandwidth { bytes_per_second: 20_000, direction: Direction::Both, for_ms: Some(1500) },
        ),
        breaks(
            "the server is gone for 1.5 s, and refuses",
            vec![Fault::Refuse { for_ms: Some(1500) }, Fault::Reset],
        ),
    ];
    if own_server {
        let busy = Fault::HttpStatus { status: 503, retry_after: Some("1".to_owned()), times: Some(1) };
        script.extend([
            breaks("the server answers 503 with Retry-After: 1", vec![busy, Fault::Cut]),
            breaks(
                "the server restarts, and says so (close code 1012)",
                vec![Fault::Close { code: 1012, reason: "restart".to_owned() }],
            ),
            breaks("the server sends garbage", vec![Fault::Garbage]),
            breaks(
                "one way only: what we send is lost, the server's pings arrive",
                vec![Fault::Freeze { direction: Direction::Inbound, for_ms: Some(3000) }],
            ),
            breaks("the server crashes, and is back after 1 s", vec![Fault::Restart { down_ms: 1000 }]),
        ]);
    }
    script
}

/// Our own server pings often. Another's may ping every 25 s, longer than one wants to watch: there the device seems to
/// wake from sleep, so that the link is probed.
fn half_open(own_server: bool) -> Scripted {
    let frozen = |ms| vec![Fault::Freeze { direction: Direction::Both, for_ms: Some(ms) }];
    if own_server {
        return breaks("half-open: the link is dead and nobody says so", frozen(2500));
    }
    let woke = breaks("half-open: the device wakes from sleep, and its link is dead", frozen(5000));
    Scripted { hint: Some(NetworkHint::Woke), ..woke }
}

fn breaks(title: &str, faults: Vec<Fault>) -> Scripted {
    Scripted { title: title.to_owned(), faults, breaks_the_link: true, hint: None }
}

fn passes(title: &str, fault: Fault) -> Scripted {
    Scripted { title: title.to_owned(), faults: vec![fault], breaks_the_link: false, hint: None }
}

impl Scripted {
    /// Strikes, and resolves when the client has lost its link and has another one, where the fault does that, and
    /// messages flow again.
    pub(crate) async fn play(
        &self,
        faults: &Faults,
        client: &Client,
        traffic: &Traffic,
    ) -> Result<(), Failure> {
        let before = client.stats().connects;
        let mut states = client.states();
        for fault in &self.faults {
            faults.apply(fault.clone()).await?;
        }
        if let Some(hint) = self.hint {
            client.network(hint);
        }
        if self.breaks_the_link {
            while client.stats().connects == before || !matches!(client.state(), State::Connected { .. }) {
                if states.next().await.is_none() {
                    break;
                }
            }
        }
        traffic.flow().await;
        Ok(())
    }
}
