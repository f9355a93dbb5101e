use super::*;
use crate::Credentials;

fn both() -> Client {
    let namespaces = vec![("/".into(), None), ("/chat".into(), Some(Secret::new("{\"k\":1}")))];
    Client::new(Config::default(), Options { namespaces, ..Options::default() })
}

#[test]
fn the_first_namespaces_gate_the_handshake() {
    let mut client = both();
    client.emit_with("/chat", "early", "[]", EmitOptions::default());
    client.dial();
    assert_eq!(client.sent(), ["40", "40/chat,{\"k\":1}"]);
    client.hear(r#"40/chat,{"sid":"c"}"#);
    assert!(!client.connection.state().is_connected());
    assert!(client.sent().is_empty());
    client.hear(r#"40{"sid":"m"}"#);
    assert_eq!(client.connection.state(), &State::Connected { resumed: false });
    assert_eq!(client.sent(), ["42/chat,[\"early\"]"]);
    let connected = |namespace: &str, sid: &str| Event::NamespaceConnected {
        namespace: namespace.into(),
        recovered: false,
        sid: sid.into(),
    };
    assert_eq!(client.events(), [connected("/chat", "c"), connected("/", "m")]);
}

#[test]
fn a_refusal_is_terminal_for_its_namespace_only() {
    let mut client = both();
    client.dial();
    client.hear(r#"40{"sid":"m"}"#);
    client.hear(r#"44/chat,{"message":"not \u0061llowed","data":{"code":7}}"#);
    assert!(client.connection.state().is_connected());
    let refusal = client.events().into_iter().find_map(|event| match event {
        Event::NamespaceDisconnected { namespace, error } => Some((namespace, error)),
        _ => None,
    });
    let (namespace, error) = refusal.unwrap();
    assert_eq!(namespace, "/chat");
    assert_eq!(error.code(), ErrorCode::NamespaceRefused);
    assert_eq!(error.data(), Some("{\"code\":7}"));
    assert!(error.message().ends_with("not allowed"));

    client.sent();
    client.reconnect();
    assert_eq!(client.sent(), ["40"], "a refused namespace is not asked for again by itself");
    client.hear(r#"40{"sid":"m"}"#);
    client.connection.connect_namespace("/chat", None, client.now).unwrap();
    assert_eq!(client.sent(), ["40/chat,"]);
}

#[test]
fn the_only_namespace_refused_ends_the_connection() {
    for refusal in ["44{\"message\":\"no\"}", "44\"no\""] {
        let mut client = Client::new(Config::default(), Options::default());
        client.dial();
        client.hear(refusal);
        assert!(matches!(client.connection.state(), State::Disconnected { .. }));
        assert_eq!(client.cause().code(), ErrorCode::NamespaceRefused);
        assert!(!client.cause().is_retryable());
        client.sent();
        client.dial();
        assert_eq!(client.sent(), ["40"], "connect asks again");
    }
}

#[test]
fn a_disconnect_by_the_server_is_final_for_its_namespace() {
    let mut client = both();
    client.dial();
    client.hear(r#"40{"sid":"m"}"#);
    client.hear(r#"40/chat,{"sid":"c"}"#);
    client.sent();
    client.hear("41/chat,");
    assert!(client.connection.state().is_connected());
    client.emit_with("/chat", "waits", "[]", EmitOptions::default());
    assert!(client.sent().is_empty());
    client.reconnect();
    assert_eq!(client.sent(), ["40"]);
    client.hear(r#"40{"sid":"m"}"#);
    client.hear("41");
    assert_eq!(client.cause().code(), ErrorCode::ServerDisconnect);
    assert!(matches!(client.connection.state(), State::Disconnected { .. }));
    client.dial();
    assert_eq!(client.sent(), ["40", "40/chat,{\"k\":1}"]);
}

#[test]
fn a_namespace_joins_later_and_leaves() {
    let mut client = Client::connected();
    client.connection.connect_namespace("/late", None, client.now).unwrap();
    let waiting = client.emit_with("/late", "one", "[]", EmitOptions::default());
    assert_eq!(client.sent(), ["40/late,"]);
    client.hear(r#"40/late,{"sid":"l"}"#);
    assert_eq!(client.sent(), ["42/late,[\"one\"]"]);
    client.connection.disconnect_namespace("/late", client.now).unwrap();
    assert_eq!(client.sent(), ["41/late,"]);
    let again = client.connection.disconnect_namespace("/late", client.now).unwrap_err();
    assert_eq!(again.code(), ErrorCode::NamespaceClosed);
    client.hear(r#"42/late,["stray"]"#);
    assert!(received(&client.events()).is_empty());
    client.reconnect();
    assert_eq!(client.sent(), ["40"]);
    assert_eq!(waiting.get(), 0);
}

#[test]
fn leaving_withdraws_what_waits() {
    let mut client = Client::connected();
    client.connection.connect_namespace("/late", None, client.now).unwrap();
    let id = client.emit_with("/late", "one", "[]", EmitOptions::default());
    client.connection.disconnect_namespace("/late", client.now).unwrap();
    assert_eq!(client.outcomes(), [(id, Outcome::Withdrawn)]);
}

/// The server ends the whole link when it gets a packet for a namespace that it has not joined yet.
#[test]
fn leaving_before_the_answer_waits_for_it() {
    let mut client = Client::connected();
    client.connection.connect_namespace("/late", None, client.now).unwrap();
    client.connection.disconnect_namespace("/late", client.now).unwrap();
    assert_eq!(client.sent(), ["40/late,"]);
    client.hear(r#"40/late,{"sid":"l"}"#);
    assert_eq!(client.sent(), ["41/late,"]);
    let [Event::NamespaceDisconnected { error, .. }] = &client.events()[..] else { panic!("not told once") };
    assert_eq!(error.code(), ErrorCode::ClientDisconnect);

    client.connection.connect_namespace("/other", None, client.now).unwrap();
    client.connection.disconnect_namespace("/other", client.now).unwrap();
    client.connection.connect_namespace("/other", None, client.now).unwrap();
    assert_eq!(client.sent(), ["40/other,"], "CONNECT is never sent twice");
    client.events();
    client.hear(r#"40/other,{"sid":"l"}"#);
    assert_eq!(client.events().len(), 1);
}

#[test]
fn without_namespaces_the_session_is_enough() {
    let mut client = Client::new(Config::default(), Options { namespaces: vec![], ..Options::default() });
    client.dial();
    assert!(client.connection.state().is_connected());
    client.connection.connect_namespace("/chat", None, client.now).unwrap();
    assert_eq!(client.sent(), ["40/chat,"]);
}

#[test]
fn a_server_of_version_2_is_named() {
    for reply in ["40", "40{}", "40{\"sid\":1}", "40{\"sid\":\"\"}"] {
        let mut client = Client::new(Config::default(), Options::default());
        client.dial();
        client.hear(reply);
        assert_eq!(client.cause().code(), ErrorCode::UnsupportedServer, "{reply}");
        assert!(!client.cause().is_retryable());
    }
}

#[test]
fn disconnecting_says_so_in_every_namespace() {
    let mut client = both();
    client.dial();
    client.hear(r#"40{"sid":"m"}"#);
    client.hear(r#"40/chat,{"sid":"c"}"#);
    client.sent();
    client.emit("last", "[]");
    client.connection.disconnect(client.now);
    assert_eq!(client.sent(), ["42[\"last\"]", "41", "41/chat,"]);
}

#[test]
fn the_auth_payload_comes_from_the_credentials_of_the_attempt() {
    let config = Config { credentials: true, ..Config::default() };
    let mut client = Client::new(config, Options::default());
    client.connection.connect(client.now);
    for (credentials, connect) in [
        (Credentials::bearer("a\"b"), "40{\"token\":\"a\\\"b\"}"),
        (Credentials::auth_json("{\"user\":1}"), "40{\"user\":1}"),
        (Credentials::none(), "40"),
    ] {
        let socket = client.connection.socket().unwrap();
        client.connection.handle_credentials(socket, Ok(credentials), client.now);
        client.accept();
        assert_eq!(client.sent(), [connect]);
        client.hear(r#"40{"sid":"s"}"#);
        client.lose();
        client.wait_for_retry();
    }
    let socket = client.connection.socket().unwrap();
    client.connection.handle_credentials(socket, Ok(Credentials::auth_json("[]")), client.now);
    client.socket(SocketEvent::Opened { ping_frames: true });
    assert_eq!(client.cause().code(), ErrorCode::CredentialsFailed);
}

#[test]
fn answers_belong_to_the_session_that_asked() {
    let mut client = Client::connected();
    client.hear(r#"423["q"]"#);
    client.hear(r#"424["q"]"#);
    let asked: Vec<_> = client.events();
    let ack = |at: usize| match &asked[at] {
        Event::Event { ack: Some(ack), .. } => *ack,
        other => panic!("{other:?}"),
    };
    client.connection.acknowledge("/", ack(0), Args::from_array("[1,\"x\"]").unwrap(), client.now).unwrap();
    assert_eq!(client.sent(), ["433[1,\"x\"]"]);
    client.reconnect();
    client.hear(r#"40{"sid":"s2"}"#);
    client.sent();
    let late = client.connection.acknowledge("/", ack(1), Args::none(), client.now).unwrap_err();
    assert_eq!(late.code(), ErrorCode::NotConnected);
    assert!(client.sent().is_empty());
}

#[test]
fn acknowledgements_that_nobody_waits_for_are_ignored() {
    let mut client = Client::connected();
    let id = client.emit_with("/", "q", "[]", with_ack(0));
    client.sent();
    for stray in ["431[]", "439007199254740991[]", "43/other,0[]"] {
        client.hear(stray);
        assert!(client.events().is_empty());
    }
    client.hear("430[\"yes\"]");
    client.hear("430[\"again\"]");
    let events = client.events();
    let answer = Event::Ack { namespace: "/".into(), id, args: Args::from_array("[\"yes\"]").unwrap() };
    assert_eq!(events, [answer]);
    assert!(client.connection.state().is_connected());
}

#[test]
fn no_answer_comes_from_a_namespace_that_ended() {
    let mut client = both();
    client.dial();
    client.hear(r#"40{"sid":"m"}"#);
    client.hear(r#"40/chat,{"sid":"c"}"#);
    let once = client.emit_with("/chat", "once", "[]", with_ack(0));
    let again = client.emit_with("/chat", "again", "[]", with_ack(1));
    let other = client.emit_with("/", "other", "[]", with_ack(0));
    client.sent();
    let fleeting = client.emit_with("/chat", "fleeting", "[]", volatile());
    client.outcomes();
    client.hear("41/chat,");
    assert_eq!(client.outcomes(), [(once, Outcome::Unconfirmed), (fleeting, Outcome::Dropped)]);
    client.connection.connect_namespace("/chat", None, client.now).unwrap();
    client.hear(r#"40/chat,{"sid":"c2"}"#);
    assert_eq!(client.sent(), ["40/chat,", "42/chat,1[\"again\"]"]);
    client.hear("43/chat,1[]");
    client.hear("432[]");
    assert_eq!(client.outcomes(), [(again, Outcome::Acknowledged), (other, Outcome::Acknowledged)]);
}
