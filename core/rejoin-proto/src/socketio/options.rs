use bytestring::ByteString;

use super::name::MAIN;
use super::{Limits, Parser};
use crate::{Credentials, Error, ErrorCode, Secret, json};

/// How Socket.IO is spoken.
#[derive(Clone, Debug)]
pub struct Options {
    /// The namespaces that are connected in each handshake, each with its auth object (JSON text) where that is not
    /// the one of the credentials. Default: `/`.
    pub namespaces: Vec<(ByteString, Option<Secret>)>,
    /// How packets are written. Default: JSON.
    pub parser: Parser,
    /// The bounds of what a server can make the client hold.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { namespaces: vec![(MAIN, None)], parser: Parser::default(), limits: Limits::default() }
    }
}

/// The auth object that the credentials stand for.
pub(super) fn auth_object(credentials: Option<&Credentials>) -> Result<Option<Secret>, Error> {
    let Some(credentials) = credentials else { return Ok(None) };
    if let Some(auth) = credentials.auth() {
        return if is_object(auth.expose()) {
            Ok(Some(auth.clone()))
        } else {
            let message = "the auth payload of the credentials is not a JSON object";
            Err(Error::new(ErrorCode::CredentialsFailed, message))
        };
    }
    Ok(credentials.token().map(|token| {
        let mut object = String::from("{\"token\":");
        json::quote(token.expose(), &mut object);
        object.push('}');
        Secret::new(object)
    }))
}

pub(super) fn is_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with('{') && json::is_valid(text, json::MAX_DEPTH)
}
