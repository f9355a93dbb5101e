use super::*;

/// A short, a medium, a long and an empty frame.
fn stream() -> (Vec<u8>, Vec<usize>) {
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    for length in [5_usize, 126, 65_536, 0] {
        bytes.push(0x82);
        match length {
            0..126 => bytes.push(length as u8),
            126..65_536 => bytes.extend([126, (length >> 8) as u8, length as u8]),
            _ => {
                bytes.push(127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend(vec![0x8a; length]);
        ends.push(bytes.len());
    }
    (bytes, ends)
}

#[test]
fn steps_end_where_frames_end() {
    let (bytes, ends) = stream();
    let mut frames = Frames::default();
    let mut at = 0;
    let mut seen = Vec::new();
    while at < bytes.len() {
        at += frames.step(&bytes[at..]);
        assert!(frames.at_boundary());
        seen.push(at);
    }
    assert_eq!(seen, ends);
}

#[test]
fn boundaries_are_found_however_the_bytes_are_cut() {
    let (bytes, ends) = stream();
    for size in [1, 2, 3, 7, 130, 4096] {
        let mut frames = Frames::default();
        let mut at = 0;
        for piece in bytes.chunks(size) {
            frames.advance(piece);
            at += piece.len();
            assert_eq!(frames.at_boundary(), ends.contains(&at), "cut into {size}, at {at}");
        }
    }
}

#[test]
fn heartbeats_are_pings_pongs_and_on_engine_io_a_text_of_2() {
    assert!(is_heartbeat(&[0x8a, 0], false));
    assert!(is_heartbeat(&[0x89, 0], false));
    assert!(is_heartbeat(&[0x81, 1, b'2'], true));
    assert!(!is_heartbeat(&[0x81, 1, b'2'], false));
    assert!(!is_heartbeat(&[0x81, 2, b'2', b'2'], true));
    assert!(!is_heartbeat(&[], true));
}

#[test]
fn a_close_frame_holds_code_and_reason() {
    assert_eq!(close_frame(1012, "bye"), [0x88, 5, 0x03, 0xf4, b'b', b'y', b'e']);
    assert_eq!(close_frame(0, "not sent without a code"), [0x88, 0]);
}
