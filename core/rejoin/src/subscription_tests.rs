use std::sync::{Mutex, PoisonError};

use super::*;

/// The consumers of a client that has no connection.
#[derive(Default)]
struct Bench(Mutex<Subscribers<u32>>);

impl Bench {
    fn with<T>(&self, call: impl FnOnce(&mut Subscribers<u32>) -> T) -> T {
        call(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn subscribe(self: &Arc<Self>, max_messages: usize, policy: InboundPolicy) -> Subscription<u32> {
        let id = self.with(|subscribers| subscribers.add(Inbound { max_messages, policy }));
        Subscription::new(self.clone(), id)
    }

    fn push(&self, items: std::ops::Range<u32>) {
        self.with(|subscribers| items.for_each(|item| assert!(subscribers.push(item, &mut Vec::new()))));
    }

    fn room(&self) -> usize {
        self.with(|subscribers| subscribers.room())
    }
}

impl Source<u32> for Bench {
    fn poll_batch(&self, id: u64, batch: &mut VecDeque<u32>, cx: &mut Context<'_>) -> Poll<Batch> {
        self.with(|subscribers| subscribers.poll_batch(id, batch, cx))
    }

    fn unsubscribe(&self, id: u64) {
        self.with(|subscribers| subscribers.remove(id));
    }
}

#[test]
fn the_bound_holds_what_waits_and_what_was_handed_over() {
    let bench = Arc::new(Bench::default());
    let mut consumer = bench.subscribe(8, InboundPolicy::Backpressure);
    bench.push(0..8);
    assert_eq!(bench.room(), 0);
    assert_eq!(consumer.drain(1), [0]);
    assert_eq!(bench.room(), 0, "three more were handed over with it");
    assert_eq!(consumer.drain(7), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(consumer.drain(1), [0; 0]);
    assert_eq!(bench.room(), 8);
}

#[test]
fn every_consumer_gets_every_item_and_only_its_own_policy() {
    let bench = Arc::new(Bench::default());
    let mut oldest = bench.subscribe(2, InboundPolicy::DropOldest);
    let mut newest = bench.subscribe(2, InboundPolicy::DropNewest);
    let mut all = bench.subscribe(100, InboundPolicy::Backpressure);
    bench.push(0..5);
    assert_eq!((oldest.drain(9), oldest.take_missed()), (vec![3, 4], 3));
    assert_eq!((newest.drain(9), newest.take_missed()), (vec![0, 1], 3));
    assert_eq!((all.drain(9), all.take_missed()), ((0..5).collect(), 0));
    assert_eq!(oldest.take_missed(), 0, "told once");
}

#[test]
fn a_full_consumer_that_leaves_makes_room() {
    let bench = Arc::new(Bench::default());
    let slow = bench.subscribe(1, InboundPolicy::Backpressure);
    let _quick = bench.subscribe(5, InboundPolicy::Backpressure);
    bench.push(0..1);
    assert_eq!(bench.room(), 0);
    drop(slow);
    assert_eq!(bench.room(), 4);
}

#[test]
fn the_end_comes_after_what_waits() {
    let bench = Arc::new(Bench::default());
    let mut consumer = bench.subscribe(5, InboundPolicy::Backpressure);
    bench.push(0..2);
    bench.with(|subscribers| subscribers.end(&mut Vec::new()));
    let mut cx = Context::from_waker(Waker::noop());
    for expected in [Some(0), Some(1), None, None] {
        assert_eq!(Pin::new(&mut consumer).poll_next(&mut cx), Poll::Ready(expected));
    }
}

#[test]
fn a_wait_that_is_given_up_loses_nothing() {
    let bench = Arc::new(Bench::default());
    let mut consumer = bench.subscribe(5, InboundPolicy::Backpressure);
    let mut cx = Context::from_waker(Waker::noop());
    for item in 0..100 {
        assert!(std::pin::pin!(consumer.next()).poll(&mut cx).is_pending());
        bench.push(item..item + 1);
        assert_eq!(consumer.poll_ready(&mut cx), Poll::Ready(()));
        assert_eq!(consumer.drain(9), [item]);
    }
}
