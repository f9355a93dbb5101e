//! What the credentials callback answers, as a scenario last said.

use std::sync::{Arc, Mutex, PoisonError};

use rejoin::{Builder, Error};
use serde_json::json;

use crate::lines::{Lines, fields};
use crate::request;

/// Shared with the callback; cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials(Arc<Mutex<Answer>>);

#[derive(Clone, Debug, Default)]
enum Answer {
    #[default]
    None,
    Token(String),
    Fail,
    Hang,
}

impl Credentials {
    /// From now on. Exactly one of the fields says what.
    pub(crate) fn set(&self, request: request::Credentials) -> Result<(), Error> {
        let answer = match (request.token, request.fail, request.hang) {
            (Some(token), false, false) => Answer::Token(token),
            (None, true, false) => Answer::Fail,
            (None, false, true) => Answer::Hang,
            _ => return Err(Error::invalid("credentials", "must be one of token, fail, hang")),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
        Ok(())
    }

    /// Installs the callback, which also tells that it was asked.
    pub(crate) fn install<K>(&self, builder: Builder<K>, client: &str, lines: &Lines) -> Builder<K> {
        let (answers, client, lines) = (self.clone(), client.to_owned(), lines.clone());
        builder.credentials(move |reason| {
            lines.event("credentials", &client, fields(json!({ "reason": reason.as_str() })));
            let answer = answers.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            async move {
                match answer {
                    Answer::None => Ok(rejoin::Credentials::none()),
                    Answer::Token(token) => Ok(rejoin::Credentials::bearer(token)),
                    Answer::Fail => Err("the callback fails, as it was told"),
                    Answer::Hang => std::future::pending().await,
                }
            }
        })
    }
}
