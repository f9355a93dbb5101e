use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use rejoin_proto::ErrorCode;
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;
use crate::native::happy_eyeballs;
use crate::native::resolver::{SystemResolver, THREADS};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const STAGE: Duration = Duration::from_secs(5);

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

#[tokio::test]
async fn fault_01_a_name_without_addresses_is_typed_and_not_remembered() {
    let port = answering(switching("")).await;
    let unknown = || Err(io::Error::other("no such name"));
    let resolver = Scripted::new(vec![unknown(), Ok(vec![]), Ok(vec![V4])]);
    let dialer = dialer(&format!("ws://chat.test:{port}"), DialConfig { resolver, ..patient() });
    for _ in 0..2 {
        let error = dialer.dial(None).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Dns);
        assert!(error.message().contains("chat.test"), "{error}");
    }
    dialer.dial(None).await.unwrap();
}

#[tokio::test]
async fn fault_02_a_resolver_that_never_answers_is_bounded() {
    let timeouts = StageTimeouts { dns: SHORT, ..patient().timeouts };
    let config = DialConfig { resolver: Scripted::new(vec![]), timeouts, ..patient() };
    let error = dialer("ws://chat.test", config).dial(None).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectTimeout);
    assert!(error.message().starts_with("dns:"), "{error}");
}

#[tokio::test]
async fn fault_02_the_system_resolver_uses_two_threads_at_most() {
    let stuck = THREADS.acquire_many(2).await.unwrap();
    let mut resolving = SystemResolver.resolve("127.0.0.1");
    assert_eq!(THREADS.available_permits(), 0);
    assert!((&mut resolving).now_or_never().is_none());
    drop(stuck);
    assert_eq!(resolving.await.unwrap(), [V4]);
}

#[tokio::test(start_paused = true)]
async fn fault_03_a_broken_ipv6_costs_one_stagger() {
    let start = Instant::now();
    let open = |address: SocketAddr| async move {
        if address.is_ipv6() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
        Ok::<_, io::Error>(address.ip())
    };
    let winner = happy_eyeballs::connect(vec![V6, V6, V4], 80, STAGE, open).await.unwrap();
    assert_eq!((winner, start.elapsed()), (V4, Duration::from_millis(290)));
}

#[tokio::test]
async fn fault_04_each_attempt_resolves_again() {
    let before = TcpListener::bind((V4, 0)).await.unwrap();
    let port = before.local_addr().unwrap().port();
    let moved = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    let after = TcpListener::bind((moved, port)).await.unwrap();
    let resolver = Scripted::new(vec![Ok(vec![V4]), Ok(vec![moved])]);
    let timeouts = StageTimeouts { upgrade: SHORT, ..patient().timeouts };
    let dialer = dialer(&format!("ws://chat.test:{port}"), DialConfig { resolver, timeouts, ..patient() });
    for listener in [before, after] {
        dialer.dial(None).await.unwrap_err();
        listener.accept().now_or_never().unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn fault_05_a_refusal_starts_the_next_address_at_once() {
    let start = Instant::now();
    let open = |address: SocketAddr| async move { if address.is_ipv6() { Err(refused()) } else { Ok(()) } };
    happy_eyeballs::connect(vec![V6, V4], 80, STAGE, open).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn fault_05_a_refused_attempt_fails_at_once() {
    let listener = TcpListener::bind((V4, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(dial(port).await.unwrap_err().code(), ErrorCode::Refused);
}

#[tokio::test(start_paused = true)]
async fn fault_06_an_address_that_never_answers_keeps_to_its_deadline() {
    let start = Instant::now();
    let black_hole = |_: SocketAddr| std::future::pending::<io::Result<()>>();
    let error = happy_eyeballs::connect(vec![V6, V4], 80, STAGE, black_hole).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectTimeout);
    assert!(error.message().starts_with("tcp "), "{error}");
    assert_eq!(start.elapsed(), STAGE + Duration::from_millis(250));
}

#[tokio::test(start_paused = true)]
async fn fault_06_a_refusal_says_more_than_a_missing_route() {
    let open = |address: SocketAddr| async move {
        Err::<(), _>(if address.is_ipv6() { io::ErrorKind::NetworkUnreachable.into() } else { refused() })
    };
    for addresses in [vec![V6, V4], vec![V4, V6]] {
        let error = happy_eyeballs::connect(addresses, 80, STAGE, open).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Refused);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_with_a_thousand_addresses_tries_sixteen() {
    let tried = Arc::new(Mutex::new(0));
    let open = |_: SocketAddr| {
        *tried.lock().unwrap() += 1;
        async { Err::<(), _>(refused()) }
    };
    happy_eyeballs::connect(vec![V4; 1000], 80, STAGE, open).await.unwrap_err();
    assert_eq!(*tried.lock().unwrap(), 16);
}

#[tokio::test]
async fn fault_07_a_reset_ends_the_stream_with_an_error() {
    let port = peer(|mut stream| async move {
        let request = read_request(&mut stream).await?;
        stream.write_all(&fill_accept(switching("").as_bytes(), &request)).await?;
        read_request(&mut stream).await?;
        SockRef::from(&stream).set_linger(Some(Duration::ZERO))
    })
    .await;
    let mut link = dial(port).await.unwrap();
    let before = link.socket.transport().written();
    link.socket.transport_mut().write_all(b"go\r\n\r\n").await.unwrap();
    assert_eq!(link.socket.transport().written() - before, 6);
    assert!(poll_fn(|cx| link.socket.poll_next(cx)).await.is_err());
}
