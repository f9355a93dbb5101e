use super::*;

fn attachments(event: &Event) -> Vec<Vec<u8>> {
    match event {
        Event::Event { args, .. } | Event::Ack { args, .. } => {
            args.attachments().iter().map(|bytes| bytes.to_vec()).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn attachments_are_collected_while_pings_interleave() {
    let mut client = Client::connected();
    client.hear(r#"452-["f",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]"#);
    assert!(client.events().is_empty());
    client.hear_binary(&[0x34, 0x1e]);
    client.hear("2");
    client.hear_binary(&[]);
    let events = client.events();
    assert_eq!(received(&events).len(), 1);
    assert_eq!(attachments(&events[0]), [vec![0x34, 0x1e], vec![]]);
    assert_eq!(client.sent(), ["3"]);
}

#[test]
fn one_attachment_may_be_referenced_twice() {
    let mut client = Client::connected();
    client.hear(r#"451-["f",{"_placeholder":true,"num":0},{"num":0,"_placeholder":true,"x":1}]"#);
    client.hear_binary(b"x");
    assert_eq!(client.events().len(), 1);
}

#[test]
fn what_breaks_the_assembly_ends_the_link() {
    type Script = &'static [Result<&'static str, &'static [u8]>];
    let scripts: [(&str, Script); 9] = [
        ("text while due", &[Ok("451-[\"f\",{\"_placeholder\":true,\"num\":0}]"), Ok("42[\"a\"]")]),
        ("not due", &[Err(b"x")]),
        ("one too many", &[Ok("451-[\"f\",{\"_placeholder\":true,\"num\":0}]"), Err(b"x"), Err(b"x")]),
        ("out of range", &[Ok("451-[\"f\",{\"_placeholder\":true,\"num\":1}]"), Err(b"x")]),
        ("negative", &[Ok("451-[\"f\",{\"_placeholder\":true,\"num\":-1}]"), Err(b"x")]),
        ("a fraction", &[Ok("451-[\"f\",{\"_placeholder\":true,\"num\":0.5}]"), Err(b"x")]),
        ("no number", &[Ok("451-[\"f\",{\"_placeholder\":true,\"num\":\"0\"}]"), Err(b"x")]),
        ("missing", &[Ok("451-[\"f\",[{\"_placeholder\":true}]]"), Err(b"x")]),
        ("escaped", &[Ok("451-[\"f\",{\"\\u005fplaceholder\":true,\"num\":9}]"), Err(b"x")]),
    ];
    for (what, script) in scripts {
        let mut client = Client::connected();
        for frame in script {
            match frame {
                Ok(text) => client.hear(text),
                Err(bytes) => client.hear_binary(bytes),
            }
        }
        assert_eq!(client.cause().code(), ErrorCode::Protocol, "{what}");
        assert!(client.cause().is_retryable(), "{what}");
    }
}

#[test]
fn attachments_have_a_deadline() {
    let mut client = Client::connected();
    client.hear(r#"452-["f",{"_placeholder":true,"num":0}]"#);
    for _ in 0..5 {
        client.pass(Duration::from_secs(10));
        client.hear("2");
    }
    assert!(client.connection.state().is_connected());
    client.pass(Duration::from_secs(10));
    assert_eq!(client.cause().code(), ErrorCode::Protocol);
}

#[test]
fn a_packet_is_bounded_in_bytes() {
    let limits = Limits { max_packet_bytes: 64, ..Limits::default() };
    let mut client = Client::new(Config::default(), Options { limits, ..Options::default() });
    client.dial();
    client.hear(r#"40{"sid":"s"}"#);
    client.hear(r#"451-["f",{"_placeholder":true,"num":0}]"#);
    client.hear_binary(&[0; 32]);
    assert_eq!(client.cause().code(), ErrorCode::Protocol);
}

#[test]
fn what_was_half_received_dies_with_its_link() {
    let mut client = Client::connected();
    client.hear(r#"451-["f",{"_placeholder":true,"num":0}]"#);
    client.reconnect();
    client.hear(r#"40{"sid":"s2"}"#);
    client.hear(r#"42["whole"]"#);
    assert_eq!(received(&client.events()), [("whole".to_owned(), String::new())]);
}

#[test]
fn nothing_comes_between_an_event_and_its_attachments() {
    let mut client = Client::connected();
    let blobs = vec![Bytes::from_static(&[1]), Bytes::from_static(&[2])];
    let array = r#"[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;
    let args = Args::with_attachments(array, blobs).unwrap();
    let now = client.now;
    client.connection.emit("/", "f", args.clone(), with_ack(0), now).unwrap();
    let first = client.connection.poll_transmit(now).unwrap().frame;
    client.pulled += 1;
    client.hear("2");
    assert_eq!(first, Frame::Text(format!("452-0[\"f\",{}]", args.text()).into()));
    assert_eq!(client.sent(), ["01", "02", "3"]);
}

#[test]
fn outgoing_placeholders_must_refer() {
    let array = r#"[{"_placeholder":true,"num":1}]"#;
    let refused = Args::with_attachments(array, vec![Bytes::new()]).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidArgument);
    assert!(Args::from_array(array).is_ok(), "without attachments it is data");
}

#[test]
fn answers_can_be_binary() {
    let mut client = Client::connected();
    client.hear(r#"42/,7["q"]"#);
    let Some(Event::Event { ack: Some(ack), .. }) = client.events().pop() else { panic!("no question") };
    let args = Args::with_attachments(r#"[{"_placeholder":true,"num":0}]"#, vec![Bytes::from_static(&[9])]);
    client.connection.acknowledge("/", ack, args.unwrap(), client.now).unwrap();
    assert_eq!(client.sent(), [r#"461-7[{"_placeholder":true,"num":0}]"#, "09"]);
}
