//! Messages over links that come and go.

use super::*;

#[test]
fn fault_j10_a_message_flushed_into_a_dead_link_is_never_sent() {
    let mut rig = Rig::connected(Config::default());
    let id = rig.send("into the void");
    rig.write();
    rig.advance(250);
    assert_eq!(rig.pull_texts(), ["ping"], "the peer is asked soon");
    rig.flush();
    assert_eq!(rig.receipts(), []);
    rig.advance(10_000);
    assert_eq!(rig.name(), "waiting");
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Unconfirmed)]);
}

#[test]
fn fault_j10_silence_of_a_server_that_should_ping_proves_nothing() {
    let mut rig = Rig::new(Config::default());
    rig.ping_frames = false;
    rig.connect();
    rig.establish();
    let heartbeat = Heartbeat::Expect { interval: ms(25_000), timeout: ms(20_000) };
    rig.connection.with_protocol(rig.now, |_, link| link.set_heartbeat(heartbeat));
    let id = rig.send("into the void");
    rig.write();
    rig.advance(45_000);
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Unconfirmed)]);
}

#[test]
fn without_any_way_to_ask_a_message_still_comes_to_its_end() {
    let mut rig = Rig::new(Config::default());
    rig.ping_frames = false;
    rig.connect();
    rig.open();
    rig.connection.with_protocol(rig.now, |_, link| link.set_heartbeat(Heartbeat::None));
    rig.text("ready");
    let id = rig.send("a");
    rig.write();
    rig.connection.handle_reading(true, rig.now);
    rig.advance(30_000);
    assert_eq!(rig.receipts(), []);
    rig.connection.handle_reading(false, rig.now);
    rig.advance(3_000);
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Sent)]);
}

#[test]
fn fault_7_what_was_not_flushed_is_sent_again_in_order() {
    let mut rig = Rig::connected(Config::default());
    for text in ["a", "b", "c"] {
        rig.send(text);
    }
    rig.pull();
    rig.event(SocketEvent::Flushed { frames: 1 });
    rig.send("d");
    rig.cut();
    assert_eq!(rig.receipts(), [(0, Outcome::Unconfirmed)]);
    rig.retry();
    rig.establish();
    assert_eq!(rig.pull_texts(), ["b", "c", "d"]);
}

#[test]
fn messages_with_retries_come_again_in_order_under_their_ids() {
    let mut rig = Rig::connected(Config::default());
    let ids = ["a", "b", "c"].map(|text| rig.send_acked(text, 10_000, 1));
    rig.write();
    assert!(rig.acknowledge(ids[1]));
    rig.cut();
    rig.retry();
    rig.establish();
    assert_eq!(rig.pull_texts(), ["a", "c"]);
    rig.flush();
    assert!(rig.acknowledge(ids[2]));
    assert!(rig.acknowledge(ids[0]));
    let acknowledged = [1, 2, 0].map(|id| (id, Outcome::Acknowledged));
    assert_eq!(rig.receipts(), acknowledged);
}

#[test]
fn fault_36_acknowledgements_of_unknown_late_and_repeated_ids_change_nothing() {
    let mut rig = Rig::connected(Config::default());
    let plain = rig.send("no acknowledgement asked");
    let id = rig.send_acked("a", 10_000, 0);
    assert!(!rig.acknowledge(id), "it is not even on its way");
    rig.write();
    assert!(!rig.acknowledge(plain));
    assert!(!rig.acknowledge(MessageId::new(u64::MAX)));
    assert!(rig.acknowledge(id));
    assert!(!rig.acknowledge(id));
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Acknowledged)]);
}

#[test]
fn fault_j11_the_on_connect_step_goes_before_all_that_waits() {
    let mut rig = Rig::new(Config { rejoin: true, ..Config::default() });
    rig.send("queued long ago");
    rig.connect();
    rig.open();
    rig.text("ready");
    assert!(rig.pull().is_empty());
    let options = SendOptions { volatile: true, ..SendOptions::default() };
    let head = Frame::Text("join".into());
    let join = Outgoing { lane: LaneId::SETUP, head, attachments: Vec::new(), kept: 0, options, ack: None };
    rig.connection.with_protocol(rig.now, |_, link| link.send(join)).unwrap();
    // The step ends before the socket took its message.
    rig.rejoined(Ok(()));
    assert_eq!(rig.pull_texts(), ["join", "queued long ago"]);
}

#[test]
fn fault_j3_a_volatile_message_is_for_this_link_or_none() {
    let volatile = || SendOptions { volatile: true, ..SendOptions::default() };
    let mut rig = Rig::new(Config::default());
    rig.connect();
    rig.send_with("offline", volatile(), None).unwrap();
    assert_eq!(rig.receipts(), [(0, Outcome::Dropped)]);
    rig.establish();
    rig.send_with("online", volatile(), None).unwrap();
    rig.cut();
    assert_eq!(rig.receipts(), [(1, Outcome::Dropped)]);
    rig.retry();
    rig.establish();
    assert!(rig.pull().is_empty());
}

#[test]
fn fault_10_j9_a_black_hole_for_ever_holds_memory() {
    let mut config = Config::default();
    config.outbox.max_messages = 10;
    let mut rig = Rig::connected(config);
    let mut refused = 0;
    for _ in 0..10_000 {
        match rig.send_with("into the hole", SendOptions::default(), None) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::QueueFull);
                refused += 1;
            }
        }
        rig.pull();
        rig.drain();
        assert!(rig.connection.outbox_len() <= 10);
    }
    assert_eq!(refused, 9_990);
}

#[test]
fn a_ttl_ends_what_waits_in_every_state() {
    let ttl = SendOptions { ttl: Some(ms(1_000)), ..SendOptions::default() };
    let mut rig = Rig::new(Config::default());
    rig.send_with("a", ttl.clone(), None).unwrap();
    rig.advance(999);
    assert_eq!(rig.receipts(), []);
    rig.advance(1);
    assert_eq!(rig.receipts(), [(0, Outcome::Expired)]);
    rig.connect();
    rig.send_with("b", ttl.clone(), None).unwrap();
    rig.advance(1_000);
    rig.establish();
    assert!(rig.pull().is_empty());
    rig.send_with("c", ttl, None).unwrap();
    rig.sleep(1_000);
    assert!(rig.pull().is_empty(), "what expired is not sent, though no timer fired");
    assert_eq!(rig.receipts(), [(1, Outcome::Expired), (2, Outcome::Expired)]);
}

#[test]
fn close_ends_every_message() {
    let mut rig = Rig::connected(Config::default());
    let flushed = rig.send_acked("flushed", 10_000, 3);
    rig.write();
    let pulled = rig.send("pulled");
    rig.pull();
    rig.cut();
    let waiting = rig.send("waiting");
    rig.connection.close(rig.now);
    let mut outcomes = rig.receipts();
    outcomes.sort_unstable();
    assert_eq!(
        outcomes,
        [
            (flushed.get(), Outcome::Unconfirmed),
            (pulled.get(), Outcome::Withdrawn),
            (waiting.get(), Outcome::Withdrawn)
        ]
    );
}

#[test]
fn messages_whose_content_the_driver_keeps_are_signs_of_life() {
    let mut rig = Rig::connected(Config::default());
    let id = rig.send("a");
    rig.write();
    let (socket, before) = (rig.socket(), rig.connection.counters().frames_received);
    assert!(rig.connection.handle_messages(socket, 3, rig.now));
    assert_eq!(rig.connection.counters().frames_received, before + 3);
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Sent)]);
    rig.cut();
    assert!(!rig.connection.handle_messages(socket, 1, rig.now), "of a socket that is gone");
}
