use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rejoin::State;
use rejoin::socketio::Client;

const REDRAW: Duration = Duration::from_millis(100);

/// Lines with the time since the start; on a terminal in colour, with a status line that is drawn again and again.
pub(crate) struct Timeline {
    start: Instant,
    terminal: bool,
    status: Mutex<String>,
}

impl Timeline {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), terminal: std::io::stdout().is_terminal(), status: Mutex::default() }
    }

    pub(crate) fn line(&self, text: &str) {
        self.print("", text);
    }

    pub(crate) fn fault(&self, title: &str) {
        self.print("\x1b[31m", &format!("fault: {title}"));
    }

    fn print(&self, colour: &str, text: &str) {
        let time = self.start.elapsed().as_secs_f64();
        if self.terminal {
            let status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
            print!("\r\x1b[K\x1b[2m{time:7.3}s\x1b[0m  {colour}{text}\x1b[0m\n{status}");
            let _ = std::io::stdout().flush();
        } else {
            println!("{time:7.3}s  {text}");
        }
    }

    fn redraw(&self, client: &Client) {
        let stats = client.stats();
        let state = client.state();
        let text = format!(
            "\x1b[7m {:<13} queue {:>4} messages {:>6} bytes  connections {:>2}  frames sent {:>6} \x1b[0m",
            state.as_str(),
            stats.outbox_messages,
            stats.outbox_bytes,
            stats.connects,
            stats.frames_sent
        );
        print!("\r\x1b[K{text}");
        let _ = std::io::stdout().flush();
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    fn state(&self, state: &State, client: &Client) {
        let queue = client.stats().outbox_messages;
        match state {
            State::Connecting { attempt, phase } => {
                self.print("\x1b[33m", &format!("connecting, attempt {attempt}: {}", phase.as_str()));
            }
            State::Connected { resumed } => {
                let resumed = if *resumed { ", the session resumed" } else { "" };
                self.print("\x1b[32m", &format!("connected{resumed}; {queue} messages in the queue"));
            }
            State::Waiting { attempt, retry_at, cause } => {
                let delay = retry_at.since(client.clock().now()).as_millis();
                self.print(
                    "\x1b[33m",
                    &format!("waiting {delay} ms before attempt {attempt}: {cause}; queue {queue}"),
                );
            }
            State::Disconnecting => self.line("disconnecting"),
            State::Disconnected { reason } => {
                let reason = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
                self.line(&format!("disconnected{reason}"));
            }
        }
    }
}

/// Shows each change of state until the client is closed.
pub(crate) async fn watch(timeline: Arc<Timeline>, client: Client) {
    let mut states = client.states();
    let mut clock = tokio::time::interval(REDRAW);
    loop {
        tokio::select! {
            state = states.next() => match state {
                Some(state) => timeline.state(&state, &client),
                None => break,
            },
            _ = clock.tick(), if timeline.terminal => timeline.redraw(&client),
        }
    }
    if timeline.terminal {
        println!("\r\x1b[K");
    }
}
