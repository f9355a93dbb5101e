use super::*;

fn attempts(rig: &Rig) -> u64 {
    rig.connection.counters().attempts
}

#[test]
fn fault_8_a_half_open_link_is_found_within_interval_and_timeout() {
    let mut rig = Rig::connected(Config::default());
    rig.advance(25_000);
    assert_eq!(rig.pull_texts(), ["ping"]);
    rig.flush();
    rig.advance(9_999);
    assert_eq!(rig.name(), "connected");
    rig.advance(1);
    assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::HeartbeatTimeout));
}

#[test]
fn fault_8_any_frame_is_a_sign_of_life() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..20 {
        rig.advance(24_000);
        rig.text("hello");
    }
    assert_eq!(rig.name(), "connected");
    assert!(rig.pull().is_empty(), "a peer that speaks is not asked");
}

#[test]
fn fault_9_frames_that_arrive_do_not_hide_that_ours_do_not() {
    let mut rig = Rig::connected(Config::default());
    let id = rig.send_acked("lost", 5_000, 0);
    rig.write();
    for _ in 0..20 {
        rig.advance(1_000);
        rig.pull();
        rig.flush();
        if rig.name() == "connected" {
            rig.text("hello");
        }
    }
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Unconfirmed)]);
    assert!(attempts(&rig) > 1, "the link was never doubted");
}

#[test]
fn fault_9_an_acknowledgement_that_never_comes_is_no_reason_to_drop_a_link_that_answers() {
    let mut rig = Rig::connected(Config::default());
    rig.send_acked("ignored", 5_000, 3);
    for _ in 0..60 {
        rig.advance(1_000);
        if rig.pull_texts().contains(&"ping".to_owned()) {
            rig.pong();
        }
        rig.flush();
    }
    assert_eq!(attempts(&rig), 1);
}

#[test]
fn fault_10_53_a_stalled_write_ends_the_link() {
    let mut rig = Rig::connected(Config::default());
    rig.send("stuck");
    rig.pull();
    for _ in 0..29 {
        rig.advance(1_000);
        rig.text("the other way works");
    }
    assert_eq!(rig.name(), "connected");
    rig.advance(1_000);
    assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::WriteTimeout));
}

#[test]
fn fault_10_each_flush_gives_the_rest_its_time() {
    let mut rig = Rig::connected(Config { write_timeout: ms(8_000), ..Config::default() });
    for _ in 0..4 {
        rig.send("slow");
    }
    rig.pull();
    for frames in 1..=3 {
        rig.advance(7_000);
        rig.text("alive");
        rig.event(SocketEvent::Flushed { frames });
    }
    rig.advance(7_000);
    rig.text("alive");
    assert_eq!(rig.name(), "connected");
    rig.advance(1_000);
    assert_eq!(rig.cause(), ErrorCode::WriteTimeout);
}

#[test]
fn fault_38_reading_paused_is_not_silence_but_has_an_end() {
    let mut rig = Rig::connected(Config::default());
    rig.connection.handle_reading(true, rig.now);
    rig.advance(59_999);
    assert_eq!(rig.name(), "connected");
    assert_eq!(rig.pull_texts(), ["pong", "pong"], "the peer hears that we live");
    rig.advance(1);
    assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::SlowConsumer));
}

#[test]
fn fault_38_a_pause_that_began_before_the_link_holds_on_it() {
    let mut rig = Rig::connected(Config::default());
    rig.cut();
    rig.connection.handle_reading(true, rig.now);
    rig.retry();
    rig.establish();
    rig.advance(59_999);
    assert_eq!(rig.name(), "connected");
    rig.advance(1);
    assert_eq!(rig.cause(), ErrorCode::SlowConsumer);
}

#[test]
fn fault_38_a_probe_is_not_judged_while_reading_is_paused() {
    let mut rig = Rig::connected(Config::default());
    rig.connection.handle_reading(true, rig.now);
    for _ in 0..100 {
        rig.hint(NetworkHint::Woke);
    }
    rig.advance(20_000);
    assert_eq!(rig.name(), "connected");
    assert!(rig.pull().len() < 2, "hints pile up pings that nobody can see answered");
}

#[test]
fn fault_49_after_a_sleep_a_healthy_link_is_probed_and_kept() {
    let mut rig = Rig::connected(Config::default());
    rig.advance(26_000);
    rig.write();
    rig.sleep(8 * 3_600_000);
    rig.wake();
    assert_eq!(rig.name(), "connected");
    rig.write();
    rig.advance(2_000);
    rig.pong();
    assert_eq!((rig.name(), attempts(&rig)), ("connected", 1));
}

#[test]
fn fault_49_a_hint_after_a_sleep_gives_an_overdue_ping_its_full_time() {
    let mut rig = Rig::connected(Config::default());
    rig.advance(26_000);
    rig.write();
    rig.sleep(8 * 3_600_000);
    rig.hint(NetworkHint::Woke);
    rig.wake();
    assert_eq!(rig.name(), "connected");
    rig.advance(2_499);
    assert_eq!(rig.name(), "connected");
    rig.advance(1);
    assert_eq!(rig.name(), "waiting");
}

#[test]
fn fault_49_a_dead_link_is_found_in_the_probe_time_and_dialled_at_once() {
    let mut rig = Rig::connected(Config::default());
    rig.sleep(8 * 3_600_000);
    rig.hint(NetworkHint::Woke);
    rig.wake();
    rig.advance(2_500);
    assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::HeartbeatTimeout));
    assert!(rig.delay() <= ms(250), "{:?}", rig.delay());
}

#[test]
fn fault_49_a_write_that_slept_is_not_a_stall() {
    let mut rig = Rig::connected(Config::default());
    rig.send("half way");
    rig.pull();
    rig.sleep(3_600_000);
    rig.wake();
    assert_eq!(rig.name(), "connected");
    rig.write();
    rig.pong();
    rig.advance(20_000);
    assert_eq!((rig.name(), attempts(&rig)), ("connected", 1));
}

#[test]
fn fault_49_an_application_that_slept_is_not_slow() {
    let mut rig = Rig::connected(Config::default());
    rig.connection.handle_reading(true, rig.now);
    rig.sleep(3_600_000);
    rig.wake();
    rig.connection.handle_reading(false, rig.now);
    assert_eq!(rig.name(), "connected");
}

#[test]
fn fault_48_a_clock_that_goes_back_changes_nothing() {
    let mut rig = Rig::connected(Config::default());
    rig.now = Timestamp::ZERO;
    rig.wake();
    rig.send("a");
    rig.write();
    rig.text("hello");
    assert_eq!((rig.name(), rig.receipts()), ("connected", vec![(0, Outcome::Sent)]));
}

#[test]
fn fault_55_timers_that_come_once_a_minute_keep_a_living_link_and_find_a_dead_one() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..30 {
        rig.sleep(60_000);
        rig.wake();
        if rig.pull_texts().contains(&"ping".to_owned()) {
            rig.pong();
        }
        rig.flush();
    }
    assert_eq!((rig.name(), attempts(&rig)), ("connected", 1));
    let mut minutes = 0;
    while rig.name() == "connected" {
        rig.sleep(60_000);
        rig.wake();
        rig.write();
        minutes += 1;
    }
    assert!(minutes <= 4, "{minutes} minutes");
}

#[test]
fn fault_52_a_flapping_network_neither_dials_nor_speaks_more_than_once_a_second() {
    let mut rig = Rig::connected(Config::default());
    rig.cut();
    rig.outputs.clear();
    let before = attempts(&rig);
    for _ in 0..100 {
        rig.advance(150);
        rig.hint(NetworkHint::Offline);
        rig.advance(150);
        rig.hint(NetworkHint::Online);
        if rig.name() == "opening" {
            rig.cut();
        }
    }
    let dials = attempts(&rig) - before;
    // Besides the hints the backoff has its own say, and it begins with short delays.
    assert!(dials <= 33, "{dials} dials in 30 s");
    assert!(dials >= 15, "{dials} dials in 30 s: hints are ignored");
    let states = rig.outputs.iter().filter(|output| matches!(output, Output::Event(Event::State(_)))).count();
    assert!(states as u64 <= dials * 5, "{states} events of {dials} dials");
}

#[test]
fn fault_51_each_hint_of_change_probes_once() {
    for hint in [NetworkHint::Online, NetworkHint::Offline, NetworkHint::Woke, NetworkHint::Foreground] {
        let mut rig = Rig::connected(Config::default());
        for _ in 0..1000 {
            rig.hint(hint);
        }
        assert_eq!(rig.pull_texts(), ["ping"], "{hint:?}");
        rig.flush();
        rig.advance(2_500);
        assert_eq!(rig.name(), "waiting", "{hint:?}");
    }
    let mut rig = Rig::connected(Config::default());
    rig.hint(NetworkHint::Background);
    assert!(rig.pull().is_empty());
}

#[test]
fn fault_54_a_silent_link_is_pinged_before_a_middlebox_forgets_it() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..10 {
        rig.advance(25_000);
        assert_eq!(rig.pull_texts(), ["ping"]);
        rig.flush();
        rig.pong();
    }
}

#[test]
fn a_browser_without_pings_keeps_a_silent_link() {
    let mut rig = Rig::connected_without_heartbeat(Config::default());
    rig.hint(NetworkHint::Woke);
    rig.advance(3_600_000);
    assert_eq!(rig.name(), "connected");
}

#[test]
fn fault_49_a_link_that_ends_right_after_a_wake_is_replaced_at_once_though_nobody_could_ask() {
    let delay_after = |hint: Option<NetworkHint>, then: u64, frame: bool| {
        let mut config = Config::default();
        config.backoff.initial = ms(600_000);
        config.backoff.max = ms(600_000);
        let mut rig = Rig::connected_without_heartbeat(config);
        rig.advance(60_000);
        hint.into_iter().for_each(|hint| rig.hint(hint));
        rig.advance(then);
        if frame {
            rig.text("alive");
        }
        rig.cut();
        rig.delay()
    };
    let at_once = ms(250);
    assert!(delay_after(Some(NetworkHint::Woke), 100, false) <= at_once);
    assert!(delay_after(Some(NetworkHint::Woke), 2_500, false) <= at_once);
    assert!(delay_after(Some(NetworkHint::Woke), 2_501, false) > at_once, "suspected for ever");
    assert!(delay_after(Some(NetworkHint::Woke), 100, true) > at_once, "suspected though it lives");
    assert!(delay_after(Some(NetworkHint::Background), 100, false) > at_once);
    assert!(delay_after(None, 100, false) > at_once);
}

#[test]
fn a_server_that_pings_is_expected_to() {
    let mut rig = Rig::connected(Config::default());
    rig.ping_frames = false;
    let heartbeat = Heartbeat::Expect { interval: ms(25_000), timeout: ms(20_000) };
    rig.connection.with_protocol(rig.now, |_, link| link.set_heartbeat(heartbeat));
    for _ in 0..5 {
        rig.advance(40_000);
        rig.text("2");
    }
    rig.advance(44_999);
    assert_eq!(rig.name(), "connected");
    rig.advance(1);
    assert_eq!(rig.cause(), ErrorCode::HeartbeatTimeout);
}

#[test]
fn a_large_message_on_its_way_is_a_sign_of_life() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..100 {
        rig.advance(20_000);
        rig.event(SocketEvent::Progress);
    }
    assert_eq!(rig.name(), "connected");
    assert!(rig.pull().is_empty(), "a peer that sends is not asked");
}

#[test]
fn fault_51_an_attempt_on_the_network_that_is_gone_begins_anew() {
    let mut rig = Rig::new(Config::default());
    rig.connect();
    let first = rig.socket();
    rig.hint(NetworkHint::Online);
    assert_eq!(rig.socket(), first, "it has only just begun");
    rig.advance(1_500);
    rig.hint(NetworkHint::Online);
    assert_ne!(rig.socket(), first);
    assert!(rig.outputs.contains(&Output::Abort { socket: first, code: None }));
    assert_eq!(attempts(&rig), 2);
}

#[test]
fn messages_may_be_told_of_later_while_nothing_waits_for_a_sign_of_life() {
    let (mut prompt, mut late) = (Rig::connected(Config::default()), Rig::connected(Config::default()));
    for _ in 0..5 {
        prompt.advance(4_000);
        assert!(!prompt.connection.awaits_life());
        assert!(prompt.connection.handle_messages(prompt.socket(), 1, prompt.now));
        late.advance(4_000);
    }
    assert!(late.connection.handle_messages(late.socket(), 5, late.now));
    assert_eq!(late.connection.poll_timeout(), prompt.connection.poll_timeout());
    assert_eq!(late.connection.counters(), prompt.connection.counters());
}

#[test]
fn a_message_is_told_of_at_once_while_something_waits_for_a_sign_of_life() {
    let mut rig = Rig::connected(Config::default());
    let heard = |rig: &mut Rig| {
        assert!(rig.connection.awaits_life());
        assert!(rig.connection.handle_messages(rig.socket(), 1, rig.now));
        assert!(!rig.connection.awaits_life());
    };
    rig.send("a");
    rig.write();
    heard(&mut rig);
    rig.advance(25_000);
    assert_eq!(rig.pull_texts(), ["ping"]);
    heard(&mut rig);
    rig.connection.handle_network(NetworkHint::Woke, rig.now);
    heard(&mut rig);
    rig.connection.handle_reading(true, rig.now);
    assert!(rig.connection.awaits_life());
    rig.connection.handle_reading(false, rig.now);
    assert!(!rig.connection.awaits_life());
    rig.cut();
    assert!(rig.connection.awaits_life(), "only a link that is open has messages");
}
