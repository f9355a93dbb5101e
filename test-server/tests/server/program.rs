//! The server as a program.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Client, within};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rejoin-test-server"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

fn program(arguments: &[&str]) -> Child {
    command(arguments).spawn().unwrap()
}

#[tokio::test]
async fn it_tells_where_it_listens() {
    let mut child = program(&["--listen", "127.0.0.1:0"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&within(lines.next_line()).await.unwrap().unwrap()).unwrap();
    assert!(line["control"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let mut client = Client::connect(line["listening"].as_str().unwrap().parse().unwrap(), "/ws").await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn it_refuses_a_control_port_that_others_can_reach() {
    let child = program(&["--control", "0.0.0.0:0"]);
    let output = within(child.wait_with_output()).await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("loopback"));
}

#[tokio::test]
async fn it_ends_with_whoever_holds_its_standard_input() {
    let mut command = command(&["--until-stdin-closes"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    within(lines.next_line()).await.unwrap().unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(child.stdin.take());
    assert!(within(child.wait()).await.unwrap().success());
}
