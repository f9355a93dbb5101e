use super::*;
use crate::CredentialsReason;

fn asking() -> Rig {
    let mut rig = Rig::new(Config { credentials: true, ..Config::default() });
    rig.connect();
    rig
}

fn token() -> Result<Credentials, Error> {
    Ok(Credentials::bearer("hush"))
}

fn reasons(rig: &Rig) -> Vec<CredentialsReason> {
    let reason = |output: &Output<Message>| match output {
        Output::NeedCredentials { reason, .. } => Some(*reason),
        Output::Open { .. }
        | Output::Rejoin { .. }
        | Output::Close { .. }
        | Output::Abort { .. }
        | Output::Event(_) => None,
    };
    rig.outputs.iter().filter_map(reason).collect()
}

fn unauthorised() -> Error {
    Error::new(ErrorCode::Auth, "401").with_status(401)
}

#[test]
fn fault_15_401_asks_for_credentials_once_more_then_is_terminal() {
    let mut rig = asking();
    rig.credentials(token());
    rig.failed(unauthorised());
    rig.retry();
    assert_eq!(reasons(&rig), [CredentialsReason::Connect, CredentialsReason::Refused]);
    rig.credentials(token());
    rig.failed(unauthorised());
    assert_eq!((rig.name(), rig.cause()), ("disconnected", ErrorCode::Auth));
}

#[test]
fn fault_15_without_a_callback_401_is_terminal_at_once() {
    let mut rig = Rig::new(Config::default());
    rig.connect();
    rig.failed(unauthorised());
    assert_eq!(rig.name(), "disconnected");
}

#[test]
fn fault_29_a_policy_close_refreshes_once_even_if_connecting_works_in_between() {
    for code in [1008, 4401] {
        let mut rig = asking();
        rig.credentials(token());
        rig.establish();
        rig.closed(code);
        rig.retry();
        assert_eq!(reasons(&rig).last(), Some(&CredentialsReason::Refused));
        rig.credentials(token());
        rig.establish();
        rig.closed(code);
        assert_eq!(rig.name(), "disconnected", "code {code}");
    }
}

#[test]
fn fault_29_a_stable_connection_earns_another_refresh() {
    let mut rig = asking();
    for _ in 0..3 {
        rig.credentials(token());
        rig.establish();
        rig.advance(10_000);
        rig.closed(4401);
        rig.retry();
    }
    assert_eq!(rig.name(), "credentials");
}

#[test]
fn fault_70_a_refresh_is_jittered_like_any_retry() {
    let delays: std::collections::BTreeSet<_> = (0..20)
        .map(|seed| {
            let mut rig = asking();
            rig.connection.rng = fastrand::Rng::with_seed(seed);
            rig.credentials(token());
            rig.failed(unauthorised());
            rig.delay()
        })
        .collect();
    assert!(delays.len() > 15, "{delays:?}");
}

#[test]
fn fault_68_a_callback_that_hangs_is_given_up_and_asked_again() {
    let mut rig = asking();
    rig.advance(10_000);
    assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::CredentialsTimeout));
    rig.retry();
    assert_eq!(rig.name(), "credentials");
    rig.credentials(token());
    rig.establish();
}

#[test]
fn fault_68_a_callback_that_fails_is_asked_again_whatever_its_error() {
    for code in ErrorCode::ALL {
        let mut rig = asking();
        rig.credentials(Err(Error::new(*code, "thrown")));
        assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::CredentialsFailed), "{code}");
    }
}

#[test]
fn an_on_connect_step_that_fails_is_tried_again_whatever_its_error() {
    for code in ErrorCode::ALL {
        let mut rig = Rig::new(Config { rejoin: true, ..Config::default() });
        rig.connect();
        rig.open();
        rig.text("ready");
        rig.rejoined(Err(Error::new(*code, "thrown")));
        assert_eq!((rig.name(), rig.cause()), ("waiting", ErrorCode::RejoinFailed), "{code}");
    }
}

#[test]
fn a_late_answer_for_an_attempt_given_up_changes_nothing() {
    let mut rig = asking();
    let old = rig.socket();
    rig.advance(10_000);
    rig.retry();
    rig.connection.handle_credentials(old, token(), rig.now);
    assert_eq!(rig.name(), "credentials");
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let mut rig = asking();
    rig.credentials(token());
    assert!(!format!("{:?} {:?}", rig.connection, rig.outputs).contains("hush"));
}
