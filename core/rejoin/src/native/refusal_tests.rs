use std::time::UNIX_EPOCH;

use super::*;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

#[test]
fn fault_18_retry_after_reads_seconds_and_dates_and_ignores_the_rest() {
    for (value, seconds) in [
        ("0", Some(0)),
        ("120", Some(120)),
        ("3601", Some(3600)),
        ("99999999999999999999999999", Some(3600)),
        ("Sun, 09 Sep 2001 01:47:00 GMT", Some(20)),
        ("Sun, 09 Sep 2029 01:47:00 GMT", Some(3600)),
        ("Sun, 09 Sep 1990 01:47:00 GMT", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
    ] {
        assert_eq!(parse_retry_after(value, now()), seconds.map(Duration::from_secs), "{value}");
    }
}

#[test]
fn fault_18_any_text_gives_at_most_an_hour() {
    let mut random = fastrand::Rng::with_seed(18);
    let alphabet = b"0123456789-+ :,.SunGMTSep\xff";
    for _ in 0..100_000 {
        let bytes: Vec<u8> =
            (0..random.usize(0..32)).map(|_| alphabet[random.usize(0..alphabet.len())]).collect();
        let delay = parse_retry_after(&String::from_utf8_lossy(&bytes), now());
        assert!(delay.is_none_or(|delay| delay <= MAX_RETRY_AFTER));
    }
}
