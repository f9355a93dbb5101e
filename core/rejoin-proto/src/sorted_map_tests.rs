#![allow(clippy::disallowed_types, reason = "what it must agree with")]

use std::collections::BTreeMap;

use super::SortedMap;

#[test]
fn agrees_with_a_tree_whatever_the_order() {
    let mut rng = fastrand::Rng::with_seed(7);
    let (mut map, mut tree) = (SortedMap::default(), BTreeMap::new());
    for step in 0..10_000 {
        let key = rng.u32(0..64);
        if rng.bool() {
            assert_eq!(map.get_or_insert_with(key, || step), tree.entry(key).or_insert(step));
        } else {
            assert_eq!(map.remove(&key), tree.remove(&key));
        }
        assert_eq!(map.get(&key), tree.get(&key));
        assert_eq!(map.len(), tree.len());
        assert!(map.keys().zip(map.values()).eq(tree.iter()), "step {step}");
    }
    for value in map.values_mut() {
        *value += 1;
    }
    assert!(map.into_values().eq(tree.into_values().map(|value| value + 1)));
}
