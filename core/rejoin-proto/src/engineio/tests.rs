use core::time::Duration;

use bytes::Bytes;

use super::*;
use crate::{ErrorCode, Frame};

#[test]
fn packets_are_told_apart() {
    let decode = |text: &'static str| Packet::decode(&text.into());
    assert_eq!(decode("0{}"), Ok(Packet::Open("{}".into())));
    assert_eq!(decode("1"), Ok(Packet::Close));
    assert_eq!(decode("2"), Ok(Packet::Ping));
    assert_eq!(decode("3probe"), Ok(Packet::Pong));
    assert_eq!(decode("4é\u{1e}"), Ok(Packet::Message("é\u{1e}".into())));
    assert_eq!(decode("5"), Ok(Packet::Upgrade));
    assert_eq!(decode("6"), Ok(Packet::Noop));
    for bad in ["", "7", "é", "b", " "] {
        assert_eq!(decode(bad).unwrap_err().code(), ErrorCode::Protocol, "{bad}");
    }
}

#[test]
fn the_handshake_is_read_leniently() {
    let open = Open::decode(
        r#"{"sid":"a\u0062","upgrades":["websocket",1],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000,"new":{}}"#,
    )
    .unwrap();
    assert_eq!(open.sid, "ab");
    assert_eq!(open.upgrades, ["websocket"]);
    assert_eq!(open.ping_interval, Duration::from_millis(300));
    assert_eq!(open.ping_timeout, Duration::from_millis(200));
    assert_eq!(open.max_payload, Some(1_000_000));

    let open = Open::decode(r#"{"sid":7,"pingInterval":0,"pingTimeout":"x"}"#).unwrap();
    assert_eq!(open.sid, "");
    assert_eq!(open.ping_interval, Duration::from_secs(25));
    assert_eq!(open.ping_timeout, Duration::from_secs(20));
    assert_eq!(open.max_payload, None);

    for bad in ["", "[]", "{", "\"sid\"", "null"] {
        assert_eq!(Open::decode(bad).unwrap_err().code(), ErrorCode::Protocol, "{bad}");
    }
}

#[test]
fn payloads_round_trip() {
    let frames = [
        Frame::Text("4hello".into()),
        Frame::Binary(Bytes::from_static(&[0x1e, 0x34, 0xff])),
        Frame::Binary(Bytes::new()),
        Frame::Text("2".into()),
    ];
    let mut body = String::new();
    for frame in &frames {
        let before = body.len();
        payload::encode(frame, &mut body);
        assert!(body.len() - before <= payload::encoded_len(frame));
    }
    assert_eq!(body, "4hello\u{1e}bHjT/\u{1e}b\u{1e}2");
    assert_eq!(payload::decode(&body.into(), 4).unwrap(), frames);
}

#[test]
fn an_unknown_session_is_opened_anew_and_other_refusals_mean_what_they_say() {
    let code = |status, in_session| refusal(status, None, in_session).code();
    assert_eq!(code(400, true), ErrorCode::TransportClosed);
    assert_eq!(code(400, false), ErrorCode::Config);
    assert_eq!(code(401, true), ErrorCode::Auth);
    let delay = Duration::from_secs(7);
    assert_eq!(refusal(503, Some(delay), false).retry_after(), Some(delay));
}

#[test]
fn payloads_are_bounded() {
    let body = ["2"; 11].join("\u{1e}");
    assert!(payload::decode(&body.as_str().into(), 11).is_ok());
    for bad in [&body, "b?", "", "2\u{1e}", "2\u{1e}\u{1e}2"] {
        assert_eq!(payload::decode(&bad.into(), 10).unwrap_err().code(), ErrorCode::Protocol, "{bad}");
    }
}
