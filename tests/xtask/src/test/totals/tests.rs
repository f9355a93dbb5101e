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
