//! What a scenario comes to.

use std::fmt::Debug;

use serde_json::Value;

/// Why a scenario failed, in words.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A scenario's end, or that of one of its steps.
pub(crate) type Verdict<T = ()> = Result<T, Failure>;

/// Fails unless it is so. `what` says what is right.
pub(crate) fn ensure(is_so: bool, what: impl Into<String>) -> Verdict {
    if is_so { Ok(()) } else { Err(what.into().into()) }
}

/// Fails unless both are equal.
pub(crate) fn equal<T: PartialEq<U> + Debug, U: Debug>(what: &str, got: T, wanted: U) -> Verdict {
    ensure(got == wanted, format!("{what}: wanted {wanted:?}, got {got:?}"))
}

/// As [`equal`], for a part of an event or answer.
pub(crate) fn same(what: &str, got: &Value, wanted: impl Into<Value>) -> Verdict {
    equal(what, got, &wanted.into())
}
