//! The faults of today's clients, each by its name in the table of known faults.

use super::*;
use crate::{Credentials, OutboxConfig, Overflow};

/// J3: a volatile event sent before the namespace is connected is never delivered later.
#[test]
fn fault_j3_volatile_is_volatile() {
    let mut client = Client::new(Config::default(), Options::default());
    let offline = client.emit_with("/", "v", "[]", volatile());
    client.dial();
    let handshaking = client.emit_with("/", "v", "[]", volatile());
    client.hear(r#"40{"sid":"s"}"#);
    assert_eq!(client.sent(), ["40"]);
    assert_eq!(client.outcomes(), [(offline, Outcome::Dropped), (handshaking, Outcome::Dropped)]);
    client.emit_with("/", "v", "[1]", volatile());
    assert_eq!(client.sent(), ["42[\"v\",1]"]);
}

/// J4: an acknowledged event is handled once, and its caller gets the result.
#[test]
fn fault_j4_nothing_is_sent_again_after_its_acknowledgement() {
    let mut client = Client::connected();
    let id = client.emit_with("/", "pay", "[5]", with_ack(3));
    assert_eq!(client.sent(), ["420[\"pay\",5]"]);
    client.hear("430[\"done\"]");
    let told = client.events();
    assert!(
        matches!(&told[..], [Event::Ack { id: answered, args, .. }] if *answered == id && args.text() == "\"done\"")
    );
    client.pass(Duration::from_secs(24));
    assert!(client.sent().iter().all(|frame| frame == "ping"));
    client.reconnect();
    client.hear(r#"40{"sid":"s"}"#);
    assert_eq!(client.sent(), ["40"]);
}

/// The same id over a repeat, so that a server can drop it.
#[test]
fn a_repeat_has_the_same_id() {
    let mut client = Client::connected();
    client.emit("other", "[]");
    let id = client.emit_with("/", "pay", "[5]", with_ack(1));
    assert_eq!(client.sent(), ["42[\"other\"]", "421[\"pay\",5]"]);
    client.reconnect();
    client.hear(r#"40{"sid":"s"}"#);
    assert_eq!(client.sent(), ["40", "421[\"pay\",5]"]);
    client.outcomes();
    client.hear("431[]");
    assert_eq!(client.outcomes(), [(id, Outcome::Acknowledged)]);
}

/// J5: a user's string argument of a volatile event does not overwrite the recovery offset.
#[test]
fn fault_j5_a_users_string_is_no_offset() {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    client.hear(r#"40{"sid":"s","pid":"p"}"#);
    client.hear(r#"42["stored","PabcdeF"]"#);
    client.hear(r#"42["typing","alice"]"#);
    client.hear(r#"421["asked","PabcdeZ"]"#);
    let alice = ("typing".to_owned(), "\"alice\"".to_owned());
    let asked = ("asked".to_owned(), "\"PabcdeZ\"".to_owned());
    assert_eq!(received(&client.events())[1..], [alice, asked]);
    client.sent();
    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p","offset":"PabcdeF"}"#]);
}

/// J6: offsets do not leak into the arguments.
#[test]
fn fault_j6_listeners_do_not_see_offsets() {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    client.hear(r#"40{"sid":"s","pid":"p"}"#);
    client.hear(r#"42["a","PabcdeF"]"#);
    client.hear(r#"42["b",1,"x","PabcdeF"]"#);
    client.hear(r#"451-["c",{"_placeholder":true,"num":0},"PabcdeF"]"#);
    client.hear_binary(b"x");
    let texts: Vec<_> = received(&client.events()).into_iter().map(|(_, args)| args).collect();
    assert_eq!(texts, ["", "1,\"x\"", r#"{"_placeholder":true,"num":0}"#]);
}

/// J7: eleven attachments are no reason to disconnect.
#[test]
fn fault_j7_many_attachments_arrive() {
    let mut client = Client::connected();
    let placeholders: Vec<_> =
        (0..11).map(|num| format!("{{\"_placeholder\":true,\"num\":{num}}}")).collect();
    client.hear(&format!("4511-[\"f\",{}]", placeholders.join(",")));
    for _ in 0..11 {
        client.hear_binary(b"x");
    }
    assert_eq!(received(&client.events()).len(), 1);
    assert!(client.connection.state().is_connected());
}

/// J8: a callback that never answers ends the attempt, with an error.
#[test]
fn fault_j8_a_silent_auth_callback_does_not_hang() {
    let mut client = Client::new(Config { credentials: true, ..Config::default() }, Options::default());
    client.connection.connect(client.now);
    client.pass(Duration::from_secs(10));
    assert_eq!(client.cause().code(), ErrorCode::CredentialsTimeout);
}

/// J9, K1: what waits is bounded, and each drop is told.
#[test]
fn fault_j9_the_buffer_is_bounded() {
    let outbox = OutboxConfig { max_messages: 2, overflow: Overflow::Reject, ..OutboxConfig::default() };
    let mut client = Client::new(Config { outbox, ..Config::default() }, Options::default());
    client.emit("a", "[]");
    client.emit("b", "[]");
    let refused = client.connection.emit("/", "c", Args::none(), EmitOptions::default(), client.now);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::QueueFull);

    let ttl = SendOptions { ttl: Some(Duration::from_secs(1)), ..SendOptions::default() };
    let mut client = Client::new(Config::default(), Options::default());
    let id = client.emit_with("/", "a", "[]", EmitOptions { send: ttl, ..EmitOptions::default() });
    client.pass(Duration::from_secs(1));
    assert_eq!(client.outcomes(), [(id, Outcome::Expired)]);
}

/// J10: what was written to a dead link is not reported as sent.
#[test]
fn fault_j10_a_dead_link_delivers_nothing() {
    let mut client = Client::connected();
    let plain = client.emit("a", "[]");
    let safe = client.emit_with("/", "b", "[]", with_ack(1));
    client.sent();
    assert!(client.outcomes().is_empty(), "the operating system took it, no more");
    client.lose();
    assert_eq!(client.outcomes(), [(plain, Outcome::Unconfirmed)]);
    client.wait_for_retry();
    client.accept();
    client.hear(r#"40{"sid":"s"}"#);
    assert_eq!(client.sent(), ["40", "421[\"b\"]"]);
    client.hear("431[]");
    assert_eq!(client.outcomes(), [(safe, Outcome::Acknowledged)]);
}

/// J11: the application rejoins before what waited is sent.
#[test]
fn fault_j11_rejoining_comes_before_what_waited() {
    let mut client = Client::new(Config { rejoin: true, ..Config::default() }, Options::default());
    client.emit("waited", "[]");
    client.dial();
    client.hear(r#"40{"sid":"s"}"#);
    let setup = EmitOptions { setup: true, ..with_ack(0) };
    client.emit_with("/", "login", "[]", setup);
    assert_eq!(client.sent(), ["40", "421[\"login\"]"]);
    client.hear("431[]");
    let socket = client.connection.socket().unwrap();
    client.connection.handle_rejoined(socket, Ok(()), client.now);
    assert_eq!(client.sent(), ["42[\"waited\"]"]);
}

/// R1: binary holds any byte, two attachments arrive, binary with an acknowledgement is an event, and an event
/// without arguments keeps its name.
#[test]
fn fault_r1_binary_and_bare_events() {
    let mut client = Client::connected();
    client.hear(r#"452-["f",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
    client.hear_binary(&[0x1e, 0x1e, 0x34]);
    client.hear_binary(&[0xff]);
    client.hear(r#"42["bare"]"#);
    let events = client.events();
    let Event::Event { args, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!(args.attachments(), [&[0x1e, 0x1e, 0x34][..], &[0xff]]);
    assert_eq!(received(&events)[1], ("bare".to_owned(), String::new()));

    let args = Args::with_attachments(r#"[{"_placeholder":true,"num":0}]"#, vec![Bytes::from_static(&[1])]);
    client.connection.emit("/", "f", args.unwrap(), with_ack(0), client.now).unwrap();
    assert_eq!(client.sent(), [r#"451-0["f",{"_placeholder":true,"num":0}]"#, "01"]);
}

/// R2: acknowledgements time out, an early emit waits, disconnecting stops reconnecting, and attempts never spin.
#[test]
fn fault_r2_time_outs_and_reconnection() {
    let mut client = Client::new(Config::default(), Options::default());
    client.emit("early", "[]");
    client.dial();
    assert_eq!(client.sent(), ["40"], "an event before the reply would end the link");
    client.hear(r#"40{"sid":"s"}"#);
    assert_eq!(client.sent(), ["42[\"early\"]"]);
    let id = client.emit_with("/", "q", "[]", with_ack(0));
    client.sent();
    client.pass(Duration::from_secs(5));
    client.hear("2");
    client.outcomes();
    client.pass(Duration::from_secs(5));
    assert_eq!(client.outcomes(), [(id, Outcome::Unconfirmed)]);

    client.lose();
    let mut attempts = 0;
    let end = client.now + Duration::from_secs(3600);
    while client.now < end {
        client.wait_for_retry();
        attempts += 1;
        assert!(attempts < 1000, "attempts follow each other without a wait");
        client.lose();
    }
    assert!(attempts >= 180, "{attempts} attempts in an hour");
    client.connection.disconnect(client.now);
    client.pass(Duration::from_secs(3600));
    assert!(matches!(client.connection.state(), State::Disconnected { .. }));
}

/// S1: there is an offline buffer, auth is fresh on each attempt, and a link that died in the background is found out.
#[test]
fn fault_s1_background_and_fresh_auth() {
    let mut client = Client::new(Config { credentials: true, ..Config::default() }, Options::default());
    client.connection.connect(client.now);
    for token in ["old", "new"] {
        let socket = client.connection.socket().unwrap();
        client.connection.handle_credentials(socket, Ok(Credentials::bearer(token)), client.now);
        client.accept();
        assert_eq!(client.sent(), [format!("40{{\"token\":\"{token}\"}}")]);
        client.hear(r#"40{"sid":"s"}"#);
        client.connection.handle_network(NetworkHint::Foreground, client.now);
        assert_eq!(client.sent(), ["ping"]);
        client.pass(Duration::from_millis(2500));
        assert_eq!(client.cause().code(), ErrorCode::HeartbeatTimeout);
        client.wait_for_retry();
    }
}

/// K1: auth can change, sessions recover, volatile is dropped, and the buffer is bounded: see above. What remains is
/// that frames which are never flushed are not copied without bound.
#[test]
fn fault_k1_nothing_is_pulled_that_the_socket_cannot_take() {
    let mut client = Client::connected();
    for _ in 0..1000 {
        client.emit("a", "[]");
    }
    assert_eq!(client.connection.outbox_len(), 1000);
    assert!(client.connection.poll_transmit(client.now).is_some());
    assert_eq!(client.connection.outbox_len(), 1000, "in flight still counts");
}
