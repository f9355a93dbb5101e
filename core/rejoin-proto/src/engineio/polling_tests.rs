use super::*;

fn session(open: &str) -> Polling {
    Polling::open(open.into(), true).unwrap()
}

fn offered() -> Polling {
    let mut session = session(r#"0{"sid":"s","upgrades":["websocket"],"maxPayload":12}"#);
    assert!(session.poll_frame().is_some());
    session
}

fn text(text: &'static str) -> Frame {
    Frame::Text(text.into())
}

#[test]
fn one_get_and_one_post_at_a_time_in_batches_the_server_accepts() {
    let mut session = session(r#"0{"sid":"s","maxPayload":12}"#);
    assert_eq!(session.poll_action(), None, "what arrived is read first");
    session.poll_frame();
    assert_eq!(session.poll_action(), Some(Action::Get));
    for frame in ["4aaaa", "4bbbb", "4c", "4longer than all that"] {
        session.send(text(frame));
    }
    assert_eq!((session.taken(), session.is_flushed()), (0, false));
    assert_eq!(session.poll_action(), Some(Action::Post("4aaaa\u{1e}4bbbb".into())));
    assert_eq!(session.poll_action(), None);
    assert_eq!(session.taken(), 2);
    session.handle_post();
    assert_eq!(session.poll_action(), Some(Action::Post("4c".into())));
    session.handle_post();
    assert_eq!(session.poll_action(), Some(Action::Post("4longer than all that".into())));
    session.handle_post();
    assert!(session.is_flushed());
    session.handle_get(&"6".into()).unwrap();
    assert_eq!(session.poll_frame(), None);
    assert_eq!(session.poll_action(), Some(Action::Get));
}

#[test]
fn the_change_waits_for_what_is_on_the_way_and_sends_nothing_meanwhile() {
    let mut session = offered();
    assert_eq!(session.poll_action(), Some(Action::OpenWebSocket));
    assert_eq!(session.poll_action(), Some(Action::Get));
    session.send(text("4a"));
    assert_eq!(session.poll_action(), Some(Action::Post("4a".into())));
    assert_eq!(session.handle_probe_open(), text("2probe"));
    assert!(session.handle_probe_frame(&text("3probe")));
    session.send(text("4b"));
    session.handle_post();
    assert_eq!(session.poll_action(), None, "the GET is on its way");
    session.handle_get(&"4x\u{1e}6".into()).unwrap();
    assert_eq!(session.poll_action(), Some(Action::Upgrade(text("5"))));
    assert_eq!(session.poll_action(), None);
    assert_eq!(session.take_outbound(), Some(text("4b")));
    assert_eq!(session.take_outbound(), None);
    assert_eq!(session.poll_frame(), Some(text("4x")));
    session.handle_probe_failed();
    assert_eq!(session.poll_action(), None, "there is no way back");
}

#[test]
fn a_failed_change_leaves_a_session_that_polls() {
    for failure in ["4x", "2probe"] {
        let mut session = offered();
        session.poll_action();
        session.handle_probe_open();
        assert!(!session.handle_probe_frame(&text(failure)));
        session.send(text("4a"));
        assert_eq!(session.poll_action(), Some(Action::Get));
        assert_eq!(session.poll_action(), Some(Action::Post("4a".into())));
    }
    // Given up while everything stands still.
    let mut session = offered();
    session.poll_action();
    session.handle_probe_open();
    session.handle_probe_frame(&text("3probe"));
    session.handle_probe_failed();
    assert_eq!(session.poll_action(), Some(Action::Get));
}

#[test]
fn no_change_without_the_servers_offer_or_our_wish() {
    let mut unoffered = session(r#"0{"sid":"s","upgrades":[]}"#);
    unoffered.poll_frame();
    assert_eq!(unoffered.poll_action(), Some(Action::Get));
    let mut unwanted = Polling::open(r#"0{"sid":"s","upgrades":["websocket"]}"#.into(), false).unwrap();
    unwanted.poll_frame();
    assert_eq!(unwanted.poll_action(), Some(Action::Get));
}

#[test]
fn closing_comes_after_what_waits_and_starts_nothing() {
    let mut session = offered();
    session.send(text("41"));
    session.close();
    assert_eq!(session.poll_action(), Some(Action::Post("41\u{1e}1".into())));
    assert_eq!(session.poll_action(), None);
    session.handle_post();
    assert!(session.is_flushed());
    assert_eq!(session.poll_action(), None);
}

#[test]
fn what_opens_no_session_is_refused() {
    for body in ["", "4x", "0[]", "0{}", r#"0{"sid":"a/b"}"#, r#"0{"sid":"a&b"}"#, "0{\"sid\":\"a\"}\u{1e}"] {
        let error = Polling::open(body.into(), true).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Protocol, "{body}");
    }
}

#[test]
fn a_full_session_takes_no_more_until_a_post_left() {
    let mut session = offered();
    while session.has_room() {
        session.send(Frame::Binary(vec![0; 1000].into()));
    }
    assert!((190..200).contains(&session.outbound.len()), "base64 counts");
    session.poll_action();
    session.poll_action();
    assert!(matches!(session.poll_action(), Some(Action::Post(_))));
    assert!(session.has_room());
}
