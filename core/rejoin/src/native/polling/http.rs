//! The requests of a polling session, over the same stages of connecting as a WebSocket's.

use bytes::Bytes;
use bytestring::ByteString;
use http::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rejoin_proto::{Error, ErrorCode, engineio};

use crate::native::{Dialer, refusal, stage};

const STAGE: &str = "polling";
/// The longest head of a response, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// An open connection on which no request is under way.
type Idle = SendRequest<Full<Bytes>>;

/// One connection to the server that lasts over many requests, if the server lets it.
pub(super) struct Channel {
    dialer: Dialer,
    idle: Option<Idle>,
}

impl Channel {
    pub(super) fn new(dialer: &Dialer) -> Self {
        Self { dialer: dialer.clone(), idle: None }
    }

    /// Makes one request, a POST if there is a body to send, and gives back the body of its answer. `sid`: of the session.
    pub(super) async fn request(
        &mut self,
        sid: Option<&str>,
        body: Option<String>,
    ) -> Result<ByteString, Error> {
        let mut request = self.describe(sid, body)?;
        let response = loop {
            let (mut sender, is_new) = match self.idle.take().filter(|idle| !idle.is_closed()) {
                Some(idle) => (idle, false),
                None => (self.open().await?, true),
            };
            match sender.try_send_request(request).await {
                Ok(response) => {
                    self.idle = Some(sender);
                    break response;
                }
                // The server closed the idle connection before it saw the request: another one can carry it.
                Err(mut error) => match error.take_message().filter(|_| !is_new) {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(&error.into_error())),
                },
            }
        };
        self.read(response, sid.is_some()).await
    }

    async fn open(&self) -> Result<Idle, Error> {
        let stream = TokioIo::new(self.dialer.open().await?);
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEAD)
            .handshake(stream)
            .await
            .map_err(|error| broken(&error))?;
        // It ends with the sender; what breaks it is told to the request.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    fn describe(&self, sid: Option<&str>, body: Option<String>) -> Result<Request<Full<Bytes>>, Error> {
        let target = self.dialer.target();
        let session = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{session}", target.path_and_query()))
            .header(HOST, target.host_header());
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "text/plain;charset=UTF-8");
        }
        for (name, value) in self.dialer.headers() {
            let value = HeaderValue::from_str(value.expose()).map(|mut value| {
                value.set_sensitive(true);
                value
            });
            let value = value.map_err(|_| Error::new(ErrorCode::Internal, "a header was not checked"))?;
            request = request.header(name.as_str(), value);
        }
        let body = Full::new(Bytes::from(body.unwrap_or_default()));
        request.body(body).map_err(|_| Error::new(ErrorCode::Internal, "the request was not checked"))
    }

    async fn read(&self, response: http::Response<Incoming>, in_session: bool) -> Result<ByteString, Error> {
        let (head, body) = response.into_parts();
        if head.status != StatusCode::OK {
            return Err(self.refusal(head.status, &head.headers, in_session));
        }
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !in_session && kind.to_ascii_lowercase().contains("html") {
            let message = "a web page answered instead of the server";
            return Err(Error::new(ErrorCode::CaptivePortal, message).with_status(200));
        }
        let limit = self.dialer.max_message_bytes();
        let body = Limited::new(body, limit).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Error::new(ErrorCode::TooBig, "the server sent a payload larger than max_message_bytes")
            } else {
                Error::new(ErrorCode::Network, format!("{STAGE}: the answer broke off"))
            }
        })?;
        ByteString::try_from(body.to_bytes())
            .map_err(|_| Error::new(ErrorCode::Protocol, "the server sent a payload that is not UTF-8"))
    }

    fn refusal(&self, status: StatusCode, headers: &HeaderMap, in_session: bool) -> Error {
        let retry_after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let delay = retry_after.and_then(|value| refusal::parse_retry_after(value, self.dialer.wall_clock()));
        engineio::refusal(status.as_u16(), delay, in_session)
    }
}

/// Opens a session: the body of its first answer.
pub(super) async fn open(channel: &mut Channel) -> Result<ByteString, Error> {
    let limit = channel.dialer.upgrade_timeout();
    stage::within(STAGE, limit, channel.request(None, None)).await
}

fn broken(error: &hyper::Error) -> Error {
    if error.is_parse() {
        return Error::new(ErrorCode::Protocol, format!("{STAGE}: the answer is no HTTP/1.1"));
    }
    Error::new(ErrorCode::Network, format!("{STAGE}: the connection broke"))
}
