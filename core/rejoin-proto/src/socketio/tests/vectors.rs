use super::*;

fn decode(packet: &str) -> Result<Packet, Error> {
    Packet::decode(&packet.into(), &Limits::default())
}

#[test]
fn what_the_reference_refuses_is_refused() {
    for packet in [
        "442[\"some\",\"data\"",
        "0/admin,\"invalid\"",
        "0[]",
        "1/admin,{}",
        "2/admin,\"invalid",
        "2/admin,{}",
        "2[{\"toString\":\"foo\"}]",
        "2[true,\"foo\"]",
        "2[null,\"bar\"]",
        "2[]",
        "2[[\"a\"]]",
        "2[\"connect\"]",
        "2[\"\\u0063onnect\"]",
        "2[\"disconnect\",\"123\"]",
        "2[\"connect_error\"]",
        "2[\"newListener\"]",
        "2[\"removeListener\"]",
        "2[\"disconnecting\"]",
        "2",
        "2[\"a\"",
        "2[\"a\",]",
        "2[\"a\"]x",
        "2[\"a\"]]",
        "2[,\"a\"]",
        "2[\"a\" \"b\"]",
        "2-1[\"a\"]",
        "3[]",
        "3",
        "31{}",
        "31",
        "4",
        "4[]",
        "41",
        "4null",
        "5",
        "51",
        "5a-",
        "51.23-",
        "50-[\"a\"]",
        "5-[\"a\"]",
        "599999999999999999999999-[\"a\"]",
        "510001-[\"a\"]",
        "51-",
        "61-[]",
        "7",
        "999",
        "",
        "é",
        "2é",
        "5é",
        "2/é",
        "0é",
        "29007199254740992[\"a\"]",
        "299999999999999999999999[\"a\"]",
    ] {
        let error = decode(packet).expect_err(packet);
        assert_eq!(error.code(), ErrorCode::Protocol, "{packet}");
    }
}

fn event(packet: &str) -> (String, String, String, Option<u64>) {
    let Packet { namespace, body } = decode(packet).expect(packet);
    match body {
        Body::Event { name, args, id, .. } => (namespace.into(), name.into(), args.into(), id),
        other => panic!("{packet} is {other:?}"),
    }
}

#[test]
fn what_the_reference_accepts_is_accepted() {
    for (packet, namespace, name, args, id) in [
        ("21[\"a\"]", "/", "a", "", Some(1)),
        ("2[1,\"a\"]", "/", "1", "\"a\"", None),
        ("2[-1.5e3]", "/", "-1.5e3", "", None),
        ("2/admin,13[\"bar\"]", "/admin", "bar", "", Some(13)),
        ("2/,[\"bar\"]", "/", "bar", "", None),
        ("2/room-1?x=2,3[\"bar\",1]", "/room-1?x=2", "bar", "1", Some(3)),
        ("2[\"\"]", "/", "", "", None),
        ("2[\"a\\n\\u00e9\",{}]", "/", "a\né", "{}", None),
        ("2[\"\u{2028}\",\"😀\"]", "/", "\u{2028}", "\"😀\"", None),
        ("2[ \"a\" , 1 ,[2, 3] ] ", "/", "a", "1 ,[2, 3]", None),
        ("29007199254740991[\"a\"]", "/", "a", "", Some(9_007_199_254_740_991)),
        ("2[\"a\",{\"_placeholder\":true,\"num\":7}]", "/", "a", "{\"_placeholder\":true,\"num\":7}", None),
    ] {
        assert_eq!(event(packet), (namespace.into(), name.into(), args.into(), id), "{packet}");
    }
}

#[test]
fn the_other_packets_are_read() {
    let body = |packet| decode(packet).expect(packet).body;
    assert_eq!(body("0"), Body::Connect { data: None });
    assert_eq!(body("0/admin"), Body::Connect { data: None });
    assert_eq!(decode("0/admin").unwrap().namespace, "/admin");
    assert_eq!(body("0/admin,{\"sid\":1}"), Body::Connect { data: Some("{\"sid\":1}".into()) });
    assert_eq!(body("1"), Body::Disconnect);
    assert_eq!(body("1/admin,"), Body::Disconnect);
    assert_eq!(body("4\"no\""), Body::ConnectError { data: "\"no\"".into() });
    assert_eq!(body("4/a,{\"message\":1}"), Body::ConnectError { data: "{\"message\":1}".into() });
    assert_eq!(body("30[]"), Body::Ack { id: 0, args: "".into(), attachments: 0 });
    assert_eq!(body("3/a,12[ 1 ]"), Body::Ack { id: 12, args: "1".into(), attachments: 0 });
    assert_eq!(body("62-/a,12[1]"), Body::Ack { id: 12, args: "1".into(), attachments: 2 });
    assert_eq!(decode("510000-[\"a\"]").unwrap().attachments(), 10_000);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("2[\"a\",{}{}]", "[".repeat(depth), "]".repeat(depth));
    assert!(decode(&nested(127)).is_ok());
    assert!(decode(&nested(128)).is_err());
    assert!(decode(&nested(10_000)).is_err());
    let shallow = Limits { max_depth: 2, ..Limits::default() };
    assert!(Packet::decode(&nested(1).into(), &shallow).is_ok());
    assert!(Packet::decode(&nested(2).into(), &shallow).is_err());
}

#[test]
fn wrong_options_and_arguments_are_named() {
    let field = |error: Error| {
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        error.message().split(':').next().unwrap().to_owned()
    };
    for depth in [0, 129] {
        let limits = Limits { max_depth: depth, ..Limits::default() };
        let options = Options { limits, ..Options::default() };
        assert_eq!(field(SocketIo::new(options).unwrap_err()), "limits.max_depth");
    }
    let mut client = Client::connected();
    let now = client.now;
    for name in ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"] {
        let refused = client.connection.emit("/", name, Args::none(), EmitOptions::default(), now);
        assert_eq!(field(refused.unwrap_err()), "name");
    }
    for namespace in ["", "chat", "/a,b"] {
        let refused = client.connection.connect_namespace(namespace, None, now);
        assert_eq!(field(refused.unwrap_err()), "namespace", "{namespace}");
    }
    for auth in ["", "[]", "{", "\"x\"", "{}x"] {
        let refused = client.connection.connect_namespace("/a", Some(Secret::new(auth)), now);
        assert_eq!(field(refused.unwrap_err()), "auth", "{auth}");
    }
    for array in ["", "1", "{}", "[1,]", "[1]x", "[\u{1}]"] {
        assert_eq!(field(Args::from_array(array).unwrap_err()), "args", "{array}");
    }
    let refused = client.connection.emit("/nowhere", "a", Args::none(), EmitOptions::default(), now);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::NamespaceClosed);
    assert!(client.sent().is_empty());
}
