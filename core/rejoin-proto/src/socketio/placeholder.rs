//! `{"_placeholder":true,"num":i}`: where an attachment stands in JSON text.

use crate::json::{Container, MAX_DEPTH, Visitor, unescape, walk};

/// What one object said of itself so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Candidate {
    is_placeholder: bool,
    num: Option<usize>,
    expects: Expects,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expects {
    #[default]
    Nothing,
    Flag,
    Num,
}

impl Candidate {
    pub(super) fn key(&mut self, raw: &str) {
        self.expects = match &*unescape(raw) {
            "_placeholder" => Expects::Flag,
            "num" => Expects::Num,
            _ => Expects::Nothing,
        };
    }

    /// The value of the last key; `None` for one that is neither `true` nor a number.
    pub(super) fn value(&mut self, text: Option<&str>) {
        match self.expects {
            Expects::Nothing => {}
            Expects::Flag => self.is_placeholder = text == Some("true"),
            Expects::Num => self.num = text.and_then(index),
        }
        self.expects = Expects::Nothing;
    }

    /// The index that it refers to, if it is a placeholder; `Err` if that is no attachment.
    pub(super) fn finish(self, attachments: usize) -> Result<Option<usize>, ()> {
        match (self.is_placeholder, self.num) {
            (false, _) => Ok(None),
            (true, Some(num)) if num < attachments => Ok(Some(num)),
            (true, _) => Err(()),
        }
    }
}

/// A number as JavaScript would use it: `1.0` and `1e0` are 1 too. Without floating point, whose parser is large.
fn index(number: &str) -> Option<usize> {
    let is_zero = |digits: &str| digits.bytes().all(|digit| matches!(digit, b'0' | b'+' | b'-'));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    if is_zero(fraction) && is_zero(exponent) { whole.parse::<u64>().ok()?.try_into().ok() } else { None }
}

struct Check {
    /// One for each open container; those of arrays stay as they are.
    open: Vec<Candidate>,
    attachments: usize,
    bad: bool,
}

impl Check {
    fn scalar(&mut self, text: Option<&str>) {
        if let Some(candidate) = self.open.last_mut() {
            candidate.value(text);
        }
    }
}

impl Visitor for Check {
    fn open(&mut self, _container: Container) {
        self.scalar(None);
        self.open.push(Candidate::default());
    }

    fn close(&mut self, _container: Container) {
        let closed = self.open.pop().unwrap_or_default();
        self.bad |= closed.finish(self.attachments).is_err();
    }

    fn key(&mut self, raw: &str) {
        if let Some(candidate) = self.open.last_mut() {
            candidate.key(raw);
        }
    }

    fn string(&mut self, _raw: &str) {
        self.scalar(None);
    }

    fn number(&mut self, text: &str) {
        self.scalar(Some(text));
    }

    fn literal(&mut self, text: &'static str) {
        self.scalar(Some(text));
    }
}

/// Whether each placeholder in the JSON value refers to one of so many attachments.
pub(super) fn all_refer(value: &str, attachments: usize) -> bool {
    let mut check = Check { open: Vec::new(), attachments, bad: false };
    walk(value, 0, MAX_DEPTH, &mut check).is_ok() && !check.bad
}
