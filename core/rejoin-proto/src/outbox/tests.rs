#![allow(clippy::unwrap_used)]

use super::*;
use crate::config::Overflow;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn outbox(max_messages: usize, max_bytes: usize, overflow: Overflow) -> Outbox {
    let mut outbox = Outbox::new(OutboxConfig { max_messages, max_bytes, overflow });
    outbox.set_lane_open(LaneId::MAIN, true);
    outbox
}

fn message(size: usize) -> Outgoing {
    Outgoing {
        lane: LaneId::MAIN,
        head: Frame::Binary(vec![0; size].into()),
        attachments: Vec::new(),
        kept: 0,
        options: SendOptions::default(),
        ack: None,
    }
}

fn keyed(size: usize, key: &'static str) -> Outgoing {
    Outgoing { options: SendOptions { key: Some(key.into()), ..SendOptions::default() }, ..message(size) }
}

fn acked(size: usize, retries: u32) -> Outgoing {
    let timeout = core::time::Duration::from_secs(1);
    Outgoing { ack: Some(Ack { timeout, retries }), ..message(size) }
}

fn push(outbox: &mut Outbox, outgoing: Outgoing) -> Result<u64, ErrorCode> {
    outbox.push(outgoing, NOW, true).map(MessageId::get).map_err(|error| error.code())
}

fn receipts(outbox: &mut Outbox) -> Vec<(u64, Outcome)> {
    std::iter::from_fn(|| outbox.poll_receipt()).map(|receipt| (receipt.id.get(), receipt.outcome)).collect()
}

fn pull(outbox: &mut Outbox) -> usize {
    std::iter::from_fn(|| outbox.poll_frame(NOW, false)).count()
}

#[test]
fn fault_37_reject_bounds_count_and_bytes_and_changes_nothing() {
    let mut outbox = outbox(2, 10, Overflow::Reject);
    assert_eq!(push(&mut outbox, message(11)), Err(ErrorCode::TooBig));
    assert_eq!(push(&mut outbox, message(8)), Ok(0));
    assert_eq!(push(&mut outbox, message(3)), Err(ErrorCode::QueueFull));
    assert_eq!(push(&mut outbox, message(2)), Ok(1));
    assert_eq!(push(&mut outbox, message(0)), Err(ErrorCode::QueueFull));
    assert_eq!((outbox.len(), outbox.bytes()), (2, 10));
    assert_eq!(receipts(&mut outbox), []);
}

#[test]
fn fault_37_drop_oldest_reports_each_and_keeps_what_is_on_its_way() {
    let mut outbox = outbox(3, 10, Overflow::DropOldest);
    for size in [4, 3, 3] {
        push(&mut outbox, message(size)).unwrap();
    }
    assert!(outbox.poll_frame(NOW, false).is_some());
    assert_eq!(push(&mut outbox, message(6)), Ok(3));
    assert_eq!(receipts(&mut outbox), [(1, Outcome::Dropped), (2, Outcome::Dropped)]);
    assert_eq!((outbox.len(), outbox.bytes()), (2, 10));
}

#[test]
fn fault_37_drop_oldest_does_not_drop_in_vain() {
    let mut outbox = outbox(10, 10, Overflow::DropOldest);
    push(&mut outbox, message(6)).unwrap();
    assert!(outbox.poll_frame(NOW, false).is_some());
    push(&mut outbox, message(2)).unwrap();
    assert_eq!(push(&mut outbox, message(5)), Ok(2));
    assert_eq!(receipts(&mut outbox), [(2, Outcome::Dropped)]);
}

#[test]
fn fault_37_drop_newest_accepts_and_drops() {
    let mut outbox = outbox(1, 10, Overflow::DropNewest);
    push(&mut outbox, message(1)).unwrap();
    assert_eq!(push(&mut outbox, message(1)), Ok(1));
    assert_eq!(receipts(&mut outbox), [(1, Outcome::Dropped)]);
    assert_eq!(outbox.len(), 1);
}

#[test]
fn fault_37_a_key_keeps_only_the_newest_of_what_waits() {
    let mut outbox = outbox(2, 10, Overflow::Reject);
    push(&mut outbox, keyed(1, "x")).unwrap();
    assert!(outbox.poll_frame(NOW, false).is_some());
    push(&mut outbox, keyed(2, "x")).unwrap();
    assert_eq!(push(&mut outbox, keyed(3, "x")), Ok(2), "a full outbox takes what replaces");
    assert_eq!(receipts(&mut outbox), [(1, Outcome::Dropped)]);
    assert_eq!((outbox.len(), outbox.bytes()), (2, 4));
}

#[test]
fn fault_37_a_new_value_that_is_refused_does_not_cost_the_old_one() {
    let mut outbox = outbox(10, 10, Overflow::Reject);
    push(&mut outbox, keyed(1, "x")).unwrap();
    push(&mut outbox, message(8)).unwrap();
    assert_eq!(push(&mut outbox, keyed(3, "x")), Err(ErrorCode::QueueFull));
    assert_eq!(receipts(&mut outbox), []);
    assert_eq!(outbox.len(), 2);
}

#[test]
fn what_awaits_its_acknowledgement_keeps_its_place_and_its_bytes_only_if_it_may_go_again() {
    let mut outbox = outbox(2, 10, Overflow::Reject);
    push(&mut outbox, acked(4, 0)).unwrap();
    push(&mut outbox, acked(4, 1)).unwrap();
    let pulled = pull(&mut outbox) as u64;
    outbox.flushed(pulled, NOW);
    assert_eq!((outbox.len(), outbox.bytes()), (2, 4));
    assert_eq!(push(&mut outbox, message(1)), Err(ErrorCode::QueueFull));
    assert!(outbox.acknowledged(MessageId::new(0), LaneId::MAIN));
    assert!(outbox.acknowledged(MessageId::new(1), LaneId::MAIN));
    assert_eq!((outbox.len(), outbox.bytes()), (0, 0));
}

#[test]
fn an_acknowledgement_may_come_before_the_report_of_the_flush() {
    let mut outbox = outbox(2, 10, Overflow::Reject);
    push(&mut outbox, acked(1, 0)).unwrap();
    push(&mut outbox, acked(1, 0)).unwrap();
    let pulled = pull(&mut outbox) as u64;
    assert!(outbox.acknowledged(MessageId::new(0), LaneId::MAIN));
    outbox.flushed(pulled, NOW);
    assert_eq!(receipts(&mut outbox), [(0, Outcome::Acknowledged)]);
    assert_eq!(outbox.len(), 1);
}

#[test]
fn an_overdue_acknowledgement_sends_again_as_often_as_allowed() {
    let mut outbox = outbox(2, 10, Overflow::Reject);
    push(&mut outbox, acked(1, 2)).unwrap();
    let mut flushed = 0;
    for round in 1..=3 {
        assert_eq!(pull(&mut outbox), 1, "round {round}");
        flushed += 1;
        outbox.flushed(flushed, NOW);
        let at = outbox.ack_deadline().unwrap();
        assert!(!outbox.time_out(at - core::time::Duration::from_millis(1)));
        assert!(outbox.time_out(at));
    }
    assert_eq!(receipts(&mut outbox), [(0, Outcome::Unconfirmed)]);
    assert_eq!((pull(&mut outbox), outbox.len(), outbox.bytes()), (0, 0, 0));
}

#[test]
fn a_late_acknowledgement_ends_a_repeat_that_still_waits() {
    let mut outbox = outbox(2, 10, Overflow::Reject);
    push(&mut outbox, acked(1, 2)).unwrap();
    let pulled = pull(&mut outbox) as u64;
    outbox.flushed(pulled, NOW);
    outbox.link_lost();
    assert!(outbox.acknowledged(MessageId::new(0), LaneId::MAIN));
    assert_eq!(receipts(&mut outbox), [(0, Outcome::Acknowledged)]);
    outbox.set_lane_open(LaneId::MAIN, true);
    assert_eq!(pull(&mut outbox), 0);
}

#[test]
fn attachments_follow_with_nothing_between_and_half_a_message_is_not_kept_twice() {
    let mut outbox = outbox(5, 100, Overflow::Reject);
    let attachments = vec![bytes::Bytes::from_static(b"1"), bytes::Bytes::from_static(b"2")];
    push(&mut outbox, Outgoing { attachments, ..message(1) }).unwrap();
    assert!(outbox.poll_frame(NOW, false).is_some());
    assert!(outbox.is_mid_message());
    outbox.flushed(1, NOW);
    outbox.link_lost();
    assert_eq!(receipts(&mut outbox), [(0, Outcome::Unconfirmed)], "its head may have arrived");
    assert!(!outbox.is_mid_message());
    outbox.set_lane_open(LaneId::MAIN, true);
    assert_eq!(pull(&mut outbox), 0);
}

#[test]
fn withdrawn_only_while_it_was_never_sent() {
    let mut outbox = outbox(5, 100, Overflow::Reject);
    push(&mut outbox, acked(1, 1)).unwrap();
    push(&mut outbox, message(1)).unwrap();
    assert!(outbox.poll_frame(NOW, false).is_some());
    assert!(!outbox.withdraw(MessageId::new(0)));
    assert!(outbox.withdraw(MessageId::new(1)));
    assert!(!outbox.withdraw(MessageId::new(1)));
    outbox.flushed(1, NOW);
    outbox.link_lost();
    assert!(!outbox.withdraw(MessageId::new(0)), "a repeat may have arrived before");
    assert_eq!(receipts(&mut outbox), [(1, Outcome::Withdrawn)]);
}

#[test]
fn messages_of_a_lane_given_up_come_to_their_end() {
    let lane = LaneId(7);
    let mut outbox = outbox(5, 100, Overflow::Reject);
    outbox.set_lane_open(lane, true);
    for outgoing in [acked(1, 1), acked(1, 1), message(1)] {
        push(&mut outbox, Outgoing { lane, ..outgoing }).unwrap();
    }
    assert!(outbox.poll_frame(NOW, false).is_some());
    outbox.flushed(1, NOW);
    assert!(outbox.poll_frame(NOW, false).is_some());
    outbox.withdraw_lane(lane);
    assert_eq!(receipts(&mut outbox), [(2, Outcome::Withdrawn)]);
    outbox.link_lost();
    assert_eq!(receipts(&mut outbox), [(0, Outcome::Unconfirmed), (1, Outcome::Withdrawn)]);
    assert_eq!((outbox.len(), outbox.bytes()), (0, 0));
}

#[test]
fn set_up_and_volatile_messages_that_may_have_arrived_are_unconfirmed() {
    let mut outbox = outbox(5, 100, Overflow::Reject);
    outbox.set_lane_open(LaneId::SETUP, true);
    push(&mut outbox, Outgoing { lane: LaneId::SETUP, ..acked(1, 3) }).unwrap();
    push(&mut outbox, Outgoing { lane: LaneId::SETUP, ..acked(1, 3) }).unwrap();
    assert!(outbox.poll_frame(NOW, true).is_some());
    outbox.flushed(1, NOW);
    outbox.link_lost();
    assert_eq!(receipts(&mut outbox), [(0, Outcome::Unconfirmed), (1, Outcome::Dropped)]);
}

#[test]
fn a_flood_of_unproven_messages_is_kept_as_runs_and_taken_apart_again() {
    let mut unproven = Unproven::default();
    for id in [1, 2, 3, 7, 8, 10] {
        unproven.push(MessageId::new(id));
    }
    assert!(unproven.remove(MessageId::new(2)));
    assert!(unproven.remove(MessageId::new(8)));
    assert!(!unproven.remove(MessageId::new(8)));
    let ids: Vec<u64> = std::iter::from_fn(|| unproven.pop_front()).map(MessageId::get).collect();
    assert_eq!(ids, [1, 3, 7, 10]);
    assert!(unproven.is_empty());
}

#[test]
fn what_the_driver_keeps_counts_and_each_frame_says_whose_part_it_is() {
    let mut outbox = outbox(5, 100, Overflow::Reject);
    let attachments = vec![bytes::Bytes::new(), bytes::Bytes::new()];
    assert_eq!(push(&mut outbox, Outgoing { kept: 100, ..message(1) }), Err(ErrorCode::TooBig));
    push(&mut outbox, message(1)).unwrap();
    push(&mut outbox, Outgoing { kept: 90, attachments, ..message(1) }).unwrap();
    assert_eq!(outbox.bytes(), 92);
    let parts: Vec<_> = std::iter::from_fn(|| outbox.poll_frame(NOW, false))
        .map(|(_, Part { message, index })| (message.get(), index))
        .collect();
    assert_eq!(parts, [(0, 0), (1, 0), (1, 1), (1, 2)]);
    outbox.flushed(4, NOW);
    assert_eq!(outbox.bytes(), 0);
}
