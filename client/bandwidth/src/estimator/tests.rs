//! The estimator against simulated links, and against reports that no network ever made.
use std::time::Duration;

use proptest::prelude::*;

use super::{
    Estimator, Fate, MAX_BITS_PER_SECOND, MIN_BITS_PER_SECOND, PacketReport,
    simulation::{Habit, Outcome, Path, Simulation, moment},
};

const SECONDS: fn(u64) -> Duration = Duration::from_secs;
/// Whatever the dice say.
const SEEDS: [u64; 3] = [1, 2, 3];

#[test]
fn a_narrow_link_is_used_well_and_its_queue_stays_short() {
    for seed in SEEDS {
        let outcome = call(Path { delay: Duration::from_millis(50), ..Path::of(1e6) }, seed, 90);

        let (sent, queued) = (outcome.sent(0, 15.0, 90.0), outcome.queued_ms(15.0, 90.0, 0.95));
        println!(
            "1 Mbit/s: sends {:.0} kbit/s, p95 queue {queued:.0} ms, p50 {:.0} ms, target {:.0}",
            sent / 1e3,
            outcome.queued_ms(15.0, 90.0, 0.5),
            outcome.target(0, 15.0, 90.0) / 1e3
        );
        assert!((0.8e6..0.95e6).contains(&sent), "{sent}");
        assert!(queued <= 100.0, "{queued}");
    }
}

#[test]
fn a_link_that_becomes_narrow_and_wide_again_is_followed() {
    for seed in SEEDS {
        let rate = vec![(0.0, 3e6), (30.0, 0.5e6), (60.0, 3e6)];
        let path = Path { rate, report: Duration::from_millis(50), ..Path::of(3e6) };
        let outcome = call(path, seed, 90);

        let before = outcome.sent(0, 15.0, 30.0);
        let down = outcome.falls_to(0, 30.0, 0.5e6).expect("it falls") - 30.0;
        let narrow = outcome.sent(0, 35.0, 60.0);
        let back = outcome.reaches(0, 60.0, 2.4e6).map(|at| at - 60.0);
        let queued = outcome.queued_ms(33.0, 60.0, 0.95);
        let silence = outcome.silence_ms(29.0, 33.0);
        println!(
            "3->0.5->3: {:.0}, down in {down:.1} s with {silence:.0} ms of silence, {:.0} kbit/s with p95 {queued:.0} ms, \
             back in {back:?} s, then {:.0}",
            before / 1e3,
            narrow / 1e3,
            outcome.sent(0, 75.0, 90.0) / 1e3
        );
        assert!(before >= 2.4e6, "{before}");
        assert!(down <= 2.0, "{down}");
        assert!((0.38e6..0.5e6).contains(&narrow), "{narrow}");
        assert!(queued < 160.0, "{queued}");
        assert!(back.is_some_and(|back| back <= 10.0), "{back:?}");
    }
}

#[test]
fn random_loss_does_not_throttle() {
    for (loss, least) in [(0.05, 2.0e6), (0.02, 2.2e6), (0.15, 1.8e6)] {
        for seed in SEEDS {
            let outcome = call(Path { loss, ..Path::of(3e6) }, seed, 60);

            let sent = outcome.sent(0, 20.0, 60.0);
            println!("{loss} of loss on 3 Mbit/s: {:.0} kbit/s", sent / 1e3);
            assert!(sent >= least, "{sent} with {loss}");
        }
    }
}

#[test]
fn loss_of_a_queue_that_is_too_short_to_measure_lowers_the_rate() {
    for seed in SEEDS {
        let path = Path { queue: Duration::from_millis(15), ..Path::of(1e6) };
        let outcome = call(path, seed, 60);

        let (sent, arrived) = (outcome.sent(0, 15.0, 60.0), outcome.arrived(0, 15.0, 60.0));
        println!("15 ms of queue: sends {:.0} kbit/s, lost {:.3}", sent / 1e3, 1.0 - arrived / sent);
        assert!((0.6e6..1.05e6).contains(&sent), "{sent}");
        assert!(arrived > 0.9 * sent, "{arrived} of {sent}");
    }
}

#[test]
fn two_calls_share_a_link_roughly_alike() {
    for seed in SEEDS {
        let late = Habit { from: SECONDS(20), ..Habit::default() };
        let outcome = Simulation::new(Path::of(2e6), &[Habit::default(), late], seed).run(SECONDS(140));

        let (first, second) = (outcome.sent(0, 80.0, 140.0), outcome.sent(1, 80.0, 140.0));
        let queued = outcome.queued_ms(40.0, 140.0, 0.95);
        println!("shared 2 Mbit/s: {:.0} and {:.0} kbit/s, p95 {queued:.0} ms", first / 1e3, second / 1e3);
        assert!(first.max(second) / first.min(second) < 2.5, "{first} {second}");
        assert!(first + second > 1.5e6, "{first} {second}");
        assert!(queued < 150.0, "{queued}");
    }
}

#[test]
fn jitter_does_not_starve() {
    for seed in SEEDS {
        let path = Path { jitter: Duration::from_millis(40), ..Path::of(2e6) };
        let outcome = call(path, seed, 60);

        let sent = outcome.sent(0, 15.0, 60.0);
        println!("40 ms of jitter on 2 Mbit/s: {:.0} kbit/s", sent / 1e3);
        assert!(sent > 1.4e6, "{sent}");
    }
}

#[test]
fn a_wide_link_is_found_within_seconds() {
    for report in [50, 100, 250] {
        let path = Path { report: Duration::from_millis(report), ..Path::of(20e6) };
        let outcome = call(path, 1, 20);

        let reached = outcome.reaches(0, 0.0, 2e6);
        println!("reports every {report} ms: 2 Mbit/s after {reached:?} s");
        assert!(reached.is_some_and(|at| at < 4.0), "{reached:?}");
    }
}

#[test]
fn who_sends_little_neither_loses_the_estimate_nor_inflates_it_and_probes_find_more() {
    let little = Habit { at_most: 150e3, ..Habit::default() };

    let wide = Simulation::new(Path::of(5e6), &[little], 1).run(SECONDS(60));
    let narrow = Simulation::new(Path::of(0.8e6), &[little], 1).run(SECONDS(60));

    let (found, bounded) = (wide.target(0, 50.0, 60.0), narrow.target(0, 50.0, 60.0));
    println!("sending 200 kbit/s: {:.0} of 5000, {:.0} of 800 kbit/s", found / 1e3, bounded / 1e3);
    assert!((1e6..6e6).contains(&found), "{found}");
    assert!((0.4e6..1.1e6).contains(&bounded), "{bounded}");
}

#[test]
fn loss_does_not_lower_the_estimate_of_who_sends_little() {
    let little = Habit { at_most: 400e3, ..Habit::default() };
    for seed in SEEDS {
        let path = Path { loss: 0.05, ..Path::of(3e6) };
        let outcome = Simulation::new(path, &[little], seed).run(SECONDS(90));

        let found = outcome.target(0, 40.0, 90.0);
        println!("sending 450 kbit/s with loss: {:.0} of 3000 kbit/s", found / 1e3);
        assert!((1e6..4e6).contains(&found), "{found}");
    }
}

#[test]
fn a_pause_neither_throttles_nor_floods() {
    for seed in SEEDS {
        let habit = Habit { pause: Some((SECONDS(20), SECONDS(40))), ..Habit::default() };
        let outcome = Simulation::new(Path::of(1.5e6), &[habit], seed).run(SECONDS(60));

        let (before, after) = (outcome.sent(0, 10.0, 20.0), outcome.sent(0, 42.0, 60.0));
        println!("a pause: {:.0} before, {:.0} after", before / 1e3, after / 1e3);
        assert!(after > 0.8 * before, "{before} {after}");
        assert!(outcome.queued_ms(42.0, 60.0, 0.95) < 120.0);
    }
}

#[test]
fn a_link_that_is_cut_comes_back() {
    let path = Path { rate: vec![(0.0, 2e6), (20.0, 1e3), (25.0, 2e6)], ..Path::of(2e6) };
    let outcome = call(path, 1, 60);

    let back = outcome.reaches(0, 25.0, 1.4e6).map(|at| at - 25.0);
    println!("a cut of 5 s: target at its end {:.0} kbit/s, back in {back:?} s", outcome.target(0, 24.5, 25.0) / 1e3);
    assert!(outcome.target(0, 24.5, 25.0) < 0.5e6);
    assert!(back.is_some_and(|back| back < 20.0), "{back:?}");
}

#[test]
fn links_of_any_rate_are_used_and_not_flooded() {
    for (rate, least, queue) in [(0.15e6, 0.45, 350.0), (0.3e6, 0.6, 220.0), (0.6e6, 0.7, 150.0), (6e6, 0.7, 100.0)] {
        let outcome = call(Path::of(rate), 1, 90);

        let (share, queued) = (outcome.sent(0, 25.0, 90.0) / rate, outcome.queued_ms(25.0, 90.0, 0.95));
        println!("{:.0} kbit/s: {share:.2} used, p95 {queued:.0} ms", rate / 1e3);
        assert!((least..1.0).contains(&share), "{share} of {rate}");
        assert!(queued < queue, "{queued} at {rate}");
    }
}

#[test]
fn a_way_that_becomes_longer_is_taken_for_what_it_is() {
    for seed in SEEDS {
        let path = Path { detour: Some((20.0, Duration::from_millis(120))), ..Path::of(2e6) };
        let outcome = call(path, seed, 60);

        let sent = outcome.sent(0, 30.0, 60.0);
        println!("120 ms longer: {:.0} kbit/s", sent / 1e3);
        assert!(sent > 1.5e6, "{sent}");
    }
}

#[test]
fn a_receiver_whose_clock_is_set_is_understood_again_at_once() {
    for clock in [Duration::ZERO, Duration::from_secs(500), Duration::from_secs(1_000_000)] {
        let path = Path { clock_set: Some((20.0, clock)), ..Path::of(2e6) };
        let outcome = call(path, 1, 40);

        let sent = outcome.sent(0, 25.0, 40.0);
        assert!(sent > 1.5e6, "{sent} with {clock:?}");
    }
}

#[test]
fn without_reports_there_is_no_estimate_and_it_does_not_fall() {
    let start = moment();
    let mut estimator = Estimator::default();

    (0..1_000).for_each(|n| estimator.sent(start + Duration::from_millis(n)));
    estimator.handle_timeout(start + SECONDS(10));
    estimator.handle(&[], start + SECONDS(11));

    assert_eq!((estimator.target(), estimator.poll_timeout()), (None, None));
}

proptest! {
    #[test]
    fn no_report_however_wrong_breaks_the_estimate(
        reports in prop::collection::vec((0..40_000_u64, 0..3_u8, any::<u64>(), 0..100_000_usize, 0..4_u32), 0..400),
        split in 1..20_usize,
    ) {
        let start = moment();
        let mut estimator = Estimator::default();
        let mut now = start;

        for (index, chunk) in reports.chunks(split).enumerate() {
            let chunk: Vec<_> = chunk.iter().map(|(departed, fate, arrived, bytes, probe)| PacketReport {
                departed: start + Duration::from_millis(*departed),
                fate: match fate {
                    0 => Fate::Lost,
                    1 => Fate::ArrivedSometime,
                    _ => Fate::Arrived(Duration::from_micros(*arrived)),
                },
                bytes: *bytes,
                probe: Some(*probe),
            }).collect();
            // Our own clock does what it does, too.
            now = if index % 7 == 3 { start } else { now + Duration::from_millis(100) };
            estimator.sent(now);
            estimator.handle(&chunk, now);
            estimator.handle_timeout(now + SECONDS(1));
            estimator.poll_probe(now);
        }

        let target = estimator.target().unwrap_or(MIN_BITS_PER_SECOND);
        prop_assert!((MIN_BITS_PER_SECOND..=MAX_BITS_PER_SECOND).contains(&target), "{}", target);
        prop_assert!(estimator.queue() <= SECONDS(60));
    }
}

#[test]
fn after_hours_of_nonsense_a_good_link_is_used_again() {
    let start = moment();
    let mut estimator = Estimator::default();
    let mut dice = fastrand::Rng::with_seed(5);
    for n in 0..2_000_u64 {
        let departed = start + Duration::from_millis(n * 10);
        let fate = match dice.u8(..3) {
            0 => Fate::Lost,
            _ => Fate::Arrived(Duration::from_millis(dice.u64(..100_000))),
        };
        let report = PacketReport { departed, fate, bytes: dice.usize(..1_500), probe: None };
        estimator.handle(&[report, report], departed + Duration::from_millis(dice.u64(..300)));
    }

    for n in 0..2_000_u64 {
        let departed = start + SECONDS(30) + Duration::from_millis(n * 5);
        let fate = Fate::Arrived(SECONDS(200) + Duration::from_millis(n * 5));
        estimator.handle(&[PacketReport { departed, fate, bytes: 1_250, probe: None }], departed + SECONDS(1) / 20);
    }

    let target = estimator.target().expect("reports came");
    assert!(target > 2e6, "{target}");
}

fn call(path: Path, seed: u64, seconds: u64) -> Outcome {
    Simulation::new(path, &[Habit::default()], seed).run(SECONDS(seconds))
}
