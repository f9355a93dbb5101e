//! The application's own code that a connection waits for: the credentials callback and the on-connect step.

use std::future::Future;
use std::sync::Arc;

use rejoin_proto::{Credentials, CredentialsReason, Error, ErrorCode, Protocol, SocketId};

use crate::platform::{BoxFuture, MaybeSend, MaybeSync, Runtime};
use crate::shared::{Router, Shared};

#[cfg(not(target_family = "wasm"))]
type Callback<A, T> = Arc<dyn Fn(A) -> BoxFuture<T> + Send + Sync>;
#[cfg(target_family = "wasm")]
type Callback<A, T> = Arc<dyn Fn(A) -> BoxFuture<T>>;

pub(crate) type CredentialsHook = Callback<CredentialsReason, Result<Credentials, Error>>;
pub(crate) type RejoinHook<P, R> = Callback<Arc<Shared<P, R>>, Result<(), Error>>;

/// Wraps a credentials callback, whatever its error type.
pub(crate) fn credentials_hook<F, Fut, E>(callback: F) -> CredentialsHook
where
    F: Fn(CredentialsReason) -> Fut + MaybeSend + MaybeSync + 'static,
    Fut: Future<Output = Result<Credentials, E>> + MaybeSend + 'static,
    E: std::fmt::Display,
{
    Arc::new(move |reason| {
        let answer = callback(reason);
        Box::pin(async move { answer.await.map_err(|error| failed(ErrorCode::CredentialsFailed, &error)) })
    })
}

/// Wraps an on-connect step, whatever its error type. `session` makes what the step works with.
pub(crate) fn rejoin_hook<P, R, S, F, Fut, E>(
    session: impl Fn(Arc<Shared<P, R>>) -> S + MaybeSend + MaybeSync + 'static,
    step: F,
) -> RejoinHook<P, R>
where
    P: Protocol,
    F: Fn(S) -> Fut + MaybeSend + MaybeSync + 'static,
    Fut: Future<Output = Result<(), E>> + MaybeSend + 'static,
    E: std::fmt::Display,
{
    Arc::new(move |shared| {
        let done = step(session(shared));
        Box::pin(async move { done.await.map_err(|error| failed(ErrorCode::RejoinFailed, &error)) })
    })
}

/// The application's words are its own: they are shown, but bounded.
fn failed(code: ErrorCode, error: &dyn std::fmt::Display) -> Error {
    Error::new(code, rejoin_proto::sanitize(&error.to_string()))
}

pub(crate) struct Hooks<P: Protocol, R> {
    pub(crate) runtime: Runtime,
    pub(crate) credentials: Option<CredentialsHook>,
    pub(crate) rejoin: Option<RejoinHook<P, R>>,
}

impl<P, R> Hooks<P, R>
where
    P: Protocol + 'static,
    R: Router<Event = P::Event> + 'static,
    Shared<P, R>: MaybeSend + MaybeSync,
{
    /// Asks; the answer is an input to the connection. The future ends when it was given.
    pub(crate) fn ask_credentials(
        &self,
        shared: &Arc<Shared<P, R>>,
        socket: SocketId,
        reason: CredentialsReason,
    ) -> Option<BoxFuture<()>> {
        let hook = self.credentials.clone()?;
        let shared = shared.clone();
        let answer = self.runtime.run_guarded(async move { hook(reason).await });
        Some(Box::pin(async move {
            let answer = answer
                .await
                .unwrap_or_else(|error| Err(failed(ErrorCode::CredentialsFailed, &error.message())));
            shared.with(|inner, now| inner.connection.handle_credentials(socket, answer, now));
        }))
    }

    /// Runs the on-connect step; its end is an input to the connection.
    pub(crate) fn rejoin(&self, shared: &Arc<Shared<P, R>>, socket: SocketId) -> Option<BoxFuture<()>> {
        let hook = self.rejoin.clone()?;
        let shared = shared.clone();
        let session = shared.clone();
        let done = self.runtime.run_guarded(async move { hook(session).await });
        Some(Box::pin(async move {
            let answer =
                done.await.unwrap_or_else(|error| Err(failed(ErrorCode::RejoinFailed, &error.message())));
            shared.with(|inner, now| inner.connection.handle_rejoined(socket, answer, now));
        }))
    }
}
