use super::{HOMES, MAX_LINES, names_a_path_in, problems};

const CLONE: &str = "/src/";

#[test]
fn a_clean_file_passes() {
    assert_eq!(problems("a.rs", "fn main() {}\n", CLONE), Vec::<String>::new());
    assert_eq!(problems("a.rs", "", CLONE), Vec::<String>::new());
}

#[test]
fn homes_are_told_from_routes() {
    for bad in ["cd /root/project", "\"/home/ann/x\"", "/Users/bob", "see C:\\Users\\carl"] {
        assert!(in_a_home(bad), "{bad}");
    }
    for good in ["GET /api/home/ann", "{root}/home/x", "/home/", "/root/…", "src/root/mod.rs", ""] {
        assert!(!in_a_home(good), "{good}");
    }
}

fn in_a_home(line: &str) -> bool {
    HOMES.iter().any(|home| names_a_path_in(line, home))
}

#[test]
fn the_place_of_this_clone_is_found() {
    assert_eq!(problems("a.md", "see /src/core", CLONE), ["a.md:1: a path of one machine (/src/…)"]);
    assert_eq!(problems("a.md", "see core/rejoin/src/lib.rs", CLONE), Vec::<String>::new());
}

#[test]
fn registry_hosts_are_found_in_any_file() {
    let lock = "{\n\"resolved\": \"https://registry.example/ws/-/ws-8.tgz\"\n}";
    assert_eq!(
        problems("package-lock.json", lock, CLONE),
        ["package-lock.json:2: a registry host (://registry.)"]
    );
}

#[test]
fn only_source_has_a_limit_of_lines() {
    let long = "x\n".repeat(MAX_LINES + 1);
    assert_eq!(problems("a.rs", &long, CLONE).len(), 1);
    assert_eq!(problems("a.rs", &long[2..], CLONE).len(), 0);
    assert_eq!(problems("Cargo.lock", &long, CLONE).len(), 0);
}
