use super::*;
use Transport::{Polling, WebSocket};

fn failure(code: ErrorCode) -> Error {
    Error::new(code, "failed")
}

/// What an attempt tries in which each transport fails, and the error that it ends with.
fn attempt(transports: &mut Transports, code: ErrorCode) -> (Vec<Transport>, Option<ErrorCode>) {
    transports.begin();
    let mut tried = Vec::new();
    while let Some(transport) = transports.next() {
        tried.push(transport);
        if let Some(error) = transports.failed(failure(code)) {
            return (tried, Some(error.code()));
        }
    }
    (tried, None)
}

#[test]
fn none_and_one_twice_are_refused() {
    for order in [vec![], vec![Polling, Polling], vec![WebSocket, Polling, WebSocket]] {
        assert_eq!(Transports::new(order).unwrap_err().code(), ErrorCode::InvalidArgument);
    }
}

#[test]
fn each_is_tried_once_in_order_and_the_first_failure_is_told() {
    let mut transports = Transports::new([WebSocket, Polling]).unwrap();
    let blocked = attempt(&mut transports, ErrorCode::UpgradeRefused);
    assert_eq!(blocked, (vec![WebSocket, Polling], Some(ErrorCode::UpgradeRefused)));
    transports.begin();
    assert_eq!(transports.next(), Some(WebSocket), "the first one comes next again");
    assert_eq!(transports.failed(failure(ErrorCode::ConnectTimeout)), None);
    assert_eq!(transports.next(), Some(Polling));
    assert_eq!(transports.failed(failure(ErrorCode::ServerError)), Some(failure(ErrorCode::ConnectTimeout)));
}

#[test]
fn a_server_that_is_away_or_means_its_answer_is_not_asked_otherwise() {
    for code in
        [ErrorCode::Dns, ErrorCode::Refused, ErrorCode::TlsUntrusted, ErrorCode::Auth, ErrorCode::Busy]
    {
        let mut transports = Transports::new([WebSocket, Polling]).unwrap();
        assert_eq!(attempt(&mut transports, code), (vec![WebSocket], Some(code)));
    }
}

#[test]
fn what_worked_is_tried_first() {
    let mut transports = Transports::new([WebSocket, Polling]).unwrap();
    transports.begin();
    assert_eq!(transports.next(), Some(WebSocket));
    assert!(transports.may_upgrade());
    assert_eq!(transports.failed(failure(ErrorCode::UpgradeRefused)), None);
    assert_eq!(transports.next(), Some(Polling));
    assert!(!transports.may_upgrade(), "the WebSocket has just failed");

    transports.begin();
    assert_eq!(transports.next(), Some(Polling));
    assert!(transports.may_upgrade(), "another network may let it pass");
    transports.upgraded();
    transports.begin();
    assert_eq!(transports.next(), Some(WebSocket));
}

#[test]
fn polling_alone_stays() {
    let mut transports = Transports::new([Polling]).unwrap();
    transports.begin();
    assert_eq!(transports.next(), Some(Polling));
    assert!(!transports.may_upgrade());
    transports.upgraded();
    transports.begin();
    assert_eq!(transports.next(), Some(Polling));
}
