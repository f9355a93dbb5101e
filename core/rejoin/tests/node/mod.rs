//! Node's `socket.io` and `ws`, each in a process of its own: see `tests/peers`.
#![allow(dead_code, reason = "each test program uses its part")]

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/peers/");

/// A server that ends with this value.
pub(crate) struct NodeServer {
    process: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl NodeServer {
    /// Starts `socket.io` with the options that `tests/peers/README.md` tells of.
    pub(crate) async fn start(options: Value) -> Self {
        Self::run("socketio-server.mjs", options).await
    }

    /// Starts `ws`.
    pub(crate) async fn websocket(options: Value) -> Self {
        Self::run("ws-server.mjs", options).await
    }

    async fn run(program: &str, options: Value) -> Self {
        let mut command = Command::new("node");
        command.arg(format!("{PEERS}{program}")).arg(options.to_string()).kill_on_drop(true);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is needed: `cargo xtask tools node`");
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut server = Self { process, commands, answers, port: 0 };
        let listening = server.answer().await["listening"].as_u64();
        server.port =
            u16::try_from(listening.expect("`npm ci` in tests/peers installs what it needs")).unwrap();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn addr(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Gives commands that the server carries out with nothing between them; the answers in order.
    pub(crate) async fn commands(&mut self, commands: &[Value]) -> Vec<Value> {
        let lines: String = commands.iter().map(|command| format!("{command}\n")).collect();
        self.commands.write_all(lines.as_bytes()).await.unwrap();
        let mut answers = Vec::new();
        for command in commands {
            let mut answer = self.answer().await;
            assert!(answer.get("error").is_none(), "{command} was answered by {answer}");
            answers.push(answer["ok"].take());
        }
        answers
    }

    pub(crate) async fn broadcast(&mut self, name: &str, args: Value) {
        self.commands(&[broadcast(name, args)]).await;
    }

    /// Ends every transport, as a failing network does.
    pub(crate) async fn cut(&mut self) {
        self.commands(&[CUT.parse().unwrap()]).await;
    }

    /// Ends every transport, and emits events before any client can be back.
    pub(crate) async fn cut_and_broadcast(&mut self, name: &str, args: &[Value]) {
        let mut commands = vec![CUT.parse().unwrap()];
        commands.extend(args.iter().map(|args| broadcast(name, args.clone())));
        self.commands(&commands).await;
    }

    pub(crate) async fn stats(&mut self) -> Value {
        self.commands(&[json!({"op": "stats"})]).await.remove(0)
    }

    /// Ends it at once, as a crash does.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    async fn answer(&mut self) -> Value {
        let line = self.answers.next_line().await.unwrap().expect("the server ended");
        serde_json::from_str(&line).unwrap()
    }
}

const CUT: &str = r#"{"op":"disconnect_all"}"#;

fn broadcast(name: &str, args: Value) -> Value {
    json!({"op": "broadcast", "name": name, "args": args})
}
