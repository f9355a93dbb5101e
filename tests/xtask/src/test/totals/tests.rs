use super::Totals;

#[test]
fn sums_every_summary_of_a_log() {
    let log = "running 2 tests\ntest a ... ok\n\n\
        test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
        test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 9 filtered out; finished in 1.20s\n";
    assert_eq!(Totals::of(log), Totals { passed: 5, failed: 4, ignored: 1 });
}

#[test]
fn a_log_without_summary_counts_nothing() {
    assert_eq!(Totals::of("error: could not compile `rejoin`\n3 passed\ntest result:\n"), Totals::default());
}

#[test]
fn nonsense_in_a_summary_is_not_counted() {
    let log = "test result: ok. many passed; -1 failed; 99999999999999999999999 ignored;;";
    assert_eq!(Totals::of(log), Totals::default());
}

#[test]
fn reads_the_summaries_of_other_languages() {
    let of = |line| {
        let Totals { passed, failed, ignored } = Totals::of(line);
        (passed, failed, ignored)
    };
    assert_eq!(of("1 failed, 51 passed, 2 skipped in 16.92s"), (51, 1, 2));
    assert_eq!(of("3 passed in 2.10s (0:00:02)"), (3, 0, 0));
    assert_eq!(of("\u{25c7} Test run with 5 tests passed after 1.2 seconds."), (5, 0, 0));
    assert_eq!(of("\u{2718} Test run with 5 tests failed after 1.2 seconds with 2 issues."), (0, 1, 0));
    assert_eq!(of("[WARNING] Tests run: 9, Failures: 1, Errors: 2, Skipped: 1"), (5, 3, 1));
    assert_eq!(
        of("[INFO] Tests run: 9, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1.2 s -- in A"),
        (0, 0, 0)
    );
}

#[test]
fn node_prints_a_line_for_each_kind() {
    let log = "# tests 7\n# suites 2\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n# duration_ms 12.5\n";
    assert_eq!(Totals::of(log), Totals { passed: 4, failed: 2, ignored: 1 });
}
