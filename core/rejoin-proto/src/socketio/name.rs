//! What events and namespaces can be called.

use bytestring::ByteString;

use crate::Error;

/// The namespace that exists on every server, and is left out on the wire.
pub(super) const MAIN: ByteString = ByteString::from_static("/");

/// Names that mean something to the client libraries themselves.
pub(super) const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

pub(super) fn check_event(name: &str) -> Result<(), Error> {
    if RESERVED.contains(&name) {
        return Err(Error::invalid("name", "is reserved for what clients say of themselves"));
    }
    Ok(())
}

pub(super) fn check_namespace(namespace: &str) -> Result<(), Error> {
    if !namespace.starts_with('/') {
        return Err(Error::invalid("namespace", "must begin with /"));
    }
    if namespace.contains(',') {
        return Err(Error::invalid("namespace", "must not hold a comma"));
    }
    Ok(())
}
