use super::*;

fn disconnect(rig: &mut Rig) {
    rig.connection.disconnect(rig.now);
    rig.drain();
}

fn close_was_sent(rig: &Rig) -> bool {
    rig.outputs.iter().any(|output| matches!(output, Output::Close { code: 1000, .. }))
}

#[test]
fn what_was_accepted_flows_then_the_farewell_then_the_close() {
    let mut rig = Rig::connected(Config::default());
    rig.send("a");
    disconnect(&mut rig);
    rig.send("b");
    let mut seen = Vec::new();
    while let Some(transmit) = rig.connection.poll_transmit(rig.now) {
        rig.drain();
        assert!(!close_was_sent(&rig), "the close came before {transmit:?}");
        seen.push(transmit.frame);
    }
    rig.drain();
    let texts = ["a", "b", "bye", "bye bye"].map(|text| Frame::Text(text.into()));
    assert_eq!(seen, texts);
    assert!(close_was_sent(&rig));
}

#[test]
fn nothing_follows_the_close() {
    let mut rig = Rig::connected(Config { close_grace: ms(3_600_000), ..Config::default() });
    disconnect(&mut rig);
    rig.pull();
    rig.flush();
    rig.send("late");
    rig.hint(NetworkHint::Woke);
    rig.advance(20_000);
    assert!(rig.pull().is_empty());
}

#[test]
fn fault_33_a_peer_that_does_not_answer_the_close_is_left_after_the_grace() {
    let mut rig = Rig::connected(Config::default());
    disconnect(&mut rig);
    rig.write();
    rig.advance(2_999);
    assert_eq!(rig.name(), "disconnecting");
    rig.advance(1);
    assert_eq!(rig.name(), "disconnected");
    assert!(matches!(rig.outputs.iter().rev().nth(1), Some(Output::Abort { .. })), "{:?}", rig.outputs);
}

#[test]
fn fault_33_the_grace_holds_for_a_socket_that_takes_nothing() {
    let mut rig = Rig::connected(Config::default());
    rig.send("stuck");
    disconnect(&mut rig);
    rig.advance(3_000);
    assert_eq!(rig.name(), "disconnected");
    assert_eq!(rig.connection.outbox_len(), 1, "it waits for the next connect");
}

#[test]
fn a_write_that_stalls_while_disconnecting_does_not_reconnect() {
    let config = Config { write_timeout: ms(1_000), ..Config::default() };
    let mut rig = Rig::connected(config);
    rig.send("stuck");
    rig.pull();
    disconnect(&mut rig);
    rig.advance(1_000);
    assert_eq!(rig.name(), "disconnected");
    assert_eq!(rig.cause(), ErrorCode::ClientDisconnect);
}

#[test]
fn an_inbound_queue_that_stays_full_while_disconnecting_does_not_reconnect() {
    let mut rig = Rig::connected(Config { read_timeout: ms(1_000), ..Config::default() });
    rig.connection.handle_reading(true, rig.now);
    disconnect(&mut rig);
    rig.advance(1_000);
    assert_eq!(rig.cause(), ErrorCode::ClientDisconnect);
}

#[test]
fn the_answer_to_our_close_proves_what_was_sent_before_it() {
    let mut rig = Rig::connected(Config::default());
    let id = rig.send("a");
    disconnect(&mut rig);
    rig.write();
    rig.closed(1000);
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Sent)]);
}

#[test]
fn a_close_of_the_peers_own_that_crosses_ours_proves_nothing() {
    let mut rig = Rig::connected(Config::default());
    let id = rig.send("a");
    disconnect(&mut rig);
    rig.write();
    rig.closed(1001);
    assert_eq!(rig.receipts(), [(id.get(), Outcome::Unconfirmed)]);
}

#[test]
fn fault_76_connect_while_disconnecting_connects_again_unless_taken_back() {
    let mut rig = Rig::connected(Config::default());
    disconnect(&mut rig);
    rig.connect();
    rig.write();
    rig.closed(1000);
    assert_eq!(rig.name(), "opening");

    let mut rig = Rig::connected(Config::default());
    disconnect(&mut rig);
    rig.connect();
    disconnect(&mut rig);
    rig.write();
    rig.closed(1000);
    assert_eq!(rig.name(), "disconnected");
}
