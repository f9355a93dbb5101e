use super::*;

fn way(delay: u64, jitter: u64, bytes_per_second: Option<u64>) -> Way {
    let (delay, jitter) = (Duration::from_millis(delay), Duration::from_millis(jitter));
    Way { frozen: false, delay, jitter, bytes_per_second }
}

#[test]
fn jitter_delays_and_never_reorders() {
    let now = Instant::now();
    let mut queue = Queue::new(1000, now);
    for i in 0..100 {
        queue.push(vec![i], way(10, 50, None), now);
    }
    let mut last = now + Duration::from_millis(10);
    for i in 0..100 {
        let due = queue.next_due().expect("a chunk");
        assert!(due >= last && due <= now + Duration::from_millis(60));
        assert_eq!(queue.front(), [i]);
        last = due;
        queue.advance(1);
    }
    assert_eq!(queue.next_due(), None);
}

#[test]
fn a_cap_spaces_chunks_by_their_length() {
    let now = Instant::now();
    let mut queue = Queue::new(10_000, now);
    let way = way(0, 0, Some(1000));
    assert_eq!(queue.room(way), 50, "a twentieth of a second at once");
    for expected in [50, 100, 150] {
        queue.push(vec![0; 50], way, now);
        assert_eq!(queue.last_due, now + Duration::from_millis(expected));
    }
}

#[test]
fn the_queue_is_bounded_in_bytes() {
    let now = Instant::now();
    let mut queue = Queue::new(10, now);
    queue.push(vec![1; 7], way(0, 0, None), now);
    assert_eq!(queue.room(way(0, 0, None)), 3);
    queue.advance(5);
    assert_eq!((queue.room(way(0, 0, None)), queue.front()), (8, &[1, 1][..]));
    assert!(queue.room(way(0, 0, Some(1))) == 1, "the narrowest line still moves");
}
