use super::{Counts, EXCERPT_LINES, Totals, excerpt, judge};

fn ran(passed: usize, failed: usize) -> Totals {
    Totals { passed, failed, ignored: 0 }
}

#[test]
fn a_check_counts_as_one() {
    assert_eq!(judge(Counts::Check, ran(0, 0), None), (ran(1, 0), None));
    assert_eq!(judge(Counts::Check, ran(0, 0), Some("bad".into())), (ran(0, 1), Some("bad".into())));
}

#[test]
fn a_test_step_counts_its_tests() {
    assert_eq!(judge(Counts::Tests, ran(7, 0), None), (ran(7, 0), None));
    assert_eq!(judge(Counts::Tests, ran(7, 2), Some("bad".into())).0, ran(7, 2));
}

#[test]
fn a_test_step_that_ran_nothing_fails() {
    let (counted, problem) = judge(Counts::Tests, ran(0, 0), None);
    assert_eq!((counted, problem.as_deref()), (ran(0, 1), Some("no test ran")));
}

#[test]
fn a_test_step_that_did_not_build_is_one_failure() {
    assert_eq!(judge(Counts::Tests, ran(0, 0), Some("bad".into())).0, ran(0, 1));
}

#[test]
fn failed_tests_count_whatever_the_exit_status() {
    let (counted, problem) = judge(Counts::Tests, ran(3, 1), None);
    assert_eq!(counted, ran(3, 1));
    assert!(problem.is_some());
}

#[test]
fn an_excerpt_keeps_failures_and_is_bounded() {
    let log = "   Compiling rejoin\ntest a ... ok\ntest b ... FAILED\nthread 'b' panicked\n";
    assert_eq!(excerpt(log), ["test b ... FAILED", "thread 'b' panicked"]);
    assert_eq!(excerpt(&"x\n".repeat(10_000)).len(), EXCERPT_LINES);
    assert_eq!(excerpt(""), Vec::<&str>::new());
}
