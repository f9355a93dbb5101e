use super::*;

#[test]
fn accepts_what_rfc_8259_allows() {
    for text in [
        "0",
        "-0",
        "1.5e+10",
        "-0.1E-2",
        "\"\"",
        "true",
        " null ",
        "[]",
        "{}",
        "[1, [2, {}]]",
        "{\"a\" : 1 , \"b\":[ ] }",
        "\"\\u00e9\\\\\\\"\\/\"",
        "\"\u{2028}\u{7f}é😀\"",
        "\r\n\t[\n]",
        "\"exactly8\"",
        "\"longer than eight bytes, with \\n in it\"",
    ] {
        assert!(is_valid(text, MAX_DEPTH), "{text}");
    }
}

#[test]
fn refuses_everything_else() {
    for text in [
        "",
        " ",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "+1",
        "tru",
        "nul",
        "truex",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1]",
        "[1}",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u12",
        "\"\n\"",
        "\"12345678\u{1}\"",
        "'a'",
        "[1]]",
        "1 2",
        "\u{feff}1",
        "NaN",
        "é",
    ] {
        assert!(!is_valid(text, MAX_DEPTH), "{text}");
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(is_valid(&nested(128), MAX_DEPTH));
    assert!(!is_valid(&nested(129), MAX_DEPTH));
    assert!(!is_valid(&nested(10_000), u32::MAX));
    assert!(is_valid("1", 0));
    let objects = format!("{}1{}", "{\"a\":".repeat(128), "}".repeat(128));
    assert!(is_valid(&objects, MAX_DEPTH));
}

#[test]
fn every_special_byte_is_found_at_every_offset() {
    for at in 0..24 {
        let mut text = format!("\"{}\"", "é".repeat(24));
        assert!(is_valid(&text, MAX_DEPTH));
        text.insert(1 + 2 * at, '\u{1f}');
        assert!(!is_valid(&text, MAX_DEPTH), "a control character at {at}");
        text.replace_range(1 + 2 * at..2 + 2 * at, "\"");
        assert!(!is_valid(&text, MAX_DEPTH), "a quote at {at}");
        assert_eq!(value_end(&text, 0, MAX_DEPTH), Ok(2 + 2 * at));
    }
}

#[test]
fn parts_of_malformed_text_end_early() {
    assert_eq!(elements("1,,2").collect::<Vec<_>>(), ["1"]);
    assert_eq!(elements("").count(), 0);
    assert_eq!(elements(" ").count(), 0);
    assert_eq!(members("{\"a\":1,\"b\"}").count(), 1);
    assert_eq!(members("[1]").count(), 0);
    assert_eq!(members("{}").count(), 0);
}

#[test]
fn quoting_and_unescaping_are_inverse() {
    for text in ["", "plain", "\u{0}\u{1f}\"\\\n\r\t/", "é\u{2028}😀"] {
        let mut json = String::new();
        quote(text, &mut json);
        assert!(is_valid(&json, 0), "{json}");
        assert_eq!(unescape(&json[1..json.len() - 1]), text);
    }
    assert_eq!(unescape("\\ud83d\\ude00"), "😀");
    assert_eq!(unescape("\\ud83d\\u0041\\udc00x"), "\u{fffd}A\u{fffd}x");
    assert_eq!(unescape("\\"), "\u{fffd}");
    assert_eq!(unescape("\\u12"), "\u{fffd}12");
}
