//! Every input in every state: the table of what follows, written a second time.

use super::*;

const STATES: [&str; 10] = [
    "fresh",
    "credentials",
    "opening",
    "handshake",
    "rejoining",
    "connected",
    "waiting",
    "disconnecting",
    "terminal",
    "closed",
];

/// A connection with every callback configured, brought to a state.
fn rig(state: &str) -> Rig {
    let mut rig = Rig::new(Config { credentials: true, rejoin: true, ..Config::default() });
    let steps: &[fn(&mut Rig)] = match state {
        "fresh" => &[],
        "credentials" => &[Rig::connect],
        "opening" => &[Rig::connect, answer],
        "handshake" => &[Rig::connect, answer, Rig::open],
        "rejoining" => &[Rig::connect, answer, Rig::open, ready],
        "connected" => &[Rig::connect, answer, Rig::open, ready, joined],
        "waiting" => &[Rig::connect, answer, Rig::cut],
        "disconnecting" => &[Rig::connect, answer, Rig::open, ready, joined, disconnect],
        "terminal" => &[Rig::connect, answer, forbidden],
        "closed" => &[close],
        other => panic!("no state {other}"),
    };
    steps.iter().for_each(|step| step(&mut rig));
    rig
}

fn answer(rig: &mut Rig) {
    rig.credentials(Ok(Credentials::none()));
}
fn ready(rig: &mut Rig) {
    rig.text("ready");
}
fn joined(rig: &mut Rig) {
    rig.rejoined(Ok(()));
}
fn disconnect(rig: &mut Rig) {
    rig.connection.disconnect(rig.now);
}
fn close(rig: &mut Rig) {
    rig.connection.close(rig.now);
}
fn forbidden(rig: &mut Rig) {
    rig.failed(Error::new(ErrorCode::Forbidden, "403"));
}
fn failing(rig: &mut Rig) {
    rig.credentials(Err(Error::new(ErrorCode::CredentialsFailed, "thrown")));
}
fn not_joined(rig: &mut Rig) {
    rig.rejoined(Err(Error::new(ErrorCode::RejoinFailed, "thrown")));
}
fn message(rig: &mut Rig) {
    rig.text("hello");
}
fn garbage(rig: &mut Rig) {
    rig.text("broken");
}
fn restart(rig: &mut Rig) {
    rig.closed(1012);
}
fn flushed(rig: &mut Rig) {
    rig.event(SocketEvent::Flushed { frames: u64::MAX });
}
fn stale(rig: &mut Rig) {
    let old = SocketId(rig.connection.last_socket.wrapping_sub(1));
    let error = Error::new(ErrorCode::Forbidden, "old");
    rig.connection.handle_socket(old, SocketEvent::Opened { ping_frames: true }, rig.now);
    rig.connection.handle_socket(old, SocketEvent::Frame(Frame::Text("ready".into())), rig.now);
    rig.connection.handle_socket(old, SocketEvent::Failed(error.clone()), rig.now);
    rig.connection.handle_credentials(old, Err(error.clone()), rig.now);
    rig.connection.handle_rejoined(old, Err(error), rig.now);
}
fn hints_of_life(rig: &mut Rig) {
    for hint in [NetworkHint::Woke, NetworkHint::Foreground, NetworkHint::Online] {
        rig.hint(hint);
    }
}
fn hints_of_sleep(rig: &mut Rig) {
    rig.hint(NetworkHint::Offline);
    rig.hint(NetworkHint::Background);
}
fn pause(rig: &mut Rig) {
    rig.connection.handle_reading(true, rig.now);
    rig.connection.handle_reading(true, rig.now);
    rig.connection.handle_reading(false, rig.now);
}
fn spurious(rig: &mut Rig) {
    rig.wake();
    rig.wake();
}
fn pull(rig: &mut Rig) {
    rig.pull();
}
fn withdraw(rig: &mut Rig) {
    assert!(!rig.connection.withdraw(MessageId::new(u64::MAX)));
}

type Row = (&'static str, fn(&mut Rig), [&'static str; STATES.len()]);

/// For each input the state that follows; `.` is the same one. A fresh, terminal or closed one is `disconnected`.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                            fresh           credentials     opening         handshake       rejoining       connected        waiting         disconnecting   terminal       closed
    ("connect",    Rig::connect, ["credentials",  ".",            ".",            ".",            ".",            ".",             "credentials",  ".",            "credentials", "."]),
    ("disconnect", disconnect,   [".",            "disconnected", "disconnected", "disconnected", "disconnected", "disconnecting", "disconnected", ".",            ".",           "."]),
    ("close",      close,        [".",            "disconnected", "disconnected", "disconnected", "disconnected", "disconnecting", "disconnected", ".",            ".",           "."]),
    ("answer",     answer,       [".",            "opening",      ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("failing",    failing,      [".",            "waiting",      ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("opened",     Rig::open,    [".",            ".",            "handshake",    ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("ready",      ready,        [".",            ".",            ".",            "rejoining",    ".",            ".",             ".",            ".",            ".",           "."]),
    ("message",    message,      [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("garbage",    garbage,      [".",            ".",            ".",            "waiting",      "waiting",      "waiting",       ".",            "disconnected", ".",           "."]),
    ("flushed",    flushed,      [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("joined",     joined,       [".",            ".",            ".",            ".",            "connected",    ".",             ".",            ".",            ".",           "."]),
    ("not joined", not_joined,   [".",            ".",            ".",            ".",            "waiting",      ".",             ".",            ".",            ".",           "."]),
    ("cut",        Rig::cut,     [".",            "waiting",      "waiting",      "waiting",      "waiting",      "waiting",       ".",            "disconnected", ".",           "."]),
    ("restart",    restart,      [".",            "waiting",      "waiting",      "waiting",      "waiting",      "waiting",       ".",            "disconnected", ".",           "."]),
    ("forbidden",  forbidden,    [".",            "disconnected", "disconnected", "disconnected", "disconnected", "disconnected",  ".",            "disconnected", ".",           "."]),
    ("stale",      stale,        [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("life",       hints_of_life,[".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("sleep",      hints_of_sleep,[".",           ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("pause",      pause,        [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("spurious",   spurious,     [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("pull",       pull,         [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
    ("withdraw",   withdraw,     [".",            ".",            ".",            ".",            ".",            ".",             ".",            ".",            ".",           "."]),
];

#[test]
fn fault_76_every_input_is_defined_in_every_state() {
    for (input, apply, expected) in TABLE {
        for (state, expected) in STATES.into_iter().zip(expected) {
            let mut rig = rig(state);
            let before = rig.name();
            apply(&mut rig);
            let expected = if *expected == "." { before } else { expected };
            assert_eq!(rig.name(), expected, "{input} in state {state}");
        }
    }
}

#[test]
fn fault_76_an_input_twice_is_as_good_as_once() {
    for (input, apply, _) in TABLE {
        for state in STATES {
            let (mut once, mut twice) = (rig(state), rig(state));
            apply(&mut once);
            apply(&mut twice);
            apply(&mut twice);
            // Each `garbage` and each `cut` is about a live socket, which is gone after the first.
            assert_eq!(once.name(), twice.name(), "{input} twice in state {state}");
        }
    }
}

#[test]
fn fault_75_76_after_close_every_state_ends_with_no_socket_and_no_timer() {
    for state in STATES {
        let mut rig = rig(state);
        let queued = rig.connection.is_closed() || rig.send_with("m", SendOptions::default(), None).is_ok();
        close(&mut rig);
        close(&mut rig);
        rig.advance(60_000);
        assert_eq!(rig.name(), "disconnected", "from {state}");
        assert_eq!(rig.connection.socket(), None, "from {state}");
        assert_eq!(rig.connection.poll_timeout(), None, "from {state}");
        assert_eq!(rig.connection.outbox_len(), 0, "from {state}");
        assert!(queued);
        rig.connect();
        hints_of_life(&mut rig);
        rig.advance(60_000);
        assert_eq!(rig.name(), "disconnected", "connect after close from {state}");
    }
}

#[test]
fn fault_76_send_after_close_is_an_error() {
    let config = Config::default();
    let protocol = PlainWebSocket::new(&config.heartbeat, None);
    let mut connection = Connection::new(config, protocol, 1).unwrap();
    connection.close(Timestamp::ZERO);
    let error = connection.send("late".into(), SendOptions::default(), Timestamp::ZERO).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ClientClosed);
}

#[test]
fn a_manual_disconnect_latches_against_every_hint_and_timer() {
    for state in STATES {
        let mut rig = rig(state);
        disconnect(&mut rig);
        for _ in 0..5 {
            hints_of_life(&mut rig);
            hints_of_sleep(&mut rig);
            rig.advance(3_600_000);
        }
        assert_eq!(rig.name(), "disconnected", "from {state}");
        let attempts = rig.connection.counters().attempts;
        stale(&mut rig);
        rig.cut();
        assert_eq!(rig.connection.counters().attempts, attempts);
    }
}
