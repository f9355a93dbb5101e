//! The committed corpora, through the functions that are fuzzed.

#![allow(clippy::unwrap_used)]

#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::path::Path;

fn replay(target: &str, function: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        let data = std::fs::read(&file).unwrap();
        function(&data);
        // Cut anywhere, it must not panic either.
        (0..data.len().min(256)).for_each(|end| function(&data[..end]));
    }
}

#[test]
fn json() {
    replay("json", fuzz::json);
}

#[test]
fn engineio_packet() {
    replay("engineio_packet", fuzz::engineio_packet);
}

#[test]
fn engineio_payload() {
    replay("engineio_payload", fuzz::engineio_payload);
}

#[test]
fn socketio_packet() {
    replay("socketio_packet", fuzz::socketio_packet);
}

#[test]
fn socketio_msgpack() {
    replay("socketio_msgpack", fuzz::socketio_msgpack);
}

#[test]
fn socketio_session() {
    replay("socketio_session", fuzz::socketio_session);
}
