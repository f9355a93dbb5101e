use super::*;

const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n";
const FRAMES: &[u8] = b"\x81\x01a\x81\x02bc";

#[test]
fn an_upgrade_is_noticed_however_its_bytes_are_cut() {
    let stream = [ANSWER, FRAMES].concat();
    let boundaries = [ANSWER.len(), ANSWER.len() + 3, stream.len()];
    for size in 1..=stream.len() {
        let mut outgoing = Outgoing::default();
        let mut at = 0;
        while at < stream.len() {
            let n = size.min(stream.len() - at);
            outgoing.advance(&stream[at..], n);
            at += n;
            assert_eq!(outgoing.is_web_socket(), at >= ANSWER.len(), "pieces of {size}, at {at}");
            assert_eq!(outgoing.at_boundary(), boundaries.contains(&at), "pieces of {size}, at {at}");
        }
    }
}

#[test]
fn other_answers_leave_it_http() {
    let mut outgoing = Outgoing::default();
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\nHTTP/1.1 101\r\n";
    outgoing.advance(answer, answer.len());
    assert!(!outgoing.is_web_socket() && outgoing.at_boundary());
    outgoing.advance(ANSWER, ANSWER.len());
    assert!(outgoing.is_web_socket(), "an upgrade on a connection that was kept alive");
}
