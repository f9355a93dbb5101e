use super::*;

fn add_all(numbers: &[u64], max_gaps: usize) -> (Seen, Vec<bool>) {
    let mut seen = Numbers::default();
    let new = numbers.iter().map(|number| seen.add(*number, max_gaps)).collect();
    (seen.seen, new)
}

#[test]
fn orderly_numbers_are_all_new() {
    let (seen, new) = add_all(&[1, 2, 3], 8);
    assert_eq!(new, [true; 3]);
    assert_eq!(seen, Seen { received: 3, unique: 3, duplicates: 0, reordered: 0, high: 3 });
}

#[test]
fn a_late_number_is_reordered_and_a_repeat_is_a_duplicate() {
    let (seen, new) = add_all(&[5, 3, 4, 3, 9, 5], 8);
    assert_eq!(new, [true, true, true, false, true, false]);
    assert_eq!(seen, Seen { received: 6, unique: 4, duplicates: 2, reordered: 2, high: 9 });
}

#[test]
fn the_ends_of_the_range_of_numbers_do_not_overflow() {
    let (seen, _) = add_all(&[u64::MAX, 0, u64::MAX - 1, u64::MAX], 8);
    assert_eq!((seen.unique, seen.duplicates, seen.high), (3, 1, u64::MAX));
}

#[test]
fn gaps_are_bounded() {
    let mut numbers = Numbers::default();
    for even in (0..1000).step_by(2) {
        numbers.add(even, 10);
    }
    assert!(numbers.ranges.len() <= 10);
    assert!(!numbers.add(1, 10), "a forgotten gap counts as seen");
    assert!(numbers.add(997, 10), "a remembered gap can still be filled");
}
