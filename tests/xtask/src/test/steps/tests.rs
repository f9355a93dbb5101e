use super::{LONG_STEPS, STEPS};
use crate::tools;

#[test]
fn every_needed_tool_is_in_the_table() {
    for step in STEPS.iter().chain(LONG_STEPS) {
        for need in step.needs {
            assert!(tools::find(need).is_some(), "step {} needs the unknown tool {need}", step.name);
        }
    }
}

#[test]
fn names_are_unique() {
    for (index, step) in STEPS.iter().enumerate() {
        assert!(STEPS[..index].iter().all(|other| other.name != step.name), "{} is there twice", step.name);
    }
}
