use rejoin_proto::ErrorCode;

use super::*;
use crate::native::{Proxy, Tls};

fn refusal(url: &str, config: DialConfig) -> String {
    let error = Target::parse(url).and_then(|target| Dialer::new(target, config)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
    error.message().to_owned()
}

fn with_header(name: &str, value: &str) -> DialConfig {
    DialConfig { headers: vec![(name.into(), Secret::new(value.to_owned()))], ..patient() }
}

#[test]
fn a_wrong_url_names_the_field_and_shows_nothing_of_it() {
    for url in [
        "",
        "chat",
        "/chat",
        "http://a.test",
        "ws://",
        "ws://:80",
        "ws://a.test:0",
        "ws://a.test:70000",
        "ws://a.test:x",
        "ws://a test",
        "ws://ä.test",
        "ws://ann:hunter2@a.test",
        "ws://a.test/hunter2#part",
        "ws://[::1",
        "wss://a.test:443:1",
    ] {
        let message = refusal(url, patient());
        assert!(message.starts_with("url: "), "{url}: {message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_url_shows_scheme_host_and_path() {
    for (url, shown) in [
        ("ws://a.test", "ws://a.test/"),
        ("wss://a.test:443/x/?ticket=t", "wss://a.test/x/"),
        ("ws://[::1]:90?ticket=t", "ws://[::1]:90/"),
    ] {
        let target = Target::parse(url).unwrap();
        assert_eq!((target.to_string(), format!("{target:?}")), (shown.to_owned(), shown.to_owned()));
    }
    assert_eq!(Target::parse("ws://[::1]:90?ticket=t").unwrap().path_and_query(), "/?ticket=t");
}

#[test]
fn a_wrong_option_names_its_field() {
    let url = "ws://127.0.0.1";
    for (name, value) in [
        ("bad name", "x"),
        ("X-Ok", "a\r\nX-Forged: b"),
        ("X-Ok", "ä"),
        ("Host", "x"),
        ("sec-websocket-key", "x"),
    ] {
        assert!(refusal(url, with_header(name, value)).starts_with("headers."), "{name}");
    }
    for subprotocols in [vec!["a b".into()], vec![String::new()], vec!["a".into(), "a".into()]] {
        assert!(refusal(url, DialConfig { subprotocols, ..patient() }).starts_with("subprotocols: "));
    }
    let timeouts = StageTimeouts { tls: Duration::ZERO, ..StageTimeouts::default() };
    assert!(refusal(url, DialConfig { timeouts, ..patient() }).starts_with("timeouts.tls: "));
    assert!(
        refusal(url, DialConfig { max_message_bytes: 0, ..patient() }).starts_with("max_message_bytes: ")
    );
}

#[test]
fn a_wrong_proxy_names_its_field() {
    for url in ["a.test:80", "https://a.test", "http://ann:pw@a.test", "http://a.test/path", "socks5://"] {
        assert!(Proxy::new(url).unwrap_err().message().starts_with("proxy: "), "{url}");
    }
    let proxy = || Proxy::new("socks5://a.test").unwrap();
    for (user, password) in [("", "x"), ("x", ""), ("a:b", "x"), (&*"x".repeat(256), "x")] {
        assert!(proxy().credentials(user, Secret::new(password.to_owned())).is_err());
    }
    assert_eq!(
        format!("{:?}", proxy().credentials("ann", Secret::new("pw")).unwrap()),
        "socks5://a.test:1080"
    );
}

#[cfg(not(any(feature = "rustls-ring", feature = "native-tls")))]
#[test]
fn a_build_without_tls_refuses_wss() {
    assert!(refusal("wss://a.test", patient()).contains("rustls-ring"));
}

#[cfg(feature = "rustls-ring")]
#[test]
fn wrong_tls_material_names_its_field() {
    let pin = data_encoding::BASE64.encode(&[7; 32]);
    let other = format!("sha256/{}", data_encoding::BASE64.encode(&[8; 32]));
    let key = || Secret::new("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----");
    for (field, tls) in [
        ("tls.authority: ", Tls::new().authority("nonsense")),
        (
            "tls.authority: ",
            Tls::new().authority("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"),
        ),
        (
            "tls.authority: ",
            Tls::new().authority("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
        ),
        ("tls.client_certificate: ", Tls::new().client_certificate("nonsense", key())),
        ("tls.pin: ", Tls::new().pin(&pin)),
        ("tls.pin: ", Tls::new().pin(&pin).pin(&pin)),
        ("tls.pin: ", Tls::new().pin(&pin).pin("short")),
    ] {
        let message = refusal("wss://a.test", DialConfig { tls, ..patient() });
        assert!(message.starts_with(field) && !message.contains("hunter2"), "{message}");
    }
    let tls = Tls::new().pin(pin).pin(other);
    Dialer::new(Target::parse("wss://a.test").unwrap(), DialConfig { tls, ..patient() }).unwrap();
}

#[tokio::test]
async fn credentials_never_go_in_clear_to_another_machine() {
    let far = "ws://a.test";
    let sends = |allow_insecure| DialConfig { sends_credentials: true, allow_insecure, ..patient() };
    assert!(refusal(far, sends(false)).contains("allow_insecure"));
    assert!(refusal(far, with_header("authorization", "x")).contains("allow_insecure"));
    assert!(refusal(far, with_header("Cookie", "x")).contains("allow_insecure"));
    let allowed = [
        (far, sends(true)),
        ("ws://127.9.9.9", sends(false)),
        ("ws://[::1]", sends(false)),
        ("ws://localhost", sends(false)),
    ];
    for (url, config) in allowed {
        dialer(url, config);
    }
    let error = dialer(far, patient()).dial(Some(Secret::new("t0ken"))).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
}

#[test]
fn nothing_secret_is_shown() {
    let tls = Tls::new().client_certificate("x", Secret::new("hunter2"));
    let config = DialConfig { tls, ..with_header("X-Api-Key", "hunter2") };
    let shown = format!("{:?}", dialer("ws://127.0.0.1/?ticket=hunter2", config));
    assert!(shown.contains("X-Api-Key") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn the_default_deadlines_are_those_of_the_design() {
    let StageTimeouts { dns, tcp, proxy, tls, upgrade } = StageTimeouts::default();
    assert_eq!([dns, tcp, proxy, tls, upgrade].map(|limit| limit.as_secs()), [5, 5, 5, 5, 10]);
}
