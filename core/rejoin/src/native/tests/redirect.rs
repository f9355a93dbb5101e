use rejoin_proto::ErrorCode;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;

use super::tls::{Authority, Leaf, authority, today, trusting};
use super::*;

/// A server on `chat.test` that leads each request for `/chat` to `location`, where `{port}` is its own, and accepts others.
async fn leading_to(authority: &Authority, location: &str) -> (u16, UnboundedReceiver<String>) {
    let (seen, requests) = unbounded_channel();
    let acceptor = TlsAcceptor::from(Arc::new(Leaf::new(authority, "chat.test").server_config()));
    let location = location.to_owned();
    let port = peer(move |stream| {
        let (acceptor, seen, location) = (acceptor.clone(), seen.clone(), location.clone());
        async move {
            let port = stream.local_addr()?.port().to_string();
            let mut stream = acceptor.accept(stream).await?;
            let request = read_request(&mut stream).await?;
            let answer = if request.starts_with("GET /chat") {
                format!("HTTP/1.1 307 Moved\r\nLocation: {}\r\n\r\n", location.replace("{port}", &port))
            } else {
                switching("")
            };
            seen.send(request.clone()).map_err(io::Error::other)?;
            stream.write_all(&fill_accept(answer.as_bytes(), &request)).await?;
            stream.flush().await?;
            park(stream).await
        }
    })
    .await;
    (port, requests)
}

async fn follow(authority: &Authority, port: u16) -> Result<Link, Error> {
    let headers = vec![("X-Key".to_owned(), Secret::new("k3y"))];
    let config = DialConfig {
        tls: trusting(authority),
        wall_clock: today,
        follow_redirect: true,
        headers,
        ..patient()
    };
    dialer(&format!("wss://chat.test:{port}/chat"), config).dial(Some(Secret::new("t0ken"))).await
}

#[tokio::test]
async fn fault_20_one_hop_on_the_same_origin_keeps_the_credentials() {
    let authority = authority();
    for location in ["/new?x=1", "https://chat.test:{port}/new?x=1", "wss://CHAT.test:{port}/new?x=1"] {
        let (port, mut requests) = leading_to(&authority, location).await;
        follow(&authority, port).await.unwrap();
        assert!(requests.recv().await.unwrap().starts_with("GET /chat "));
        let second = requests.recv().await.unwrap();
        assert!(second.starts_with("GET /new?x=1 "), "{location}: {second}");
        assert_eq!(header(&second, "Authorization"), Some("Bearer t0ken"), "{location}");
        assert_eq!(header(&second, "X-Key"), Some("k3y"), "{location}");
    }
}

#[tokio::test]
async fn fault_20_another_port_gets_no_credentials() {
    let authority = authority();
    let (other, mut requests) = leading_to(&authority, "/nowhere").await;
    let (port, _first) = leading_to(&authority, &format!("wss://chat.test:{other}/new")).await;
    follow(&authority, port).await.unwrap();
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("GET /new "), "{request}");
    assert_eq!((header(&request, "Authorization"), header(&request, "X-Key")), (None, None));
}

#[tokio::test]
async fn fault_20_other_hosts_plain_schemes_and_second_hops_are_not_followed() {
    let authority = authority();
    for location in [
        "https://other.test:{port}/new",
        "ws://chat.test:{port}/new",
        "http://chat.test/new",
        "//chat.test/new",
        "/chat/2",
        "",
    ] {
        let (port, mut requests) = leading_to(&authority, location).await;
        assert_eq!(follow(&authority, port).await.unwrap_err().code(), ErrorCode::Redirect, "{location}");
        let asked = usize::from(location == "/chat/2") + 1;
        for _ in 0..asked {
            requests.try_recv().unwrap();
        }
        assert!(requests.try_recv().is_err(), "{location}: asked more than {asked} times");
    }
}
