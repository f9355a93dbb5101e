use super::*;

fn judge(strikes: &mut Strikes, error: &Error, seconds: u64) -> Verdict {
    strikes.judge(error, &BackoffConfig::default(), true, Timestamp::from_millis(seconds * 1000))
}

#[test]
fn fault_45_the_minute_slides() {
    let violation = Error::new(ErrorCode::Protocol, "broken");
    for (seconds, last) in [([0, 30, 60], Verdict::Terminal), ([0, 30, 61], RETRY), ([0, 59, 118], RETRY)] {
        let mut strikes = Strikes::default();
        let verdicts = seconds.map(|at| judge(&mut strikes, &violation, at));
        assert_eq!(verdicts, [RETRY, RETRY, last], "{seconds:?}");
    }
    let mut strikes = Strikes::default();
    let verdicts = [0, 59, 61, 62].map(|at| judge(&mut strikes, &violation, at));
    assert_eq!(verdicts, [RETRY, RETRY, RETRY, Verdict::Terminal], "the window is not tied to the first");
}

#[test]
fn fault_45_a_stable_connection_does_not_forgive_violations() {
    let violation = Error::new(ErrorCode::Protocol, "broken");
    let mut strikes = Strikes::default();
    judge(&mut strikes, &violation, 0);
    judge(&mut strikes, &violation, 15);
    strikes.reset();
    assert_eq!(judge(&mut strikes, &violation, 30), Verdict::Terminal);
}

#[test]
fn fault_15_17_28_strikes_are_counted_apart_and_forgiven_together() {
    let auth = Error::new(ErrorCode::Auth, "401");
    let missing = Error::new(ErrorCode::Config, "404").with_status(404);
    let refused = close_cause(Some(1002), "");
    let mut strikes = Strikes::default();
    for _ in 0..2 {
        assert_eq!(judge(&mut strikes, &auth, 0), Verdict::Refresh);
        for _ in 0..4 {
            assert_eq!(judge(&mut strikes, &missing, 0), RETRY);
        }
        assert_eq!(judge(&mut strikes, &refused, 0), RETRY);
        for error in [&auth, &missing, &refused] {
            assert_eq!(judge(&mut strikes, error, 0), Verdict::Terminal);
        }
        strikes.reset();
    }
}

#[test]
fn fault_17_other_refusals_of_the_path_are_terminal_at_once() {
    for status in [400, 426, 501] {
        let error = Error::new(ErrorCode::Config, "").with_status(status);
        assert_eq!(judge(&mut Strikes::default(), &error, 0), Verdict::Terminal, "{status}");
    }
}

#[test]
fn fault_16_19_a_server_that_forbids_is_left_and_one_that_fails_is_tried_again() {
    let verdict = |status| judge(&mut Strikes::default(), &status_cause(status, "the upgrade", None), 0);
    assert_eq!(verdict(403), Verdict::Terminal);
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        assert_eq!(verdict(status), RETRY, "{status}");
    }
}

#[test]
fn fault_18_retry_after_is_taken_up_to_an_hour_and_may_be_missing() {
    let busy = Error::new(ErrorCode::Busy, "503");
    let floors = [
        (busy.clone(), Duration::ZERO),
        (busy.clone().with_retry_after(Duration::from_secs(7)), Duration::from_secs(7)),
        (busy.with_retry_after(Duration::MAX), Duration::from_secs(3600)),
    ];
    for (error, floor) in floors {
        let expected = Verdict::Retry { floor, window: Duration::ZERO };
        assert_eq!(judge(&mut Strikes::default(), &error, 0), expected);
    }
}

#[test]
fn fault_32_a_close_reason_is_cleaned_before_it_is_kept() {
    let error = close_cause(Some(4000), "line\nbreak");
    assert_eq!(error.message(), "the server closed the connection: line\\nbreak");
    assert_eq!(error.close_code(), Some(4000));
}

#[test]
fn fault_18_retry_after_counts_where_a_later_try_may_succeed() {
    let delay = Some(Duration::from_secs(7));
    for (status, code, kept) in [
        (200, ErrorCode::UpgradeRefused, None),
        (302, ErrorCode::Redirect, None),
        (401, ErrorCode::Auth, None),
        (403, ErrorCode::Forbidden, None),
        (404, ErrorCode::Config, None),
        (407, ErrorCode::Proxy, None),
        (429, ErrorCode::Busy, delay),
        (500, ErrorCode::ServerError, delay),
        (501, ErrorCode::Config, None),
        (503, ErrorCode::Busy, delay),
        (511, ErrorCode::CaptivePortal, None),
        (999, ErrorCode::Protocol, None),
    ] {
        let error = status_cause(status, "the upgrade", delay);
        assert_eq!((error.code(), error.status(), error.retry_after()), (code, Some(status), kept));
        assert_eq!(error.message(), format!("HTTP {status} instead of the upgrade"));
    }
}
