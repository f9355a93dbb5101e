use super::*;

#[test]
fn a_ping_before_the_reply_to_connect_is_answered() {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    client.hear("2");
    assert_eq!(client.sent(), ["40", "3"]);
}

#[test]
fn silence_beyond_the_servers_values_ends_the_link() {
    let mut client = Client::connected();
    client.pass(Duration::from_millis(44_999));
    assert!(client.connection.state().is_connected());
    client.pass(Duration::from_millis(1));
    assert_eq!(client.cause().code(), ErrorCode::HeartbeatTimeout);
}

#[test]
fn pings_keep_the_link_and_no_ping_of_ours_goes_out() {
    let mut client = Client::connected();
    for _ in 0..100 {
        client.pass(Duration::from_secs(25));
        client.hear("2");
        assert_eq!(client.sent(), ["3"]);
    }
}

#[test]
fn the_end_of_the_engine_session_is_a_lost_transport() {
    let mut client = Client::connected();
    client.hear("1");
    assert_eq!(client.cause().code(), ErrorCode::TransportClosed);
    assert!(client.cause().is_retryable());
}

#[test]
fn a_close_of_the_transport_is_retried_unless_it_says_why_not() {
    for (code, expected, retryable) in [
        (None, ErrorCode::TransportClosed, true),
        (Some(1000), ErrorCode::TransportClosed, true),
        (Some(1005), ErrorCode::TransportClosed, true),
        (Some(1006), ErrorCode::TransportClosed, true),
        (Some(1012), ErrorCode::ServerRestart, true),
        (Some(1009), ErrorCode::TooBig, true),
        (Some(1008), ErrorCode::Auth, false),
        (Some(4000), ErrorCode::TransportClosed, true),
    ] {
        let mut client = Client::connected();
        client.socket(SocketEvent::Closed { code, reason: ByteString::new() });
        assert_eq!((client.cause().code(), client.cause().is_retryable()), (expected, retryable), "{code:?}");
    }
}

#[test]
fn a_flood_of_pings_does_not_pile_up() {
    let limits = Limits { max_backlog: 100, ..Limits::default() };
    let mut client = Client::new(Config::default(), Options { limits, ..Options::default() });
    client.dial();
    client.hear(r#"40{"sid":"s"}"#);
    for _ in 0..10_000 {
        client.hear("2");
    }
    assert!(client.sent().len() <= 101);
}

#[test]
fn three_violations_within_a_minute_are_the_end() {
    let mut client = Client::connected();
    for _ in 0..2 {
        client.hear("4x");
        assert_eq!(client.cause().code(), ErrorCode::Protocol);
        client.wait_for_retry();
        client.accept();
        client.hear(r#"40{"sid":"s"}"#);
    }
    client.hear("4x");
    assert!(matches!(client.connection.state(), State::Disconnected { .. }));
    assert_eq!(client.cause().code(), ErrorCode::Protocol);
}

#[test]
fn nothing_is_read_before_the_handshake() {
    for frame in ["40{\"sid\":\"s\"}", "42[\"a\"]", "0[]", "9", ""] {
        let mut client = Client::new(Config::default(), Options::default());
        client.connection.connect(client.now);
        client.socket(SocketEvent::Opened { ping_frames: false });
        client.hear(frame);
        assert_eq!(client.cause().code(), ErrorCode::Protocol, "{frame}");
    }
    let mut client = Client::connected();
    client.hear(OPEN);
    assert_eq!(client.cause().code(), ErrorCode::Protocol);
}
