//! Failures of links and attempts, and what follows from each.

use super::*;

fn opening() -> Rig {
    let mut rig = Rig::new(Config::default());
    rig.connect();
    rig
}

#[test]
fn fault_27_to_31_each_close_code_is_retried_or_not() {
    for code in 1000..=4999 {
        let mut rig = Rig::connected(Config::default());
        rig.closed(code);
        let (name, cause) = match code {
            1000 => ("disconnected", ErrorCode::ServerDisconnect),
            1001 | 1012 | 1013 => ("waiting", ErrorCode::ServerRestart),
            1002 | 1003 | 1007 | 1010 => ("waiting", ErrorCode::Protocol),
            1008 | 4401 => ("disconnected", ErrorCode::Auth),
            1009 => ("waiting", ErrorCode::TooBig),
            1011 | 1014 => ("waiting", ErrorCode::ServerError),
            _ => ("waiting", ErrorCode::TransportClosed),
        };
        assert_eq!((rig.name(), rig.cause()), (name, cause), "code {code}");
        if code == 1001 {
            assert!(rig.delay() <= ms(5_000));
        }
    }
}

#[test]
fn fault_27_31_a_restart_is_spread_over_the_servers_window_once() {
    let mut longest = Duration::ZERO;
    for seed in 0..200 {
        let mut rig = Rig::connected(Config::default());
        rig.connection.rng = fastrand::Rng::with_seed(seed);
        rig.closed(1012);
        longest = longest.max(rig.delay());
        rig.retry();
        rig.failed(Error::new(ErrorCode::Refused, "not yet"));
        assert!(rig.delay() <= ms(1_000), "the second retry follows the backoff");
    }
    assert!((ms(4_500)..=ms(5_000)).contains(&longest), "{longest:?}");
}

#[test]
fn fault_28_the_peer_may_call_us_wrong_once() {
    for code in [1002, 1003, 1007, 1010] {
        let mut rig = Rig::connected(Config::default());
        rig.closed(code);
        rig.retry();
        rig.establish();
        rig.closed(code);
        assert_eq!((rig.name(), rig.cause()), ("disconnected", ErrorCode::Protocol), "code {code}");
    }
}

#[test]
fn fault_45_three_violations_within_a_minute_are_terminal() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..2 {
        rig.text("broken");
        rig.retry();
        rig.establish();
    }
    rig.text("broken");
    assert_eq!((rig.name(), rig.cause()), ("disconnected", ErrorCode::Protocol));
}

#[test]
fn fault_30_the_message_that_was_too_big_is_rejected_and_does_not_come_back() {
    let mut rig = Rig::connected(Config::default());
    let small = rig.send("small");
    let big = rig.send_acked(&"x".repeat(1000), 10_000, 5);
    let after = rig.send(&"y".repeat(2000));
    rig.pull();
    rig.event(SocketEvent::Flushed { frames: 2 });
    rig.closed(1009);
    let outcomes = rig.receipts();
    assert!(outcomes.contains(&(big.get(), Outcome::Rejected)), "{outcomes:?}");
    assert!(outcomes.contains(&(small.get(), Outcome::Unconfirmed)), "{outcomes:?}");
    rig.retry();
    rig.establish();
    assert_eq!(rig.pull_texts(), ["y".repeat(2000)], "it never reached the peer");
    rig.flush();
    rig.pong();
    assert_eq!(rig.receipts(), [(after.get(), Outcome::Sent)]);
}

#[test]
fn fault_30_a_message_without_acknowledgement_is_rejected_too() {
    let mut rig = Rig::connected(Config::default());
    let big = rig.send(&"x".repeat(1000));
    rig.write();
    let small = rig.send("small");
    rig.pull();
    rig.closed(1009);
    assert_eq!(rig.receipts(), [(big.get(), Outcome::Rejected)]);
    rig.retry();
    rig.establish();
    assert_eq!(rig.pull_texts(), ["small"], "{small} was not the one");
}

#[test]
fn fault_41_a_message_of_the_peers_that_is_too_big_rejects_none_of_ours() {
    let mut rig = Rig::connected(Config::default());
    rig.send_acked("innocent", 10_000, 1);
    rig.write();
    rig.failed(Error::new(ErrorCode::TooBig, "64 MiB arrived"));
    assert_eq!(rig.receipts(), []);
    assert_eq!(rig.connection.outbox_len(), 1);
}

#[test]
fn fault_17_404_is_tried_five_times() {
    let mut rig = opening();
    for _ in 0..4 {
        rig.failed(Error::new(ErrorCode::Config, "404").with_status(404));
        rig.retry();
    }
    rig.failed(Error::new(ErrorCode::Config, "404").with_status(404));
    assert_eq!(rig.name(), "disconnected");
}

#[test]
fn fault_18_retry_after_is_a_floor_that_hints_do_not_break() {
    let mut rig = opening();
    let busy = Error::new(ErrorCode::Busy, "503").with_retry_after(ms(30_000));
    rig.failed(busy);
    assert!((ms(30_000)..=ms(30_500)).contains(&rig.delay()), "{:?}", rig.delay());
    for hint in [NetworkHint::Online, NetworkHint::Woke, NetworkHint::Foreground] {
        rig.hint(hint);
        assert!(rig.delay() >= ms(30_000), "{hint:?}");
    }
    rig.advance(29_999);
    assert_eq!(rig.name(), "waiting");
}

#[test]
fn fault_18_retry_after_is_capped_at_an_hour() {
    let mut rig = opening();
    rig.failed(Error::new(ErrorCode::Busy, "503").with_retry_after(Duration::MAX));
    assert!((ms(3_600_000)..=ms(3_600_500)).contains(&rig.delay()), "{:?}", rig.delay());
}

#[test]
fn fault_11_21_what_only_time_can_mend_is_tried_slowly() {
    for code in [ErrorCode::TlsExpired, ErrorCode::CaptivePortal] {
        let mut rig = opening();
        rig.failed(Error::new(code, ""));
        assert!(rig.delay() >= ms(60_000), "{code}");
    }
    let mut config = Config::default();
    config.backoff.slow = Duration::MAX;
    let mut rig = Rig::new(config);
    rig.connect();
    rig.failed(Error::new(ErrorCode::TlsExpired, ""));
    assert_eq!(rig.name(), "waiting", "the sum saturates");
}

#[test]
fn fault_35_attempts_are_counted_over_flapping_and_forgotten_when_stable() {
    let mut rig = Rig::connected(Config::default());
    let attempt = |rig: &Rig| match rig.connection.state() {
        State::Waiting { attempt, .. } => *attempt,
        other @ (State::Disconnected { .. }
        | State::Connecting { .. }
        | State::Connected { .. }
        | State::Disconnecting) => panic!("{other:?}"),
    };
    for expected in 2..10 {
        rig.advance(9_999);
        rig.cut();
        assert_eq!(attempt(&rig), expected);
        rig.retry();
        rig.establish();
    }
    rig.advance(10_000);
    rig.cut();
    assert_eq!(attempt(&rig), 2);
}

#[test]
fn fault_2_14_an_attempt_that_hangs_in_any_phase_ends() {
    let config = Config { credentials: true, rejoin: true, ..Config::default() };
    let steps: [fn(&mut Rig); 3] =
        [|rig| rig.credentials(Ok(Credentials::none())), Rig::open, |rig| rig.text("ready")];
    for phases in 1..=3 {
        let mut rig = Rig::new(config.clone());
        rig.connect();
        steps.iter().take(phases).for_each(|step| step(&mut rig));
        rig.advance(14_999);
        assert_ne!(rig.name(), "waiting");
        rig.advance(1);
        assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::ConnectTimeout));
    }
}

#[test]
fn attempts_end_where_configured_and_connect_begins_anew() {
    let mut config = Config::default();
    config.backoff.max_attempts = Some(2);
    let mut rig = Rig::new(config);
    rig.connect();
    rig.cut();
    rig.retry();
    rig.cut();
    assert_eq!((rig.name(), rig.cause()), ("disconnected", ErrorCode::AttemptsExhausted));
    rig.connect();
    rig.establish();
}

#[test]
fn fault_13_terminal_failures_wait_for_the_application() {
    for code in [ErrorCode::TlsUntrusted, ErrorCode::TlsVersion, ErrorCode::Forbidden, ErrorCode::Redirect] {
        let mut rig = opening();
        rig.failed(Error::new(code, ""));
        rig.hint(NetworkHint::Online);
        rig.advance(3_600_000);
        assert_eq!((rig.name(), rig.cause()), ("disconnected", code));
        rig.connect();
        rig.establish();
    }
}
