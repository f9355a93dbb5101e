use super::*;

/// Connected with a session that can be recovered, one event received.
fn recoverable() -> Client {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    client.hear(r#"40{"sid":"s1","pid":"p1"}"#);
    client.hear(r#"42["news",1,"PabcdeF"]"#);
    assert_eq!(received(&client.events()), [("news".to_owned(), "1".to_owned())]);
    client.sent();
    client
}

fn recovered(events: &[Event]) -> Vec<bool> {
    let connected = events.iter().filter_map(|event| match event {
        Event::NamespaceConnected { recovered, .. } => Some(*recovered),
        _ => None,
    });
    connected.collect()
}

#[test]
fn missed_events_are_held_until_the_reply_and_come_once() {
    let mut client = recoverable();
    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p1","offset":"PabcdeF"}"#]);
    client.hear(r#"42["missed",1,"PabcdeG"]"#);
    client.hear(r#"42["missed","PabcdeG.1"]"#);
    assert!(received(&client.events()).is_empty());
    client.hear(r#"40{"sid":"s1","pid":"p1"}"#);
    assert_eq!(client.connection.state(), &State::Connected { resumed: true });
    let events = client.events();
    assert_eq!(recovered(&events), [true]);
    assert!(matches!(events[0], Event::NamespaceConnected { .. }), "the reply comes first");
    let missed = |args: &str| ("missed".to_owned(), args.to_owned());
    assert_eq!(received(&events), [missed("1"), missed("")]);

    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p1","offset":"PabcdeG.1"}"#], "the second drop recovers too");
}

#[test]
fn a_new_session_forgets_the_old_offset() {
    let mut client = recoverable();
    client.reconnect();
    client.hear(r#"40{"sid":"s2","pid":"p2"}"#);
    assert_eq!(client.connection.state(), &State::Connected { resumed: false });
    assert_eq!(recovered(&client.events()), [false]);
    client.sent();
    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p2"}"#]);
    client.hear(r#"40{"sid":"s3"}"#);
    client.sent();
    client.reconnect();
    assert_eq!(client.sent(), ["40"], "a server without recovery");
}

/// The Node server refuses then: it must not be taken for a recovery.
#[test]
fn without_any_event_nothing_is_claimed() {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    client.hear(r#"40{"sid":"s1","pid":"p1"}"#);
    client.sent();
    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p1"}"#]);
    client.hear(r#"40{"sid":"s2","pid":"p2"}"#);
    client.events();
    assert_eq!(client.connection.state(), &State::Connected { resumed: false });
}

#[test]
fn what_ends_on_purpose_is_not_recovered() {
    let mut client = recoverable();
    client.connection.disconnect(client.now);
    client.sent();
    client.socket(SocketEvent::Closed { code: Some(1000), reason: ByteString::new() });
    client.dial();
    assert_eq!(client.sent(), ["40"]);

    let mut client = recoverable();
    client.hear("41");
    client.dial();
    assert_eq!(client.sent(), ["40"]);
}

#[test]
fn auth_is_merged_and_the_pid_never_shown() {
    let namespaces = vec![("/".into(), Some(Secret::new(" { \"a\" : 1 } ")))];
    let mut client = Client::new(Config::default(), Options { namespaces, ..Options::default() });
    client.dial();
    client.hear(r#"40{"sid":"s1","pid":"hidden\"pid"}"#);
    let events = client.events();
    assert!(!format!("{events:?}").contains("hidden"));
    assert_eq!(client.sent(), ["40{ \"a\" : 1 }"]);
    client.reconnect();
    assert!(!format!("{:?}", client.connection).contains("hidden"), "nor while it waits to be sent");
    assert_eq!(client.sent(), ["40{\"pid\":\"hidden\\\"pid\",\"a\" : 1 }"]);
}

#[test]
fn only_what_looks_like_an_offset_is_taken_off() {
    for (args, rest, next) in [
        (r#""PabcdeF""#, "", "PabcdeF"),
        (r#"{"a":1} , "Pz-_0aF.1" "#, r#"{"a":1}"#, "Pz-_0aF.1"),
        (r#"1,"1700000000000-0""#, "1", "1700000000000-0"),
        (r#""x","65f0a1b2c3d4e5f601234567""#, r#""x""#, "65f0a1b2c3d4e5f601234567"),
        (r#""hello""#, r#""hello""#, "PabcdeF"),
        (r#""welcome""#, r#""welcome""#, "PabcdeF"),
        (r#"["PabcdeG"]"#, r#"["PabcdeG"]"#, "PabcdeF"),
        (r#""x\"PabcdeG""#, r#""x\"PabcdeG""#, "PabcdeF"),
        (r#""x,\"PabcdeG""#, r#""x,\"PabcdeG""#, "PabcdeF"),
        (r#""PabcdeG.""#, r#""PabcdeG.""#, "PabcdeF"),
        (r#""""#, r#""""#, "PabcdeF"),
        ("7", "7", "PabcdeF"),
    ] {
        let mut client = recoverable();
        client.hear(&format!("42[\"e\",{args}]"));
        assert_eq!(received(&client.events()), [("e".to_owned(), rest.to_owned())], "{args}");
        client.reconnect();
        assert_eq!(client.sent(), [format!(r#"40{{"pid":"p1","offset":"{next}"}}"#)], "{args}");
    }
}

#[test]
fn what_is_held_is_bounded() {
    let limits = Limits { max_held_events: 10, ..Limits::default() };
    let mut client = Client::new(Config::default(), Options { limits, ..Options::default() });
    client.dial();
    client.hear(r#"40{"sid":"s1","pid":"p1"}"#);
    client.sent();
    client.reconnect();
    for _ in 0..10 {
        client.hear(r#"42["missed","PabcdeG"]"#);
    }
    assert!(matches!(client.connection.state(), State::Connecting { .. }));
    client.hear(r#"42["missed","PabcdeG"]"#);
    assert_eq!(client.cause().code(), ErrorCode::Protocol);
    client.sent();
    client.wait_for_retry();
    client.accept();
    assert_eq!(client.sent(), ["40"], "begins afresh");
}

/// Words have the shape of a time too: seven letters, the first of them a capital.
#[test]
fn a_word_among_offsets_is_a_word() {
    let mut client = recoverable();
    client.hear(r#"42["news","PabcdeG"]"#);
    client.hear(r#"42["status","Success"]"#);
    client.hear(r#"42["status","1700000000000-0"]"#);
    client.hear(r#"42["news","PabcdeH"]"#);
    let texts: Vec<_> = received(&client.events()).into_iter().map(|(_, args)| args).collect();
    assert_eq!(texts, ["", "\"Success\"", "\"1700000000000-0\"", ""]);
    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p1","offset":"PabcdeH"}"#]);
}

/// Where a word came first, the offsets after it are taken for what they are.
#[test]
fn a_word_before_the_first_offsets_does_no_lasting_harm() {
    let mut client = Client::new(Config::default(), Options::default());
    client.dial();
    client.hear(r#"40{"sid":"s1","pid":"p1"}"#);
    for args in [r#""Success""#, r#""PabcdeG""#, r#""PabcdeH""#, r#""Success""#] {
        client.hear(&format!("42[\"e\",{args}]"));
    }
    let texts: Vec<_> = received(&client.events()).into_iter().map(|(_, args)| args).collect();
    assert_eq!(texts[1..], ["", "", "\"Success\""]);
    client.sent();
    client.reconnect();
    assert_eq!(client.sent(), [r#"40{"pid":"p1","offset":"PabcdeH"}"#]);
}
