use rejoin_proto::Error;

/// The default path of Engine.IO, with its slash.
pub(super) const DEFAULT_PATH: &str = "/socket.io/";

/// The URL of the Engine.IO endpoint at `url`, whose own path must be none or `path`, for a transport by its name.
pub(super) fn endpoint(url: &str, path: &str, transport: &str) -> Result<String, Error> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return Err(Error::invalid("url", "must begin with http://, https://, ws:// or wss://")),
    };
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return Err(Error::invalid("path", "must begin with `/` and have no query"));
    }
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, own_path) = base.split_at(base.find('/').unwrap_or(base.len()));
    if !own_path.trim_matches('/').is_empty() && own_path.trim_end_matches('/') != path.trim_end_matches('/')
    {
        return Err(Error::invalid(
            "url",
            "has a path: set `path` for that of Engine.IO, and connect a namespace by its name",
        ));
    }
    let query = if query.is_empty() { String::new() } else { format!("{query}&") };
    Ok(format!("{scheme}://{authority}{path}?{query}EIO=4&transport={transport}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let of = |url| endpoint(url, DEFAULT_PATH, "websocket").ok();
        let expected = Some("ws://a:1/socket.io/?EIO=4&transport=websocket".to_owned());
        for url in ["http://a:1", "ws://a:1", "http://a:1/", "HTTP://a:1/socket.io/", "ws://a:1/socket.io"] {
            assert_eq!(of(url), expected, "{url}");
        }
        assert_eq!(of("https://a?b=c").as_deref(), Some("wss://a/socket.io/?b=c&EIO=4&transport=websocket"));
        for url in ["a:1", "ftp://a", "http://a/chat"] {
            assert_eq!(of(url), None, "{url}");
        }
        assert!(endpoint("http://a", "x", "polling").is_err());
    }
}
