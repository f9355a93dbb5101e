use rejoin_proto::ErrorCode;

use super::*;
use crate::native::Proxy;

fn through(proxy: Proxy) -> Dialer {
    // The proxy resolves the name: our own resolver has nothing to say.
    let resolver = Scripted::new(vec![]);
    dialer("ws://chat.test:8080/", DialConfig { proxy: Some(proxy), resolver, ..patient() })
}

fn credentials() -> (&'static str, Secret) {
    ("ann", Secret::new("s3cret"))
}

async fn serve_websocket(mut stream: TcpStream) -> io::Result<()> {
    let request = read_request(&mut stream).await?;
    assert_eq!(header(&request, "Host"), Some("chat.test:8080"));
    stream.write_all(&fill_accept(switching("").as_bytes(), &request)).await?;
    park(stream).await
}

async fn http_proxy(answer: &'static str) -> u16 {
    peer(move |mut stream| async move {
        let request = read_request(&mut stream).await?;
        let right = request.starts_with("CONNECT chat.test:8080 HTTP/1.1\r\n")
            && header(&request, "Proxy-Authorization") == Some("Basic YW5uOnMzY3JldA==");
        stream.write_all(if right { answer.as_bytes() } else { b"HTTP/1.1 407 No\r\n\r\n" }).await?;
        serve_websocket(stream).await
    })
    .await
}

#[tokio::test]
async fn http_connect_opens_a_tunnel() {
    let port = http_proxy("HTTP/1.1 200 Connection established\r\n\r\n").await;
    let proxy = Proxy::new(&format!("http://127.0.0.1:{port}")).unwrap();
    let (user, password) = credentials();
    through(proxy.clone().credentials(user, password).unwrap()).dial(None).await.unwrap();
    let error = through(proxy).dial(None).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (ErrorCode::Proxy, Some(407)));
}

#[tokio::test]
async fn what_an_http_proxy_refuses_is_typed() {
    let injected = "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Forged\r\n\r\n";
    for answer in ["HTTP/1.1 502 Bad gateway\r\n\r\n", "nonsense\r\n\r\n", injected] {
        let port = http_proxy(answer).await;
        let (user, password) = credentials();
        let proxy =
            Proxy::new(&format!("http://127.0.0.1:{port}")).unwrap().credentials(user, password).unwrap();
        let error = through(proxy).dial(None).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Proxy, "{answer}");
        assert!(!error.to_string().contains("s3cret"));
    }
}

#[tokio::test]
async fn socks5_opens_a_tunnel_with_credentials() {
    let port = peer(|mut stream| async move {
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).await?;
        let mut methods = vec![0; greeting[1].into()];
        stream.read_exact(&mut methods).await?;
        assert!(methods.contains(&2));
        stream.write_all(&[5, 2]).await?;
        let mut login = [0; 12];
        stream.read_exact(&mut login).await?;
        assert_eq!(&login, b"\x01\x03ann\x06s3cret");
        stream.write_all(&[1, 0]).await?;
        let mut request = [0; 16];
        stream.read_exact(&mut request).await?;
        assert_eq!(&request, b"\x05\x01\x00\x03\x09chat.test\x1f\x90");
        stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).await?;
        serve_websocket(stream).await
    })
    .await;
    let (user, password) = credentials();
    let proxy =
        Proxy::new(&format!("socks5://127.0.0.1:{port}")).unwrap().credentials(user, password).unwrap();
    through(proxy).dial(None).await.unwrap();
}

#[tokio::test]
async fn a_socks5_proxy_that_refuses_or_stalls_is_typed() {
    let refusing = peer(|mut stream| async move {
        stream.read_exact(&mut [0; 3]).await?;
        stream.write_all(&[5, 0xff]).await
    })
    .await;
    let stalling = peer(park).await;
    for port in [refusing, stalling] {
        let timeouts = StageTimeouts { proxy: SHORT, ..patient().timeouts };
        let proxy = Some(Proxy::new(&format!("socks5://127.0.0.1:{port}")).unwrap());
        let error = dialer("ws://chat.test", DialConfig { proxy, timeouts, ..patient() }).dial(None).await;
        assert_eq!(error.unwrap_err().code(), ErrorCode::Proxy);
    }
}
