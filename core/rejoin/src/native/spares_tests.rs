use std::collections::VecDeque;

use super::{LARGE, Spares};

fn spares(most: usize, capacities: &[usize]) -> Spares {
    let mut spares = Spares { buffers: VecDeque::new(), bytes: 0, most };
    capacities.iter().for_each(|capacity| spares.give(Vec::with_capacity(*capacity)));
    spares
}

fn kept(spares: &Spares) -> Vec<usize> {
    assert_eq!(spares.bytes, spares.buffers.iter().map(Vec::capacity).sum::<usize>());
    spares.buffers.iter().map(Vec::capacity).collect()
}

#[test]
fn what_was_given_last_is_taken_first_and_is_empty() {
    let mut spares = spares(1000, &[]);
    spares.give(vec![1; 100]);
    spares.give(vec![2; 120]);
    let taken = spares.take(100).unwrap();
    assert_eq!((taken.len(), taken.capacity()), (0, 120));
    assert_eq!(kept(&spares), [100]);
}

#[test]
fn it_is_large_enough_and_at_most_half_larger() {
    let mut spares = spares(1000, &[99, 150, 151]);
    assert_eq!(spares.take(100).map(|buffer| buffer.capacity()), Some(150));
    assert_eq!(spares.take(100), None);
    assert_eq!(kept(&spares), [99, 151]);
    assert_eq!(spares.take(usize::MAX), None);
}

#[test]
fn no_more_is_kept_than_allowed_and_the_oldest_goes_first() {
    let mut spares = spares(300, &[100, 110, 90]);
    assert_eq!(kept(&spares), [100, 110, 90]);
    spares.give(Vec::with_capacity(1));
    assert_eq!(kept(&spares), [110, 90, 1]);
    spares.give(Vec::with_capacity(301));
    assert_eq!(kept(&spares), [110, 90, 1]);
}

#[test]
fn the_memory_of_a_message_comes_back_when_it_is_dropped() {
    const LENGTH: usize = 5 * LARGE + 1;
    let read = || {
        let mut payload = super::take(LENGTH);
        payload.resize(LENGTH, 7);
        let payload = super::freeze(payload);
        assert_eq!(payload.slice(LENGTH - 2..), [7, 7][..]);
    };
    read();
    // Other tests use the same memory now and then.
    let counted = allocation_counter::measure(|| (0..100).for_each(|_| read()));
    assert!(counted.bytes_total < 50 * LENGTH as u64, "{} bytes", counted.bytes_total);
}
