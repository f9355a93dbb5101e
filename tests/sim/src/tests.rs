use std::collections::BTreeSet;

use core::time::Duration;

use super::*;

const SEEDS: u64 = 400;

/// Looks for a schedule in which a driver that is wrong in this way fails the check.
fn find<W: Wire>(sabotage: Sabotage, check: Check) {
    let mut others = BTreeSet::new();
    for seed in 0..SEEDS {
        match run_sabotaged::<W>(seed, sabotage) {
            Err(violation) if violation.check == check => return,
            Err(violation) => others.extend([violation.check]),
            Ok(()) => {}
        }
    }
    panic!("{}: {sabotage:?} fails {others:?}, not {check:?}", W::NAME);
}

fn fails(sabotage: Sabotage, check: Check) {
    find::<Plain>(sabotage, check);
    find::<SocketIoWire>(sabotage, check);
}

#[test]
fn schedules_of_an_honest_driver_pass() {
    let mut totals = Totals::default();
    // A schedule draws less than one delay that can be judged: it takes this many to tell their jitter.
    for seed in 0..5 * SEEDS {
        run::<Plain>(seed, &mut totals).unwrap_or_else(|violation| panic!("plain seed {seed}: {violation}"));
        run::<SocketIoWire>(seed, &mut totals)
            .unwrap_or_else(|violation| panic!("socketio seed {seed}: {violation}"));
    }
    assert!(totals.jitter.is_telling(), "so few delays that the check passes whatever they are: {totals:?}");
    totals.jitter.check().unwrap_or_else(|violation| panic!("{violation}"));
    assert!(totals.connects > SEEDS && totals.messages > SEEDS, "{totals:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in 0..20 {
        let (trace, result) = replay::<Plain>(seed);
        assert_eq!(replay::<Plain>(seed), (trace.clone(), result.clone()));
        assert!(trace.len() > 10);
        assert_eq!(run::<Plain>(seed, &mut Totals::default()), result, "tracing changes nothing");
    }
}

macro_rules! each_check_can_fail {
    ($($name:ident: $sabotage:ident => $check:ident;)*) => {
        $(
            #[test]
            fn $name() {
                fails(Sabotage::$sabotage, Check::$check);
            }
        )*

        #[test]
        fn every_check_and_every_sabotage_has_its_test() {
            let checks = BTreeSet::from([$(Check::$check,)* Check::DelaysAreJittered]);
            assert_eq!(checks, Check::ALL.iter().copied().collect());
            let tried = [$(Sabotage::$sabotage,)*];
            assert!(Sabotage::ALL.iter().all(|sabotage| tried.contains(sabotage)));
        }
    };
}

each_check_can_fail! {
    a_driver_that_mixes_up_sockets_is_caught: MixUpSockets => OldSocketsAreSilent;
    a_driver_whose_timers_come_before_input_is_caught: TimersFirst => LivingLinksAreKept;
    a_clock_that_stands_still_is_caught: StopClock => TimersAdvance;
    a_driver_without_timers_is_caught: IgnoreTimers => AllHeals;
    a_dead_link_that_is_kept_is_caught: IgnoreHeartbeat => DeadLinksAreFound;
    a_driver_that_connects_by_itself_is_caught: ConnectByItself => DisconnectLatches;
    credentials_that_stop_the_client_are_caught: StopWithCredentials => CredentialsDoNotStop;
    an_on_connect_step_that_is_skipped_is_caught: SkipRejoining => NothingBeforeRejoined;
    a_flush_that_did_not_happen_is_caught: FlushToNowhere => OutcomesAreTrue;
    an_acknowledgement_that_nobody_gave_is_caught: AcknowledgeByItself => OutcomesAreTrue;
    a_message_that_arrives_too_often_is_caught: HideFlushes => RepeatsAreAllowed;
    frames_in_the_wrong_order_are_caught: Swap => OrderIsKept;
    a_receipt_that_is_lost_is_caught: SwallowReceipts => OutboxIsBounded;
    a_receipt_that_comes_twice_is_caught: RepeatReceipts => OneOutcomeEach;
    an_outbox_without_bounds_is_caught: RaiseBounds => OutboxIsBounded;
    a_second_socket_is_caught: KeepSockets => OneSocket;
    a_retry_before_its_time_is_caught: HurryRetries => NoEarlyRetry;
    failures_that_are_forgotten_are_caught: HurryStability => AttemptsAreCounted;
    a_close_that_is_none_is_caught: CloseHalfway => NothingAfterClose;
}

#[test]
fn delays_without_jitter_or_with_half_of_it_are_caught() {
    let ceiling = Duration::from_secs(20);
    let rng = &mut fastrand::Rng::with_seed(1);
    let mut draws = |delay: fn(&mut fastrand::Rng) -> u64| {
        let mut jitter = Jitter::default();
        (0..2000).for_each(|_| jitter.add(Duration::from_millis(delay(rng)), ceiling));
        jitter.check().is_ok()
    };
    assert!(draws(|rng| rng.u64(..=20_000)));
    assert!(!draws(|_| 20_000));
    assert!(!draws(|_| 10_000));
    assert!(!draws(|rng| rng.u64(10_000..=20_000)));
}

#[test]
fn fault_70_a_herd_comes_back_spread() {
    for scene in herd::SCENES {
        let herd = herd::run(scene, 20_000);
        herd.check().unwrap_or_else(|error| panic!("{}: {error}\n{herd}", scene.name));
        assert!(herd.crowd(Duration::ZERO) > 0.0);
    }
}
