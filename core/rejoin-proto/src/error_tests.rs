use super::*;

#[test]
fn codes_are_unique_snake_case_and_have_a_remedy() {
    let mut seen = std::collections::BTreeSet::new();
    for code in ErrorCode::ALL {
        assert!(seen.insert(code.as_str()), "{code} twice");
        assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
        assert!(code.remedy().ends_with('.'), "{code}");
    }
}

#[test]
fn foreign_text_is_escaped_and_cut_at_a_character() {
    assert_eq!(sanitize("a\r\nb"), "a\\r\\nb");
    let long = "é".repeat(100);
    let clean = sanitize(&long);
    assert_eq!(clean.len(), 122);
    assert!(long.starts_with(&*clean));
    assert!(sanitize(&"\u{1b}".repeat(100)).len() <= MAX_FOREIGN_TEXT);
}

#[test]
fn retryable_follows_the_code_unless_stated() {
    let error = Error::new(ErrorCode::Network, "reset");
    assert!(error.is_retryable());
    assert!(!error.with_retryable(false).is_retryable());
    assert!(!Error::invalid("url", "a ws or wss URL").is_retryable());
}
