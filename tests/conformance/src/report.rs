//! The matrix, scenario by platform: for the terminal, and as docs/conformance.md.

use std::fmt::Write;
use std::path::Path;

use crate::runner::Listed;
use crate::verdict::Verdict;

/// One agent's verdicts, in the order of the scenarios.
pub(crate) struct Column {
    pub(crate) agent: &'static str,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Column {
    pub(crate) fn passed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.is_ok()).count()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.passed() == self.verdicts.len()
    }
}

/// For the terminal, the failures' reasons below.
pub(crate) fn table(scenarios: &[Listed], columns: &[Column]) -> String {
    let width = scenarios.iter().map(|listed| listed.name().len()).max().unwrap_or_default();
    let mut text = format!("{:width$}", "");
    for column in columns {
        let _ = write!(text, "  {:8}", column.agent);
    }
    for (row, listed) in scenarios.iter().enumerate() {
        let _ = write!(text, "\n{:width$}", listed.name());
        for column in columns {
            let _ = write!(text, "  {:8}", if column.verdicts[row].is_ok() { "ok" } else { "FAILED" });
        }
    }
    text.push('\n');
    for column in columns {
        for (listed, verdict) in scenarios.iter().zip(&column.verdicts) {
            if let Err(failure) = verdict {
                let _ = write!(
                    text,
                    "\n{} on {}: {failure}\n    right: {}",
                    listed.name(),
                    column.agent,
                    listed.scenario.right
                );
            }
        }
    }
    // In the words of Rust's own test programs, which whoever counts tests knows.
    for column in columns {
        let (passed, failed) = (column.passed(), column.verdicts.len() - column.passed());
        let result = if failed == 0 { "ok" } else { "FAILED" };
        let _ = write!(text, "\n\n{}\ntest result: {result}. {passed} passed; {failed} failed", column.agent);
    }
    text
}

/// For docs/conformance.md: without times, so that the same result is the same file.
pub(crate) fn markdown(scenarios: &[Listed], columns: &[Column]) -> String {
    let mut text = String::from(
        "# Conformance\n\nOne list of scenarios runs against the package of every platform, driven through its public API \
         alone.\nWritten by `cargo xtask conformance`; the scenarios are in `tests/conformance/src/scenarios`.\n",
    );
    let mut topic = "";
    for (row, listed) in scenarios.iter().enumerate() {
        if listed.topic.name != topic {
            topic = listed.topic.name;
            let agents: Vec<_> = columns.iter().map(|column| column.agent).collect();
            let rules = "---|".repeat(agents.len());
            let _ = write!(
                text,
                "\n## {}\n\n| what is right | {} |\n|---|{rules}\n",
                topic.replace('_', " "),
                agents.join(" | ")
            );
        }
        let cells: Vec<_> =
            columns.iter().map(|column| if column.verdicts[row].is_ok() { "✓" } else { "✗" }).collect();
        let _ = writeln!(
            text,
            "| `{}`: {} | {} |",
            listed.scenario.name,
            listed.scenario.right,
            cells.join(" | ")
        );
    }
    text
}

/// Where it is written.
pub(crate) fn write(markdown: &str) -> Verdict {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("the crate lies in no workspace")?;
    Ok(std::fs::write(root.join("docs/conformance.md"), markdown)?)
}
