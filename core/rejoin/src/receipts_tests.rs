use super::*;

fn resolved(id: u64, outcome: Outcome) -> Resolved {
    Resolved { id: MessageId::new(id), outcome, cause: None }
}

fn poll(receipts: &mut Receipts, id: u64) -> Option<Outcome> {
    match receipts.poll(id, &mut Context::from_waker(Waker::noop())) {
        Poll::Ready((outcome, _)) => Some(outcome),
        Poll::Pending => None,
    }
}

#[test]
fn an_outcome_is_kept_until_it_is_looked_at() {
    let mut receipts = Receipts::default();
    receipts.add(MessageId::new(3));
    receipts.add(MessageId::new(5));
    receipts.resolve(resolved(5, Outcome::Sent), &mut Vec::new());
    receipts.resolve(resolved(4, Outcome::Sent), &mut Vec::new());
    assert_eq!((poll(&mut receipts, 3), poll(&mut receipts, 5)), (None, Some(Outcome::Sent)));
    receipts.release(5);
    receipts.resolve(resolved(3, Outcome::Expired), &mut Vec::new());
    assert_eq!(poll(&mut receipts, 3), Some(Outcome::Expired));
    receipts.release(3);
    assert!(receipts.window.is_empty());
}

#[test]
fn whoever_waits_is_woken_once() {
    let mut receipts = Receipts::default();
    receipts.add(MessageId::new(0));
    assert_eq!(poll(&mut receipts, 0), None);
    let mut wakers = Vec::new();
    receipts.resolve(resolved(0, Outcome::Sent), &mut wakers);
    receipts.resolve(resolved(0, Outcome::Unconfirmed), &mut wakers);
    assert_eq!(wakers.len(), 1);
    assert_eq!(poll(&mut receipts, 0), Some(Outcome::Sent), "the first outcome is the only one");
}

#[test]
fn one_receipt_that_is_kept_costs_no_place_for_each_later_message() {
    let mut receipts = Receipts::default();
    receipts.add(MessageId::new(0));
    for id in 1..100_000 {
        receipts.add(MessageId::new(id));
        receipts.release(id);
    }
    assert!(receipts.window.len() <= MAX_WINDOW && receipts.aside.len() == 1);
    receipts.resolve(resolved(0, Outcome::Acknowledged), &mut Vec::new());
    assert_eq!(poll(&mut receipts, 0), Some(Outcome::Acknowledged));
    receipts.release(0);
    assert!(receipts.aside.is_empty());
}
