use super::{depends_on_platform, foreign_crates};

#[test]
fn a_runtime_in_the_tree_is_found_once() {
    let tree = "rejoin-proto v0.1.0 (core/rejoin-proto)\nbytes v1.12.0\ntokio v1.53.1\ntokio v1.53.1 (*)\n\n";
    assert_eq!(foreign_crates(tree), ["tokio"]);
}

#[test]
fn platform_conditions_are_told_from_others() {
    for bad in ["#[cfg(target_os = \"linux\")]", "if cfg!(unix) {", "#[cfg_attr(any(windows), x)]"] {
        assert!(depends_on_platform(bad), "{bad}");
    }
    for good in ["#[cfg(test)]", "let target_window = cfg;", "/// the target_ of a send", ""] {
        assert!(!depends_on_platform(good), "{good}");
    }
}
