use super::{TOOLS, ensure, find};

#[test]
fn names_are_unique() {
    for (index, tool) in TOOLS.iter().enumerate() {
        assert!(TOOLS[..index].iter().all(|other| other.name != tool.name), "{} is there twice", tool.name);
    }
}

#[test]
fn an_unknown_tool_is_an_error() {
    assert!(find("cargo-denyy").is_none());
    assert!(ensure("cargo-denyy").is_err());
}
