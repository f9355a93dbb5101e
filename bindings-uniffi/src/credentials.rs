use std::sync::{Arc, Mutex, PoisonError};

use rejoin::{Credentials, CredentialsReason};
use tokio::sync::oneshot;

use crate::Item;
use crate::calls::Replies;

/// What the application answers when it is asked for credentials. It has no `Debug`: it holds secrets.
#[derive(uniffi::Enum)]
pub enum CredentialsAnswer {
    /// A bearer token.
    Token {
        /// The token.
        token: String,
    },
    /// The `auth` object of Socket.IO.
    Auth {
        /// As JSON text.
        json: String,
    },
    /// Connect anonymously.
    Anonymous,
    /// There are none now.
    Failed {
        /// Why; it appears in the client's error.
        message: String,
    },
}

impl CredentialsAnswer {
    fn into_result(self) -> Result<Credentials, String> {
        match self {
            Self::Token { token } => Ok(Credentials::bearer(token)),
            Self::Auth { json } => Ok(Credentials::auth_json(json)),
            Self::Anonymous => Ok(Credentials::none()),
            Self::Failed { message } => Err(message),
        }
    }
}

/// Brings the question to the application, and its answer back. Only the newest question is open.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Question>);

#[derive(Default)]
struct Question {
    number: u64,
    answer: Option<oneshot::Sender<CredentialsAnswer>>,
}

impl Desk {
    /// Asks, and waits for the answer; the core bounds the wait.
    pub(crate) async fn ask(
        self: Arc<Self>,
        reason: CredentialsReason,
        replies: Replies,
    ) -> Result<Credentials, String> {
        let (sender, answer) = oneshot::channel();
        let request = {
            let mut question = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            question.number += 1;
            question.answer = Some(sender);
            question.number
        };
        replies.send(Item::Credentials { request, reason });
        answer.await.map_err(|_| "the question was taken back".to_owned())?.into_result()
    }

    /// An answer that comes too late is for nobody.
    pub(crate) fn answer(&self, request: u64, answer: CredentialsAnswer) {
        let mut question = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if question.number != request {
            return;
        }
        if let Some(sender) = question.answer.take() {
            let _ = sender.send(answer);
        }
    }
}
