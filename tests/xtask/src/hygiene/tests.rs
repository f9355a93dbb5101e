use super::{MAX_LINES, home_in, problems};

#[test]
fn a_clean_file_passes() {
    assert_eq!(problems("a.rs", "fn main() {}\n", &[]), Vec::<String>::new());
    assert_eq!(problems("a.rs", "", &[]), Vec::<String>::new());
}

#[test]
fn homes_are_told_from_routes() {
    for bad in ["cd /root/project", "\"/home/ann/x\"", "/Users/bob", "see C:\\Users\\carl"] {
        assert!(home_in(bad).is_some(), "{bad}");
    }
    for good in ["GET /api/home/ann", "{root}/home/x", "/home/", "/root/…", "src/root/mod.rs", ""] {
        assert!(home_in(good).is_none(), "{good}");
    }
}

#[test]
fn the_place_of_this_clone_is_found() {
    let found = problems("a.md", "see /srv/build/rejoin/core", &["/srv/build/rejoin/".to_owned()]);
    assert_eq!(found, ["a.md:1: a path of one machine (/srv/build/rejoin/…)"]);
}

#[test]
fn registry_hosts_are_found_in_any_file() {
    let lock = "{\n\"resolved\": \"https://registry.npmjs.org/ws/-/ws-8.tgz\"\n}";
    assert_eq!(
        problems("package-lock.json", lock, &[]),
        ["package-lock.json:2: a registry host (registry.npmjs.org)"]
    );
}

#[test]
fn only_source_has_a_limit_of_lines() {
    let long = "x\n".repeat(MAX_LINES + 1);
    assert_eq!(problems("a.rs", &long, &[]).len(), 1);
    assert_eq!(problems("a.rs", &long[2..], &[]).len(), 0);
    assert_eq!(problems("Cargo.lock", &long, &[]).len(), 0);
}
