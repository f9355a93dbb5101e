use core::fmt;
use core::time::Duration;

use bytestring::ByteString;

/// The longest text from outside (a close reason, a server's message) that an error keeps, in bytes.
pub const MAX_FOREIGN_TEXT: usize = 123;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident, $code:literal, $retryable:literal, $remedy:literal;)*) => {
        /// What went wrong, as a code that is the same in every language and never changes.
        ///
        /// New codes may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code, in snake case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Whether the same call or connection may succeed later without a change by the application.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)* }
            }

            /// What the caller can do about it, in one sentence.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

error_codes! {
    // Ends of a connection
    /// The application asked for it.
    ClientDisconnect, "client_disconnect", false, "Call connect to connect again.";
    /// The server ended it on purpose (close code 1000, or a Socket.IO DISCONNECT).
    ServerDisconnect, "server_disconnect", false, "The server ended the session: call connect if it should be opened again.";
    /// The connection closed without the application asking for it.
    TransportClosed, "transport_closed", true, "Nothing to do: the client reconnects.";
    /// The connection broke (reset, aborted, unreadable).
    Network, "network", true, "Nothing to do: the client reconnects.";
    /// The peer showed no sign of life in time.
    HeartbeatTimeout, "heartbeat_timeout", true, "Nothing to do: the client reconnects.";
    /// What was written could not be handed to the network in time.
    WriteTimeout, "write_timeout", true, "Nothing to do: the client reconnects.";
    /// The device is offline.
    Offline, "offline", true, "Nothing to do: the client connects when the network is back.";
    /// The server restarts or is overloaded (close codes 1001, 1012, 1013).
    ServerRestart, "server_restart", true, "Nothing to do: the client reconnects within the server's window.";
    /// The server failed (close code 1011, HTTP 5xx).
    ServerError, "server_error", true, "Nothing to do: the client retries; look at the server's log if it lasts.";

    // Failed attempts
    /// The host name could not be resolved.
    Dns, "dns", true, "Check the host name in the URL and the device's network.";
    /// The host refused the connection.
    Refused, "refused", true, "Check that the server listens at the URL's host and port.";
    /// A stage of connecting took too long.
    ConnectTimeout, "connect_timeout", true, "Check that the server is reachable; raise connect_timeout for slow networks.";
    /// TLS failed.
    Tls, "tls", true, "Check that the server speaks TLS at the URL's port.";
    /// The server's certificate is expired or not yet valid.
    TlsExpired, "tls_expired", true, "Renew the server's certificate, or correct the device's clock.";
    /// The server's certificate is not trusted: unknown authority, wrong host, or no pin matches.
    TlsUntrusted, "tls_untrusted", false, "Use a certificate for this host from a trusted authority, or add its authority to the client.";
    /// No TLS version in common.
    TlsVersion, "tls_version", false, "Enable TLS 1.2 or 1.3 on the server.";
    /// The proxy refused or failed.
    Proxy, "proxy", true, "Check the proxy's address and credentials.";
    /// The server does not accept the credentials (HTTP 401, close code 1008 or 4401).
    Auth, "auth", false, "Provide fresh credentials, then call connect.";
    /// The server forbids it (HTTP 403).
    Forbidden, "forbidden", false, "The user has no access here: use another account or URL.";
    /// The server does not serve this at this URL (HTTP 400, 404, 426, 501).
    Config, "config", false, "Check the URL's path and the protocol options.";
    /// The server is busy (HTTP 408, 425, 429, 503).
    Busy, "busy", true, "Nothing to do: the client retries when the server allows it.";
    /// The server redirects, which is not followed.
    Redirect, "redirect", false, "Use the URL that the server redirects to.";
    /// A captive portal answered instead of the server.
    CaptivePortal, "captive_portal", true, "Sign in to the network.";
    /// Something on the way removed the WebSocket upgrade.
    UpgradeRefused, "upgrade_refused", true, "Let the proxy pass WebSocket upgrades, or use wss.";
    /// The credentials callback failed.
    CredentialsFailed, "credentials_failed", true, "Make the credentials callback succeed.";
    /// The credentials callback did not answer in time.
    CredentialsTimeout, "credentials_timeout", true, "Make the credentials callback answer in time.";
    /// The application's on-connect step failed.
    RejoinFailed, "rejoin_failed", true, "Make the on-connect step succeed.";
    /// The configured number of attempts is used up.
    AttemptsExhausted, "attempts_exhausted", false, "Call connect to start again, or raise backoff.max_attempts.";

    // Protocol
    /// The peer broke the protocol.
    Protocol, "protocol", true, "Check that server and client speak the same protocol and version.";
    /// The server speaks a version that is not supported (Socket.IO v2).
    UnsupportedServer, "unsupported_server", false, "Upgrade the server to Socket.IO 3 or later.";
    /// The server refused a namespace (Socket.IO CONNECT_ERROR).
    NamespaceRefused, "namespace_refused", false, "Look at the error's data, change the auth payload, and connect the namespace again.";
    /// The namespace is not connected.
    NamespaceClosed, "namespace_closed", false, "Connect the namespace first.";
    /// A message is larger than the other side accepts (close code 1009), or than the configured limit.
    TooBig, "too_big", false, "Send smaller messages, or raise the limit.";
    /// The application reads too slowly.
    SlowConsumer, "slow_consumer", true, "Read faster, or choose a lossy inbound policy.";

    // Calls
    /// An argument or option is wrong.
    InvalidArgument, "invalid_argument", false, "Correct the argument that the message names.";
    /// The outbox is full.
    QueueFull, "queue_full", true, "Wait until messages have left, raise the outbox's bounds, or choose a lossy overflow policy.";
    /// The client was closed.
    ClientClosed, "client_closed", false, "Create a new client.";
    /// There is no connection.
    NotConnected, "not_connected", true, "Call connect, or wait until the client is connected.";
    /// No acknowledgement came in time.
    AckTimeout, "ack_timeout", true, "The message may have arrived: ask the server, or send with retries and an id.";
    /// The connection was lost before the acknowledgement came.
    Unconfirmed, "unconfirmed", true, "The message may have arrived: ask the server, or send with retries and an id.";
    /// The message's time to live ended before it could be sent.
    Expired, "expired", true, "Send it again, or give it a longer time to live.";
    /// The overflow policy dropped the message, or it was volatile and there was no connection.
    Dropped, "dropped", true, "Send it again, raise the outbox's bounds, or do not send it volatile.";
    /// The message was withdrawn before it was sent.
    Withdrawn, "withdrawn", false, "Send it again if it is still wanted.";
    /// The capability is not available here.
    Unsupported, "unsupported", false, "Use another platform or option.";
    /// The work was cancelled by the caller.
    Cancelled, "cancelled", false, "Call again.";
    /// A fault of rejoin itself, or of the platform under it.
    Internal, "internal", false, "Report it, with the message.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error that says what the caller should do.
///
/// It never holds a secret: text from outside is escaped and cut to [`MAX_FOREIGN_TEXT`] bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    message: ByteString,
    detail: Option<Box<Detail>>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Detail {
    close_code: Option<u16>,
    status: Option<u16>,
    retry_after: Option<Duration>,
    data: Option<ByteString>,
    terminal: Option<bool>,
}

impl Error {
    /// An error with its code and what happened, in words of ours.
    pub fn new(code: ErrorCode, message: impl Into<ByteString>) -> Self {
        Self { code, message: message.into(), detail: None }
    }

    /// An error about an argument or option: names the `field`, and says what is expected.
    pub fn invalid(field: &str, expected: impl fmt::Display) -> Self {
        Self::new(ErrorCode::InvalidArgument, [field, ": ", &expected.to_string()].concat())
    }

    /// Adds the WebSocket close code that came with it (RFC 6455, section 7.4).
    #[must_use]
    pub fn with_close_code(mut self, code: u16) -> Self {
        self.detail_mut().close_code = Some(code);
        self
    }

    /// Adds the HTTP status that came with it.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.detail_mut().status = Some(status);
        self
    }

    /// Adds how long the server asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Duration) -> Self {
        self.detail_mut().retry_after = Some(delay);
        self
    }

    /// Adds the data that the server sent with it, as JSON text.
    #[must_use]
    pub fn with_data(mut self, json: impl Into<ByteString>) -> Self {
        self.detail_mut().data = Some(json.into());
        self
    }

    /// States whether the client goes on by itself, where that differs from the code's rule.
    #[must_use]
    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        if retryable != self.is_retryable() {
            self.detail_mut().terminal = Some(!retryable);
        }
        self
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The WebSocket close code, where the connection ended with one.
    pub fn close_code(&self) -> Option<u16> {
        self.detail.as_ref().and_then(|detail| detail.close_code)
    }

    /// The HTTP status, where the server answered the handshake with one.
    pub fn status(&self) -> Option<u16> {
        self.detail.as_ref().and_then(|detail| detail.status)
    }

    /// How long the server asks to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.detail.as_ref().and_then(|detail| detail.retry_after)
    }

    /// The data that the server sent with it (Socket.IO CONNECT_ERROR), as JSON text.
    pub fn data(&self) -> Option<&str> {
        self.detail.as_ref().and_then(|detail| detail.data.as_deref())
    }

    /// Whether it may pass without a change by the application.
    pub fn is_retryable(&self) -> bool {
        match self.detail.as_ref().and_then(|detail| detail.terminal) {
            Some(terminal) => !terminal,
            None => self.code.is_retryable(),
        }
    }

    /// What the caller can do, in one sentence.
    pub fn remedy(&self) -> &'static str {
        self.code.remedy()
    }

    fn detail_mut(&mut self) -> &mut Detail {
        self.detail.get_or_insert_with(Box::default)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {}", self.code, self.message)?;
        if let Some(code) = self.close_code() {
            write!(f, ", close code {code}")?;
        }
        if let Some(status) = self.status() {
            write!(f, ", status {status}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Error {}

/// Makes text from outside fit for a log: control characters are escaped, and it is cut at
/// [`MAX_FOREIGN_TEXT`] bytes.
pub fn sanitize(text: &str) -> ByteString {
    let mut clean = String::with_capacity(text.len().min(MAX_FOREIGN_TEXT));
    for character in text.chars() {
        let before = clean.len();
        if character.is_control() {
            escape(character, &mut clean);
        } else {
            clean.push(character);
        }
        if clean.len() > MAX_FOREIGN_TEXT {
            clean.truncate(before);
            break;
        }
    }
    clean.into()
}

/// As `char::escape_default` does it, without the formatter that it brings: a page would load that for nothing else.
fn escape(control: char, text: &mut String) {
    match control {
        '\t' => text.push_str("\\t"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        other => {
            // Control characters are below U+00A0.
            let digits = [u32::from(other) >> 4, u32::from(other) & 15];
            text.push_str("\\u{");
            for digit in digits.into_iter().skip_while(|digit| *digit == 0) {
                text.extend(char::from_digit(digit, 16));
            }
            if other == '\0' {
                text.push('0');
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
