use super::*;

#[test]
fn a_record_names_the_host_alone() {
    let cases = [
        ("wss://user:secret@example.com:8443/live?token=secret#secret", "example.com:8443"),
        ("ws://[::1]:9?secret", "[::1]:9"),
        ("example.com", "example.com"),
        ("", ""),
    ];
    for (url, expected) in cases {
        assert_eq!(authority(url), expected, "{url}");
    }
}
