//! Reads how many tests ran from what test programs print.

#[cfg(test)]
mod tests;

/// The sum over all test programs of a step.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) ignored: usize,
}

impl Totals {
    /// Adds up every summary line in a log.
    pub(super) fn of(log: &str) -> Self {
        let one = |line: &str| {
            libtest(line)
                .or_else(|| pytest(line))
                .or_else(|| swift(line))
                .or_else(|| surefire(line))
                .or_else(|| node(line))
        };
        log.lines().filter_map(one).fold(Self::default(), Self::plus)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn libtest(line: &str) -> Option<Totals> {
    let (_verdict, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let mut totals = Totals::default();
    for part in counts.split(';') {
        let Some((number, what)) = part.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse() else { continue };
        match what {
            "passed" => totals.passed = number,
            "failed" => totals.failed = number,
            "ignored" => totals.ignored = number,
            _ => {}
        }
    }
    Some(totals)
}

/// `# pass 35`, and a line each for those that failed, were cancelled or skipped: TAP from `node --test`.
fn node(line: &str) -> Option<Totals> {
    let (what, number) = line.strip_prefix("# ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    let mut totals = Totals::default();
    match what {
        "pass" => totals.passed = number,
        "fail" | "cancelled" => totals.failed = number,
        "skipped" => totals.ignored = number,
        _ => return None,
    }
    Some(totals)
}

/// `1 failed, 51 passed, 2 skipped in 16.92s`
fn pytest(line: &str) -> Option<Totals> {
    let (counts, time) = line.trim().rsplit_once(" in ")?;
    time.split('s').next()?.parse::<f64>().ok()?;
    let mut totals = Totals::default();
    for part in counts.split(", ") {
        let (number, what) = part.split_once(' ')?;
        let number = number.parse().ok()?;
        match what {
            "passed" => totals.passed = number,
            "failed" | "error" | "errors" => totals.failed += number,
            "skipped" => totals.ignored = number,
            _ => {}
        }
    }
    Some(totals)
}

/// `Test run with 5 tests passed after 1.0 seconds.`, or `… failed after 1.0 seconds with 2 issues.`: how many of them
/// failed is not told.
fn swift(line: &str) -> Option<Totals> {
    let (_, rest) = line.split_once("Test run with ")?;
    let mut words = rest.split(' ');
    let tests: usize = words.next()?.parse().ok()?;
    let passed = words.any(|word| word == "passed");
    Some(if passed {
        Totals { passed: tests, ..Totals::default() }
    } else {
        Totals { failed: tests.min(1), ..Totals::default() }
    })
}

/// `[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0`; a line of one class goes on after that.
fn surefire(line: &str) -> Option<Totals> {
    let (_, counts) = line.trim().split_once("Tests run: ")?;
    let numbers: Vec<usize> =
        counts.split(", ").filter_map(|part| part.rsplit(' ').next()?.parse().ok()).collect();
    let [run, failures, errors, skipped] = numbers[..] else { return None };
    let failed = failures + errors;
    let passed = run.saturating_sub(failed + skipped);
    counts.ends_with(&format!("Skipped: {skipped}")).then_some(Totals { passed, failed, ignored: skipped })
}
