//! The bytes are those that socket.io-msgpack-parser 3.0.2 makes.

use super::super::msgpack;
use super::*;

fn bytes(hex: &str) -> Bytes {
    let nibble = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    hex.as_bytes().chunks(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])).collect()
}

fn decode(hex: &str) -> (Packet, Vec<Bytes>) {
    msgpack::decode(&bytes(hex), &Limits::default()).unwrap()
}

fn args(packet: &Packet) -> &str {
    match &packet.body {
        Body::Event { args, .. } | Body::Ack { args, .. } => args,
        other => panic!("{other:?}"),
    }
}

const CONNECT: &str = "83a47479706500a36e7370a12fa46461746181a3736964a173";
const EVENT: &str = "85a47479706502a36e7370a12fa4646174619da16501ffd1ff38ce00011170cf000000012a05f200cb3ff8000000000000c0c3\
    a2c3a99181a16190c702000102c40103a2696411a76f7074696f6e7381a8636f6d7072657373c3";
const DATES: &str = "83a47479706502a36e7370a12fa4646174619aa164d7000000018bcfe5687bd700ffffffffffffffffd70000000000000000\
    00d700001eb208c2dc0000d40000cb7ff8000000000000cf0000000000000000cf0020000000000000d3ffffff0000000000";

#[test]
fn the_reference_is_understood() {
    let (packet, _) = decode(CONNECT);
    assert_eq!(
        (&*packet.namespace, packet.body),
        ("/", Body::Connect { data: Some("{\"sid\":\"s\"}".into()) })
    );
    for disconnect in [
        "82a47479706501a36e7370a22f61",
        "84a47479706501a36e7370a22f61a464617461d40000a76f7074696f6e7381a8636f6d7072657373c3",
    ] {
        assert_eq!(decode(disconnect).0, Packet { namespace: "/a".into(), body: Body::Disconnect });
    }
    let (packet, _) = decode("83a47479706504a36e7370a12fa46461746181a76d657373616765a26e6f");
    assert_eq!(packet.body, Body::ConnectError { data: "{\"message\":\"no\"}".into() });

    let (packet, attachments) = decode(EVENT);
    let blob = |num| format!("{{\"_placeholder\":true,\"num\":{num}}}");
    let expected =
        format!("1,-1,-200,70000,5000000000,1.5,null,true,\"é\",[{{\"a\":[]}}],{},{}", blob(0), blob(1));
    assert_eq!(args(&packet), expected);
    assert_eq!(attachments, [&[1, 2][..], &[3]]);
    let Body::Event { name, id, .. } = packet.body else { panic!("no event") };
    assert_eq!((&*name, id), ("e", Some(17)));
}

#[test]
fn dates_are_what_json_makes_of_them() {
    let dates = "\"2023-11-14T22:13:20.123Z\",\"1969-12-31T23:59:59.999Z\",\"1970-01-01T00:00:00.000Z\",\
        \"+275760-09-13T00:00:00.000Z\",null,null,0,9007199254740992,-1099511627776";
    assert_eq!(args(&decode(DATES).0), dates);
    let event = |data: &str| format!("83a47479706502a36e7370a12fa46461746192a164{data}");
    for (data, expected) in [
        ("d6ff6553f100", "\"2023-11-14T22:13:20.000Z\""),
        ("d7ff1d5353006553f100", "\"2023-11-14T22:13:20.123Z\""),
        ("c70cff00000000ffffffff88ca6c00", "\"1906-08-16T20:26:40.000Z\""),
        ("d7007fffffffffffffff", "null"),
    ] {
        assert_eq!(args(&decode(&event(data)).0), expected, "{data}");
    }
}

#[test]
fn what_we_send_is_what_we_would_read() {
    let array = "[0,127,128,255,256,65536,4294967296,-1,-32,-33,-129,-32769,-2147483649,1.5,-0.25,true,null,\"é\\n\",\
        {\"k\":[[]]},{\"_placeholder\":true,\"num\":1},{\"num\":0,\"_placeholder\":true},{\"_placeholder\":false}]";
    let blobs = vec![Bytes::from(vec![7; 300]), Bytes::new()];
    let sent = Args::with_attachments(array, blobs).unwrap();
    let message = msgpack::event(2, "/ns", Some("name"), &sent, Some(1 << 40));
    let (packet, attachments) = msgpack::decode(&message, &Limits::default()).unwrap();
    assert_eq!(packet.namespace, "/ns");
    let blob = |num| format!("{{\"_placeholder\":true,\"num\":{num}}}");
    let expected = array[1..array.len() - 1]
        .replace("{\"_placeholder\":true,\"num\":1}", &blob(0))
        .replace("{\"num\":0,\"_placeholder\":true}", &blob(1));
    assert_eq!(args(&packet), expected);
    assert_eq!(attachments, [Bytes::new(), Bytes::from(vec![7; 300])], "in the order of the text");

    let long = "x".repeat(70_000);
    let sent = Args::from_array(format!("[\"{long}\"]")).unwrap();
    let message = msgpack::event(3, "/", None, &sent, Some(3));
    let (packet, _) = msgpack::decode(&message, &Limits::default()).unwrap();
    assert_eq!(packet.body, Body::Ack { id: 3, args: sent.text().clone(), attachments: 0 });
}

#[test]
fn a_session_speaks_it() {
    let options = Options { parser: Parser::Msgpack, ..Options::default() };
    let mut client = Client::new(Config::default(), options);
    client.dial();
    let hear = |client: &mut Client, hex| client.socket(SocketEvent::Frame(Frame::Binary(bytes(hex))));
    assert_eq!(client.sent(), ["82a47479706500a36e7370a12f"]);
    hear(&mut client, CONNECT);
    assert!(client.connection.state().is_connected());
    hear(&mut client, EVENT);
    let Some(Event::Event { ack: Some(ack), .. }) = client.events().pop() else { panic!("no question") };
    client.connection.acknowledge("/", ack, Args::from_array("[1]").unwrap(), client.now).unwrap();
    assert_eq!(client.sent(), ["84a47479706503a36e7370a12fa2696411a464617461dd0000000101"]);
    client.hear("42[\"text\"]");
    assert_eq!(client.cause().code(), ErrorCode::Protocol);
}

#[test]
fn what_is_malformed_is_refused() {
    for hex in [
        "",
        "c0",
        "80",
        "81a47479706502",
        "83a47479706502a36e7370a12fa46461746190",
        "83a47479706505a36e7370a12fa46461746191a165",
        "83a474797065ffa36e7370a12fa46461746191a165",
        "83a47479706502a36e7370a161a46461746191a165",
        "83a47479706502a36e7370c0a46461746191a165",
        "83a47479706502a36e7370a32f2c61a46461746191a165",
        "83a47479706502a36e7370a12fa46461746191a165c0",
        "83a47479706502a36e7370a12fa46461746191c1",
        "83a47479706502a36e7370a12fa464617461ddffffffffa165",
        "83a47479706502a36e7370a12fa464617461dbffffffff",
        "83a47479706502a36e7370a12fa46461746191a7636f6e6e656374",
        "84a47479706502a36e7370a12fa2696463a46461746191a165ff",
        "84a47479706502a36e7370a12fa26964ffa46461746191a165",
    ] {
        let error = msgpack::decode(&bytes(hex), &Limits::default()).expect_err(hex);
        assert_eq!(error.code(), ErrorCode::Protocol, "{hex}");
    }
    let nested = |depth| {
        let mut hex = String::from("83a47479706502a36e7370a12fa46461746192a165");
        hex.push_str(&"91".repeat(depth));
        hex.push_str("c0");
        msgpack::decode(&bytes(&hex), &Limits::default())
    };
    assert!(nested(127).is_ok());
    assert!(nested(128).is_err());
    assert!(nested(100_000).is_err());
}

#[test]
fn limits_hold() {
    let event = bytes(EVENT);
    for limits in [
        Limits { max_attachments: 1, ..Limits::default() },
        Limits { max_packet_bytes: event.len() - 1, ..Limits::default() },
        Limits { max_depth: 2, ..Limits::default() },
    ] {
        assert!(msgpack::decode(&event, &limits).is_err(), "{limits:?}");
    }
}

#[test]
fn a_packet_cut_or_mutated_anywhere_does_not_panic() {
    let mut rng = fastrand::Rng::with_seed(5);
    for seed in [CONNECT, EVENT, DATES] {
        let whole = bytes(seed);
        for end in 0..whole.len() {
            assert!(msgpack::decode(&whole.slice(..end), &Limits::default()).is_err(), "cut at {end}");
        }
        for _ in 0..3_000 {
            let mut mutated = whole.to_vec();
            for _ in 0..rng.usize(1..4) {
                let at = rng.usize(..mutated.len());
                mutated[at] = rng.u8(..);
            }
            let _ = msgpack::decode(&mutated.into(), &Limits::default());
        }
    }
}
