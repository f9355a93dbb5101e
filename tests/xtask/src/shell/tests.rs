use super::{Logged, command, output, with_descendants};
use std::time::Duration;

const NO_HURRY: Duration = Duration::from_secs(60);

#[test]
fn a_log_holds_both_streams_of_every_command() {
    let logged = Logged::new("test of a log", NO_HURRY).unwrap();
    logged.run(command("sh -c").arg("echo out; echo err >&2")).unwrap();
    logged.run(&mut command("echo more")).unwrap();
    assert_eq!(logged.text(), "out\nerr\nmore\n");
}

#[test]
fn a_bad_exit_status_is_an_error_that_names_the_command() {
    let logged = Logged::new("test of a failure", NO_HURRY).unwrap();
    let error = logged.run(command("sh -c").arg("exit 3")).unwrap_err().to_string();
    assert!(error.contains("exit 3") && error.contains("exit status: 3"), "{error}");
    assert!(logged.run(&mut command("no-such-program-at-all")).is_err());
    assert!(output(&mut command("no-such-program-at-all")).is_err());
}

#[test]
fn a_command_that_takes_too_long_is_stopped() {
    let logged = Logged::new("test of a limit", Duration::ZERO).unwrap();
    let error = logged.run(&mut command("sleep 600")).unwrap_err().to_string();
    assert!(error.contains("was stopped"), "{error}");
}

#[test]
fn descendants_are_found_over_generations() {
    let table = "    1     0\n   10     1\n   11    10\n   12    11\n   20     1\nnonsense\n 5 5\n";
    assert_eq!(with_descendants(10, table), [10, 11, 12]);
    assert_eq!(with_descendants(5, table), [5]);
    assert_eq!(with_descendants(99, ""), [99]);
}
