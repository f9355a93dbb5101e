/// The story of one schedule, told only when somebody listens.
#[derive(Debug)]
pub(crate) struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) const fn off() -> Self {
        Self { lines: None }
    }

    pub(crate) const fn on() -> Self {
        Self { lines: Some(Vec::new()) }
    }

    /// `line` is called only if the trace is on: formatting would cost more than the schedule itself.
    pub(crate) fn add(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(line());
        }
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}
