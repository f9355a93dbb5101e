use super::{at_least, printed};

#[test]
fn reads_what_programs_print() {
    assert_eq!(printed("cargo-deny 0.20.2\n"), Some("0.20.2"));
    assert_eq!(printed("v20.20.2"), Some("20.20.2"));
    assert_eq!(printed("ChromeDriver 156.0.8078.73 (abc-123)"), Some("156.0.8078.73"));
    assert_eq!(printed("no such command"), None);
    assert_eq!(printed(""), None);
}

#[test]
fn compares_by_number_and_not_by_letter() {
    assert!(at_least("20.20.2", "20"));
    assert!(at_least("20", "20"));
    assert!(at_least("100.0", "20.1"));
    assert!(at_least("20.1.0-nightly.3", "20.1"));
    assert!(!at_least("18.20.4", "20"));
    assert!(!at_least("9.9.9", "10"));
    assert!(!at_least("", "20"));
    assert!(!at_least("twenty", "20"));
}
