//! `cargo demo --url` as a user of it runs it: against a server that pings no more often than servers usually do.
#![allow(missing_docs, reason = "a test")]

use std::process::Command;

use rejoin_test_server::{Config, TestServer};

#[tokio::test]
async fn nothing_is_lost_on_the_way_to_a_server_of_the_users() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_rejoin-demo"));
    demo.args(["--url", &server.socketio_url()]);
    let output = tokio::task::spawn_blocking(move || demo.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let account = said.lines().last().unwrap();
    assert!(account.contains("· lost 0 ·"), "{account}");
    let seen = server.stats().clients["demo"];
    assert!(
        account.starts_with(&format!("sent {0} · acknowledged {0} ", seen.unique)),
        "{account}: {seen:?}"
    );
    assert_eq!(seen.high, seen.unique);
}
