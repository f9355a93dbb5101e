use super::*;

fn delays(failures: u32, draws: usize) -> Vec<Duration> {
    let mut rng = fastrand::Rng::with_seed(7);
    let backoff = Backoff { config: BackoffConfig::default(), failures };
    (0..draws).map(|_| backoff.delay(&mut rng)).collect()
}

#[test]
fn the_ceiling_doubles_up_to_the_cap_and_saturates() {
    for (failures, ceiling) in
        [(1, 500), (2, 1000), (3, 2000), (6, 16_000), (7, 20_000), (5000, 20_000), (u32::MAX, 20_000)]
    {
        let backoff = Backoff { config: BackoffConfig::default(), failures };
        assert_eq!(backoff.ceiling(), Duration::from_millis(ceiling), "after {failures} failures");
    }
}

/// J2: however long the client was offline, the ceiling never falls.
#[test]
fn fault_j2_the_ceiling_never_falls() {
    let edges = (16..32).flat_map(|bits| [-1i64, 0, 1, 2].map(|near| ((1i64 << bits) + near) as u32));
    for failures in (7..10_000).chain(edges) {
        let backoff = Backoff { config: BackoffConfig::default(), failures };
        assert_eq!(backoff.ceiling(), Duration::from_secs(20), "after {failures} failures");
    }
}

#[test]
fn fault_j1_j2_jitter_spans_the_whole_range_at_every_attempt() {
    for failures in [1, 2, 5, 7, 10, 100, 10_000, u32::MAX] {
        let ceiling = Backoff { config: BackoffConfig::default(), failures }.ceiling();
        let drawn = delays(failures, 1000);
        assert!(drawn.iter().all(|delay| *delay <= ceiling));
        for tenth in 0..10 {
            let range = ceiling / 10 * tenth..=ceiling / 10 * (tenth + 1);
            let share = drawn.iter().filter(|delay| range.contains(delay)).count();
            assert!(
                (50..=160).contains(&share),
                "{share} of 1000 in tenth {tenth} after {failures} failures"
            );
        }
    }
}

#[test]
fn attempts_are_bounded_when_configured() {
    let mut backoff = Backoff::new(BackoffConfig { max_attempts: Some(3), ..BackoffConfig::default() });
    assert!(backoff.fail());
    assert!(backoff.fail());
    assert!(!backoff.fail());
    backoff.reset();
    assert!(backoff.fail());
}
