use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use rejoin_proto::ErrorCode;
use rejoin_proto::Frame;
use tokio::io::ReadBuf;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::*;
use crate::native::frames::Received;
use crate::native::stage;
use crate::native::upgrade::{Answer, Identity, upgrade};

async fn refusal(answer: &str) -> Error {
    dial(answering(answer).await).await.unwrap_err()
}

fn status(status: &str) -> String {
    format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n")
}

#[tokio::test]
async fn faults_15_to_19_each_status_has_its_code() {
    for (code, statuses) in [
        (ErrorCode::Auth, &["401"][..]),
        (ErrorCode::Forbidden, &["403"]),
        (ErrorCode::Config, &["400", "404", "426", "501", "410", "418"]),
        (ErrorCode::Busy, &["408", "425", "429", "503"]),
        (ErrorCode::ServerError, &["500", "502", "504", "599"]),
        (ErrorCode::Redirect, &["300", "301", "302", "303", "307", "308"]),
        (ErrorCode::UpgradeRefused, &["200", "204"]),
        (ErrorCode::CaptivePortal, &["511"]),
        (ErrorCode::Proxy, &["407"]),
        (ErrorCode::Protocol, &["999"]),
    ] {
        for number in statuses {
            let error = refusal(&status(number)).await;
            assert_eq!((error.code(), error.status()), (code, number.parse().ok()), "{number}");
        }
    }
}

#[tokio::test]
async fn fault_18_retry_after_is_passed_on() {
    for (value, expected) in [("7", Some(7)), ("Thu, 01 Jan 1970 00:01:00 GMT", Some(50)), ("-1", None)] {
        let port = answering(format!("HTTP/1.1 503 Busy\r\nRetry-After: {value}\r\n\r\n")).await;
        let wall_clock = || std::time::UNIX_EPOCH + Duration::from_secs(10);
        let error = dial_with(port, DialConfig { wall_clock, ..patient() }).await.unwrap_err();
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs), "{value}");
    }
}

#[tokio::test]
async fn fault_20_a_redirect_is_not_followed_and_shows_no_query() {
    let error = refusal("HTTP/1.1 302 Found\r\nLocation: https://sso.test/login?back=t0ken\r\n\r\n").await;
    assert_eq!(error.message(), "HTTP 302 instead of the upgrade: a redirect to https://sso.test/login");
}

#[tokio::test]
async fn fault_21_a_web_page_is_a_captive_portal() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n  <!doctype html>",
        "HTTP/1.1 200 OK\r\n\r\n\r\n<html>",
    ] {
        assert_eq!(refusal(answer).await.code(), ErrorCode::CaptivePortal, "{answer}");
    }
}

#[tokio::test]
async fn fault_21_a_page_without_end_is_read_no_further_than_needed() {
    let blank = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 1 << 20]].concat();
    assert_eq!(dial(answering(blank).await).await.unwrap_err().code(), ErrorCode::UpgradeRefused);
}

#[tokio::test]
async fn fault_22_a_stripped_upgrade_is_refused() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}";
    assert_eq!(refusal(answer).await.code(), ErrorCode::UpgradeRefused);
}

#[tokio::test]
async fn fault_23_connection_is_a_list_of_tokens() {
    for connection in
        ["keep-alive, Upgrade", "UPGRADE", "upgrade,keep-alive", "keep-alive\r\nConnection: upgrade"]
    {
        let answer = switching("").replace("Connection: Upgrade", &format!("Connection: {connection}"));
        dial(answering(answer).await).await.unwrap();
    }
}

#[tokio::test]
async fn fault_24_a_wrong_101_is_a_violation() {
    let right = switching("");
    for answer in [
        right.replace("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        right.replace("Sec-WebSocket-Accept: {accept}\r\n", ""),
        right.replace("Upgrade: websocket\r\n", ""),
        right.replace("Upgrade: websocket", "Upgrade: h2c"),
        right.replace("Connection: Upgrade", "Connection: keep-alive"),
        switching("Sec-WebSocket-Accept: x\r\n"),
        switching("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
        switching("Sec-WebSocket-Protocol: chat\r\n"),
    ] {
        let error = refusal(&answer).await;
        assert_eq!((error.code(), error.close_code()), (ErrorCode::Protocol, Some(1002)), "{answer}");
    }
}

#[tokio::test]
async fn a_subprotocol_is_one_of_those_offered() {
    let offer = || DialConfig { subprotocols: vec!["v2".into(), "v1".into()], ..patient() };
    for (chosen, accepted) in [("v1", true), ("v3", false), ("v1, v2", false)] {
        let port = answering(switching(&format!("Sec-WebSocket-Protocol: {chosen}\r\n"))).await;
        let link = dial_with(port, offer()).await;
        assert_eq!(link.ok().and_then(|link| link.subprotocol).as_deref(), accepted.then_some(chosen));
    }
    assert_eq!(dial_with(answering(switching("")).await, offer()).await.unwrap().subprotocol, None);
}

#[tokio::test]
async fn the_request_carries_token_headers_and_subprotocols() {
    let (seen, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let port = peer(move |mut stream| {
        let seen = seen.clone();
        async move { seen.send(read_request(&mut stream).await?).map_err(io::Error::other) }
    })
    .await;
    let headers = [("X-App", "demo"), ("authorization", "Basic old")];
    let headers = headers.map(|(name, value)| (name.to_owned(), Secret::new(value))).to_vec();
    let subprotocols = vec!["v2".into(), "v1".into()];
    dial_with(port, DialConfig { headers, subprotocols, ..patient() }).await.unwrap_err();
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("GET /chat?ticket=t1cket HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(&request, "Host"), Some(&*format!("127.0.0.1:{port}")));
    assert_eq!(header(&request, "X-App"), Some("demo"));
    assert_eq!(header(&request, "Sec-WebSocket-Protocol"), Some("v2, v1"));
    assert_eq!(header(&request, "Authorization"), Some("Bearer t0ken"));
    assert!(!request.contains("Basic old"));
}

#[tokio::test]
async fn no_failure_shows_the_token() {
    let echoing = peer(|mut stream| async move {
        let request = read_request(&mut stream).await?;
        let echo = request.replace("GET ", "HTTP/1.1 400 t0ken ");
        stream.write_all(echo.as_bytes()).await
    })
    .await;
    let answers = [
        "HTTP/1.1 401 t0ken\r\nWWW-Authenticate: t0ken\r\n\r\nt0ken",
        "t0ken\r\n\r\n",
        "HTTP/1.1 200 t0ken\r\n\r\nt0ken",
    ];
    let mut ports = vec![echoing];
    for answer in answers {
        ports.push(answering(answer).await);
    }
    for port in ports {
        let error = dial(port).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("t0ken") && !shown.contains("t1cket"), "{shown}");
    }
    let forged = Secret::new("t0ken\r\nX-Forged: yes");
    let error = dialer("ws://127.0.0.1:1", patient()).dial(Some(forged)).await.unwrap_err();
    assert!(!error.to_string().contains("t0ken"));
}

#[tokio::test]
async fn fault_25_a_dripping_answer_meets_the_deadline() {
    let port = peer(|mut stream| async move {
        for byte in switching("").bytes().cycle() {
            stream.write_all(&[byte]).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    })
    .await;
    let timeouts = StageTimeouts { upgrade: SHORT, ..patient().timeouts };
    let error = dial_with(port, DialConfig { timeouts, ..patient() }).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectTimeout);
    assert!(error.message().starts_with("upgrade:"), "{error}");
}

#[tokio::test]
async fn fault_25_a_head_without_end_is_cut_off() {
    let many = "X: y\r\n".repeat(200);
    for headers in [format!("X-Long: {}\r\n", "x".repeat(1 << 20)), many] {
        assert_eq!(refusal(&switching(&headers)).await.code(), ErrorCode::Protocol);
    }
    let early = "HTTP/1.1 103 Early Hints\r\n\r\n";
    dial(answering(early.repeat(3) + &switching("")).await).await.unwrap();
    assert_eq!(refusal(&early.repeat(1000)).await.code(), ErrorCode::Protocol);
}

#[tokio::test]
async fn an_answer_that_ends_early_is_a_broken_connection() {
    for answer in ["", "HTTP/1.1 101 Swi"] {
        let port = peer(move |mut stream| async move {
            read_request(&mut stream).await?;
            stream.write_all(answer.as_bytes()).await
        })
        .await;
        assert_eq!(dial(port).await.unwrap_err().code(), ErrorCode::Network);
    }
}

/// Answers a request with given bytes in two reads, then stays silent.
struct Split {
    request: Vec<u8>,
    answer: Vec<u8>,
    at: usize,
    given: usize,
}

impl AsyncRead for Split {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let request = String::from_utf8_lossy(&this.request).into_owned();
        let answer = fill_accept(&this.answer, &request);
        let end = if this.given < this.at { this.at } else { answer.len() };
        let end = end.min(this.given + out.remaining()).min(answer.len());
        if end == this.given {
            return Poll::Pending;
        }
        out.put_slice(&answer[this.given..end]);
        this.given = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Split {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.request.extend(data);
        Poll::Ready(Ok(data.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn fault_26_frames_behind_the_101_survive_a_split_at_every_byte() {
    let answer = [switching("").as_bytes(), b"\x81\x03one\x01\x02tw\x80\x01o\x82\x03\x00\x01\x02"].concat();
    // The filled answer is longer than its template by 28 - 8 bytes: the accept key for its marker.
    for at in 1..answer.len() + 20 {
        let mut stream = Split { request: Vec::new(), answer: answer.clone(), at, given: 0 };
        let target = Target::parse("ws://127.0.0.1").unwrap();
        let config = patient();
        let upgrading = upgrade(&mut stream, &target, &config, Identity::default(), false);
        let Answer::Upgraded(upgraded) = stage::within("upgrade", PATIENCE, upgrading).await.unwrap() else {
            panic!("a 101 leads nowhere else");
        };
        let socket = WebSocketStream::from_partially_read(stream, upgraded.rest, Role::Client, None).await;
        let messages: Vec<_> = socket.take(3).map(Result::unwrap).collect().await;
        assert_eq!(
            messages,
            [Message::text("one"), Message::text("two"), Message::binary(vec![0, 1, 2])],
            "{at}"
        );
    }
}

#[tokio::test]
async fn fault_26_frames_in_the_same_packet_reach_the_link() {
    let port = answering(switching("") + "\u{1}").await;
    drop(dial(port).await.unwrap());
    let answer = [switching("").as_bytes(), b"\x81\x05hello"].concat();
    let mut link = dial(answering(answer).await).await.unwrap();
    let message = poll_fn(|cx| link.socket.poll_next(cx)).await.unwrap();
    assert!(matches!(message, Received::Frame(Frame::Text(text)) if text == "hello"));
}
