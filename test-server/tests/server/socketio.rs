//! Socket.IO, packet by packet: what stands here is what goes over the wire.

use std::time::Duration;

use futures_util::SinkExt;
use rejoin_test_server::{Config, Direction, Fault, Limits, Parser, TestServer};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, http, within};

struct SocketIo(Client);

impl SocketIo {
    async fn connect(server: &TestServer) -> Self {
        let path = "/socket.io/?EIO=4&transport=websocket";
        let mut client = SocketIo(Client::connect(server.addr(), path).await);
        assert!(client.packet().await.starts_with("0{"), "an open packet");
        client.join("40").await;
        client
    }

    /// Connects to a namespace.
    async fn join(&mut self, packet: &str) {
        self.send(packet).await;
        let answer = self.packet().await;
        assert!(answer.starts_with(packet.split('{').next().unwrap()), "{answer}");
        assert!(answer.contains(r#"{"sid":""#), "{answer}");
    }

    async fn send(&mut self, packet: &str) {
        self.0.send(packet).await;
    }

    async fn send_binary(&mut self, bytes: &[u8]) {
        within(self.0.0.send(Message::binary(bytes.to_vec()))).await.unwrap();
    }

    /// The next packet that is no heartbeat.
    async fn packet(&mut self) -> String {
        loop {
            match self.0.text().await.as_str() {
                "2" => self.send("3").await,
                packet => return packet.to_owned(),
            }
        }
    }

    async fn binary(&mut self) -> Vec<u8> {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Binary(bytes) => return bytes.to_vec(),
                Message::Text(ping) if ping == "2" => self.send("3").await,
                other => panic!("an attachment, not {other:?}"),
            }
        }
    }

    async fn expect(&mut self, packet: &str) {
        assert_eq!(self.packet().await, packet);
    }
}

async fn server() -> TestServer {
    TestServer::start(Config::default()).await.unwrap()
}

#[tokio::test]
async fn echo_returns_all_arguments() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    client.send(r#"42["echo",1,"two",{"three":[3]},null]"#).await;
    client.expect(r#"42["echo",1,"two",{"three":[3]},null]"#).await;
    client.send(r#"42["echo"]"#).await;
    client.expect(r#"42["echo"]"#).await;
}

#[tokio::test]
async fn acknowledgements_carry_the_arguments() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    client.send(r#"427["ack","a",{"b":2}]"#).await;
    client.expect(r#"437["a",{"b":2}]"#).await;
    client.send(r#"420["ack"]"#).await;
    client.expect("430[]").await;
    client.send(r#"428["echo",1]"#).await;
    client.expect(r#"42["echo",1]"#).await;
    client.expect("438[1]").await;
}

#[tokio::test]
async fn binary_comes_back_as_binary() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    let args = r#"{"_placeholder":true,"num":0},"x",{"deep":{"_placeholder":true,"num":1}}"#;
    client.send(&format!(r#"452-5["echo",{args}]"#)).await;
    client.send_binary(&[4, 0x1e, 0]).await;
    client.send_binary(&[]).await;
    client.expect(&format!(r#"452-["echo",{args}]"#)).await;
    assert_eq!((client.binary().await, client.binary().await), (vec![4, 0x1e, 0], vec![]));
    client.expect(&format!("462-5[{args}]")).await;
    assert_eq!((client.binary().await, client.binary().await), (vec![4, 0x1e, 0], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broadcasts_keep_their_order() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    for number in 0..200 {
        client.send(&format!(r#"42["broadcast",{number}]"#)).await;
    }
    for number in 0..200 {
        client.expect(&format!(r#"42["broadcast",{number}]"#)).await;
    }
}

#[tokio::test]
async fn broadcast_reaches_everyone_in_the_namespace() {
    let server = server().await;
    let mut one = SocketIo::connect(&server).await;
    let mut two = SocketIo::connect(&server).await;
    two.join("40/chat,").await;
    one.send(r#"42["broadcast","all",1]"#).await;
    one.expect(r#"42["broadcast","all",1]"#).await;
    two.expect(r#"42["broadcast","all",1]"#).await;
    two.send(r#"42/chat,["broadcast","here"]"#).await;
    two.expect(r#"42/chat,["broadcast","here"]"#).await;
    one.send(r#"421["ack"]"#).await;
    one.expect("431[]").await;
}

#[tokio::test]
async fn namespaces_are_fixed_or_made_on_demand() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    for namespace in ["/chat", "/room-7", "/room-blue"] {
        client.join(&format!("40{namespace},")).await;
        client.send(&format!(r#"42{namespace},["echo",1]"#)).await;
        client.expect(&format!(r#"42{namespace},["echo",1]"#)).await;
    }
    client.send("40/nowhere,").await;
    assert!(client.packet().await.starts_with("44/nowhere,"));
}

#[tokio::test]
async fn the_private_namespace_wants_a_token() {
    let config = Config { socketio_tokens: ["open sesame"].into_iter().collect(), ..Config::default() };
    let server = TestServer::start(config).await.unwrap();
    let mut client = SocketIo::connect(&server).await;
    for auth in ["", r#"{"token":"wrong"}"#, r#"{"token":1}"#, "{}"] {
        client.send(&format!("40/private,{auth}")).await;
        client.expect(r#"44/private,{"message":"unauthorized"}"#).await;
    }
    client.join(r#"40/private,{"token":"open sesame"}"#).await;
}

#[tokio::test]
async fn numbered_events_are_counted_and_repeats_are_told() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    for (id, seq, is_new) in [(0, 1, true), (1, 2, true), (2, 2, false)] {
        client.send(&format!(r#"42{id}["numbered",{{"client":"a","seq":{seq},"pad":""}}]"#)).await;
        client.expect(&format!("43{id}[{is_new}]")).await;
    }
    client.send(r#"42["sink",1]"#).await;
    client.send(r#"423["sink",{"_placeholder":true}]"#).await;
    client.expect("433[]").await;
    let stats = server.stats();
    assert_eq!((stats.clients["a"].received, stats.clients["a"].unique), (3, 2));
    assert_eq!((stats.messages, stats.namespaces_connected), (2, 1));
}

#[tokio::test]
async fn ask_reports_the_answer_of_the_client() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    client.send(r#"42["ask","how",1]"#).await;
    let question = client.packet().await;
    let (id, args) = question.strip_prefix("42").unwrap().split_once('[').unwrap();
    assert_eq!(args, r#""question","how",1]"#);
    client.send(&format!(r#"43{id}["well",2]"#)).await;
    client.expect(r#"42["answered","well",2]"#).await;
}

#[tokio::test]
async fn ask_reports_that_there_was_no_answer() {
    let limits = Limits { ack_timeout: Duration::from_millis(20), ..Limits::default() };
    let server = TestServer::start(Config { limits, ..Config::default() }).await.unwrap();
    let mut client = SocketIo::connect(&server).await;
    client.send(r#"42["ask"]"#).await;
    assert!(client.packet().await.contains("question"));
    let report = client.packet().await;
    assert!(report.starts_with(r#"42["answered",null,"#), "{report}");
}

#[tokio::test]
async fn a_source_floods_beyond_the_queue_without_loss() {
    let limits = Limits { max_socketio_queue: 16, ..Limits::default() };
    let server = TestServer::start(Config { limits, ..Config::default() }).await.unwrap();
    let mut client = SocketIo::connect(&server).await;
    client.send(r#"42["source",{"count":2000,"size":3}]"#).await;
    for seq in 1..=2000 {
        client.expect(&format!(r#"42["item",{{"seq":{seq},"pad":"xxx"}}]"#)).await;
    }
}

#[tokio::test]
async fn leave_is_a_disconnect_by_the_server() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    client.join("40/chat,").await;
    client.send(r#"42/chat,["leave"]"#).await;
    client.expect("41/chat,").await;
}

#[tokio::test]
async fn the_server_pings_until_it_is_silenced() {
    let config = Config { ping_interval: Duration::from_millis(30), ..Config::default() };
    let server = TestServer::start(config).await.unwrap();
    let mut client = SocketIo::connect(&server).await;
    while client.0.text().await != "2" {}
    client.send("3").await;
    server.faults().apply(Fault::Silence { for_ms: None }).await.unwrap();
    client.send(r#"42["echo",1]"#).await;
    // A ping may have been under way when the fault struck.
    client.expect(r#"42["echo",1]"#).await;
    client.0.hears_nothing_for(Duration::from_millis(200)).await;
    server.faults().lift_all().await;
}

#[tokio::test]
async fn faults_strike_socketio_too() {
    let server = server().await;
    let mut client = SocketIo::connect(&server).await;
    let freeze = Fault::Freeze { direction: Direction::Both, for_ms: Some(100) };
    server.faults().apply(freeze).await.unwrap();
    client.send(r#"42["echo",1]"#).await;
    client.expect(r#"42["echo",1]"#).await;

    server.faults().apply(Fault::Close { code: 1013, reason: String::new() }).await.unwrap();
    loop {
        match client.0.next().await.unwrap().unwrap() {
            Message::Close(Some(frame)) => return assert_eq!(u16::from(frame.code), 1013),
            Message::Text(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_restart_forgets_sessions() {
    let server = server().await;
    let client = SocketIo::connect(&server).await;
    server.restart(Duration::ZERO).await;
    assert!(client.0.end_of_bytes().await.is_ok());
    SocketIo::connect(&server).await;
}

#[tokio::test]
async fn packets_can_be_message_pack() {
    let config = Config { socketio_parser: Parser::MessagePack, ..Config::default() };
    let server = TestServer::start(config).await.unwrap();
    let path = "/socket.io/?EIO=4&transport=websocket";
    let mut client = SocketIo(Client::connect(server.addr(), path).await);
    assert!(client.packet().await.starts_with("0{"));
    // {"type":0,"nsp":"/"}
    client.send_binary(b"\x82\xa4type\x00\xa3nsp\xa1/").await;
    while client.0.next().await.unwrap().unwrap().is_text() {}
    // {"type":2,"nsp":"/","data":["echo",<bin 1,2>],"id":3}
    client.send_binary(b"\x84\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa4echo\xc4\x02\x01\x02\xa2id\x03").await;
    let event = client.binary().await;
    assert!(event.windows(4).any(|w| w == b"\xc4\x02\x01\x02"), "{event:x?}");
    let ack = client.binary().await;
    assert!(ack.windows(6).any(|w| w == b"\xa4type\x03"), "{ack:x?}");
}

#[tokio::test]
async fn polling_is_served_and_suffers_faults_like_the_rest() {
    let server = server().await;
    let path = "/socket.io/?EIO=4&transport=polling";
    let (status, answer) = http(server.addr(), "GET", path, "").await;
    assert_eq!(status, 200);
    assert!(answer.contains(r#"0{"sid":""#), "{answer}");
    let fault = Fault::HttpStatus { status: 503, retry_after: None, times: Some(1) };
    server.faults().apply(fault).await.unwrap();
    assert_eq!(http(server.addr(), "GET", path, "").await.0, 503);
}
