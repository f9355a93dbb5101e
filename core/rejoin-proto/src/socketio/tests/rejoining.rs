//! A namespace that is left and asked for again on one link: the server ends the link when it sees a second CONNECT.

use super::*;

fn joined() -> Client {
    let mut client = Client::connected();
    join(&mut client);
    client.hear(r#"40/chat,{"sid":"c1"}"#);
    assert_eq!(client.sent(), ["40/chat,"]);
    client.events();
    client
}

fn join(client: &mut Client) {
    client.connection.connect_namespace("/chat", None, client.now).unwrap();
}

fn leave(client: &mut Client) {
    client.connection.disconnect_namespace("/chat", client.now).unwrap();
}

#[test]
fn connect_follows_when_the_server_has_read_the_disconnect() {
    let mut client = joined();
    leave(&mut client);
    join(&mut client);
    let waiting = client.emit_with("/chat", "hello", "[]", with_ack(0));
    assert_eq!(client.sent(), ["41/chat,", "ping"]);
    client.socket(SocketEvent::Frame(Frame::Pong(Bytes::from_static(b"unasked"))));
    assert!(client.sent().is_empty());
    client.answer_ping();
    assert_eq!(client.sent(), ["40/chat,"]);
    client.hear(r#"40/chat,{"sid":"c2"}"#);
    assert_eq!(client.sent(), [format!("42/chat,{waiting}[\"hello\"]", waiting = waiting.get())]);
    let told: Vec<_> = client.events();
    assert!(matches!(&told[..], [Event::NamespaceDisconnected { .. }, Event::NamespaceConnected { .. }]));
}

#[test]
fn leaving_again_and_again_sends_one_of_each() {
    let mut client = joined();
    for _ in 0..3 {
        leave(&mut client);
        join(&mut client);
    }
    assert_eq!(client.sent(), ["41/chat,", "ping"]);
    client.answer_ping();
    assert_eq!(client.sent(), ["40/chat,"]);

    client.hear(r#"40/chat,{"sid":"c2"}"#);
    leave(&mut client);
    join(&mut client);
    leave(&mut client);
    assert_eq!(client.sent(), ["41/chat,", "ping"]);
    client.answer_ping();
    assert!(client.sent().is_empty(), "nobody wants it any more");
    join(&mut client);
    assert_eq!(client.sent(), ["40/chat,"], "the server has read the DISCONNECT");
}

#[test]
fn the_answer_to_a_later_ping_counts() {
    let mut client = joined();
    leave(&mut client);
    join(&mut client);
    client.connection.handle_network(NetworkHint::Woke, client.now);
    assert_eq!(client.sent(), ["41/chat,", "ping", "ping"]);
    client.answer_ping();
    assert_eq!(client.sent(), ["40/chat,"]);
}

#[test]
fn two_pings_of_the_server_tell_too() {
    let mut client = joined();
    leave(&mut client);
    client.hear("2");
    client.hear("2");
    join(&mut client);
    assert_eq!(client.sent(), ["41/chat,", "3", "3", "40/chat,"]);
}

/// A browser cannot ask.
#[test]
fn without_ping_frames_it_takes_a_new_link() {
    let mut client = Client::new(Config::default(), Options::default());
    client.connection.connect(client.now);
    client.socket(SocketEvent::Opened { ping_frames: false });
    client.hear(OPEN);
    client.hear(r#"40{"sid":"s1"}"#);
    join(&mut client);
    client.hear(r#"40/chat,{"sid":"c1"}"#);
    client.sent();
    leave(&mut client);
    client.hear("2");
    join(&mut client);
    assert_eq!(client.cause().code(), ErrorCode::TransportClosed);
    client.wait_for_retry();
    client.accept();
    assert_eq!(client.sent(), ["40", "40/chat,"]);
}

#[test]
fn a_server_that_reads_nothing_is_given_up() {
    let mut client = joined();
    leave(&mut client);
    join(&mut client);
    client.events();
    client.pass(Duration::from_secs(15));
    let Some(Event::NamespaceDisconnected { error, .. }) = client.events().pop() else { panic!("no end") };
    assert_eq!(error.code(), ErrorCode::ConnectTimeout);
}

#[test]
fn a_namespace_without_an_answer_is_given_up_and_never_asked_twice() {
    let mut client = Client::connected();
    join(&mut client);
    assert_eq!(client.sent(), ["40/chat,"]);
    client.pass(Duration::from_secs(15));
    let Some(Event::NamespaceDisconnected { error, .. }) = client.events().pop() else { panic!("no end") };
    assert_eq!(error.code(), ErrorCode::ConnectTimeout);
    join(&mut client);
    assert!(client.sent().is_empty(), "its CONNECT may yet be answered");
    client.pass(Duration::from_secs(15));
    client.hear(r#"40/chat,{"sid":"l"}"#);
    assert!(client.connection.protocol().is_connected("/chat"), "a late answer counts");
}
