#![expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
use proptest::prelude::*;

use super::*;
use crate::layers::Matter;

const HD: Source = Source { width: 1280, height: 720, fps: 30, kbps: 2200, matter: Matter::Motion };
const TEXT: Source = Source { width: 1920, height: 1080, fps: 8, kbps: 2500, matter: Matter::Text };
const TICK: Duration = Duration::from_millis(250);
const ALL: u16 = u16::MAX;

#[test]
fn one_size_that_all_want_is_one_encoder_at_full_rate() {
    let mut room = Room::of(&[(1, ALL, None), (2, ALL, None), (3, 720, None)]);

    let plan = room.tick();

    assert_eq!(heights(&plan.camera), [(720, 2200)]);
    assert!(plan.camera.choices.values().all(|choice| *choice == whole(0)) && plan.camera.choices.len() == 3);
    assert_eq!(plan.limit, Limit::Nothing);
}

#[test]
fn only_what_somebody_gets_is_encoded() {
    let mut room = Room::of(&[(1, 180, None), (2, 180, None)]);
    assert_eq!(heights(&room.tick().camera), [(180, 275)]);

    room.wish(1).camera_lines = ALL;
    assert_eq!(heights(&room.tick().camera), [(720, 2200), (180, 275)]);

    room.wish(1).camera_lines = 0;
    room.wish(2).camera_lines = 0;
    let plan = room.tick();
    assert!(plan.camera.encoders.is_empty() && plan.camera.choices.is_empty());
}

#[test]
fn a_recording_is_of_whole_pictures_though_nobody_watches() {
    let mut room = Room::of(&[(1, 180, None)]);
    room.situation.recorded = true;

    assert_eq!(heights(&room.tick().camera), [(720, 2200), (180, 275)]);
}

#[test]
fn one_slow_receiver_gets_a_smaller_picture_and_nobody_else_notices() {
    let mut room = Room::of(&[(1, ALL, Some(4000)), (2, ALL, Some(4000)), (3, ALL, Some(4000))]);
    let before = room.tick();

    room.wish(3).estimate_kbps = Some(300);
    let after = room.tick();

    assert_eq!(heights(&before.camera), [(720, 2200)]);
    assert_eq!(heights(&after.camera), [(720, 2200), (180, 210)]);
    assert_eq!([1, 2, 3].map(|who| after.camera.choices[&who]), [whole(0), whole(0), whole(2)]);
    assert_eq!(after.limit, Limit::Network(3));
}

#[test]
fn a_receiver_who_is_somewhat_slower_gets_every_second_picture() {
    let mut room = Room::of(&[(1, ALL, Some(4000)), (2, ALL, Some(1700))]);

    let plan = room.tick();

    assert_eq!(heights(&plan.camera), [(720, 2200)]);
    assert_eq!(plan.camera.choices[&2], Choice { layer: Layer::LARGEST, base_only: true });
}

#[test]
fn down_is_at_once_and_up_takes_seconds_of_room_to_spare() {
    let mut room = Room::of(&[(1, ALL, Some(4000))]);
    room.tick();
    room.wish(1).estimate_kbps = Some(600);
    assert_eq!(room.tick().camera.choices[&1], whole(1));

    // It could be had now, but only just.
    room.wish(1).estimate_kbps = Some(890);
    let just = room.run(Duration::from_secs(20));
    room.wish(1).estimate_kbps = Some(1100);
    let early = room.run(UP_AFTER - 2 * TICK);
    let late = room.run(3 * TICK);

    assert_eq!([just, early, late].map(|plan| plan.camera.choices[&1]), [whole(1), whole(1), whole(0)]);
}

#[test]
fn an_estimate_that_trembles_around_a_threshold_does_not_flap() {
    let mut room = Room::of(&[(1, ALL, Some(4000))]);
    let mut changes = 0;
    let mut before = room.tick().camera.choices[&1];

    for tick in 0..2400_u32 {
        room.wish(1).estimate_kbps = Some(if tick % 7 < 3 { 840 } else { 960 });
        let choice = room.tick().camera.choices[&1];
        changes += u32::from(choice != before);
        before = choice;
    }

    assert!(changes <= 1, "{changes} changes in ten minutes");
}

#[test]
fn what_is_shown_larger_is_sent_larger_at_once() {
    let mut room = Room::of(&[(1, 180, Some(4000))]);
    room.tick();

    room.wish(1).camera_lines = ALL;

    assert_eq!(room.tick().camera.choices[&1], whole(0));
}

#[test]
fn shared_text_comes_before_the_camera_and_the_large_one_before_the_small() {
    let mut room = Room::of(&[(1, 720, None), (2, 180, None)]);
    room.situation.screen = Some(TEXT);
    room.wish(1).screen_lines = ALL;
    room.wish(2).screen_lines = ALL;

    room.situation.upload_kbps = Some(7000);
    let plan = room.tick();

    let [(1080, text)] = heights(&plan.screen)[..] else { panic!("{plan:?}") };
    assert!((2400..=2500).contains(&text), "{text}");
    assert_eq!(plan.camera.choices[&1].layer, Layer::ALL[0]);
    assert_eq!(plan.camera.choices[&2].layer, Layer::ALL[2]);
}

#[test]
fn a_cap_makes_everybodys_pictures_smaller_and_is_said_to() {
    let mut room = Room::of(&[(1, ALL, None), (2, ALL, None), (3, ALL, None), (4, ALL, None)]);
    room.situation.upload_kbps = Some(2000);

    let plan = room.tick();

    let sent: u32 = plan.camera.encoders.iter().map(|run| run.kbps * 4).sum();
    assert_eq!(plan.camera.encoders.len(), 1);
    assert!(sent + 4 * room.situation.sound_kbps <= 2000, "{sent}");
    assert_eq!(plan.limit, Limit::Upload);
}

#[test]
fn a_busy_computer_is_named_and_relieved() {
    let mut room = Room::of(&[(1, ALL, None)]);
    room.tick();

    room.situation.load = 1.2;
    let plan = room.run(Duration::from_secs(3));

    assert_eq!(plan.limit, Limit::Processor);
    assert_eq!(plan.camera.encoders[0].fps, 20);
    assert_eq!(plan.camera.encoders[0].height, 720);
    let plan = room.run(Duration::from_secs(9));
    assert_eq!((plan.camera.encoders[0].height, plan.camera.encoders[0].layer), (360, Layer::ALL[1]));
}

#[test]
fn a_way_that_takes_next_to_nothing_still_carries_the_least_picture() {
    let mut room = Room::of(&[(1, ALL, Some(20))]);

    let plan = room.tick();

    assert_eq!(heights(&plan.camera), [(180, 91)]);
    assert_eq!(plan.camera.choices[&1], Choice { layer: Layer::ALL[2], base_only: true });
}

#[test]
fn beside_shared_text_a_camera_that_has_no_room_is_left_out() {
    let mut room = Room::of(&[(1, ALL, Some(250))]);
    room.situation.screen = Some(TEXT);
    room.wish(1).screen_lines = ALL;

    let plan = room.tick();

    assert!(plan.camera.choices.is_empty());
    assert_eq!(plan.screen.choices[&1].layer, Layer::ALL[1], "all pixels, few pictures");
}

proptest! {
    #[test]
    fn whatever_happens_there_are_at_most_three_encoders_and_each_serves_somebody(
        steps in proptest::collection::vec((0_u32..4, 0_u16..1000, 0_u16..1200, 10_u32..6000, 0_u32..20_000), 1..60),
    ) {
        let mut room = Room::of(&[(0, ALL, None), (1, ALL, None), (2, ALL, None), (3, ALL, None)]);
        room.situation.screen = Some(TEXT);
        for (who, camera, screen, estimate, cap) in steps {
            let wish = room.wish(who);
            (wish.camera_lines, wish.screen_lines, wish.estimate_kbps) = (camera, screen, Some(estimate));
            room.situation.upload_kbps = Some(cap).filter(|cap| *cap > 10_000);

            let plan = room.tick();

            for track in [&plan.camera, &plan.screen] {
                prop_assert!(track.encoders.len() <= 3);
                for run in &track.encoders {
                    prop_assert!(track.choices.values().any(|choice| choice.layer == run.layer));
                }
                for choice in track.choices.values() {
                    prop_assert!(track.encoders.iter().any(|run| run.layer == choice.layer));
                }
            }
            let ladder = Ladder::of(HD, Relief::NONE);
            for wish in &room.situation.receivers {
                let Some(choice) = plan.camera.choices.get(&wish.who) else { continue };
                let run = plan.camera.encoders.iter().find(|run| run.layer == choice.layer).unwrap();
                let rung = ladder.rungs()[choice.layer.index()];
                let kbps = if choice.base_only { rung.base(run.kbps) } else { run.kbps };
                let estimate = wish.estimate_kbps.unwrap_or(u32::MAX);
                prop_assert!(kbps <= estimate || choice.layer == Layer::ALL[2], "{wish:?} {choice:?} {kbps}");
            }
        }
    }

    #[test]
    fn a_slow_receiver_never_lowers_the_picture_of_another(
        fast in proptest::collection::vec(1500_u32..9000, 1..6),
        slow in 10_u32..900,
        lines in prop_oneof![Just(360_u16), Just(ALL)],
    ) {
        let receivers: Vec<_> = fast.iter().zip(1..).map(|(kbps, who)| (who, lines, Some(*kbps))).collect();
        let alone = Room::of(&receivers).tick();

        let with_slow: Vec<_> = receivers.iter().copied().chain([(99, lines, Some(slow))]).collect();
        let together = Room::of(&with_slow).tick();

        for (who, choice) in &alone.camera.choices {
            let rate = |plan: &Plan<u32>| {
                plan.camera.encoders.iter().find(|run| run.layer == choice.layer).map(|run| (run.height, run.fps))
            };
            prop_assert_eq!(together.camera.choices.get(who), Some(choice));
            prop_assert_eq!(rate(&together), rate(&alone));
        }
    }
}

struct Room {
    planner: Planner<u32>,
    situation: Situation<u32>,
    now: Instant,
}

impl Room {
    fn of(receivers: &[(u32, u16, Option<u32>)]) -> Self {
        let wish = |(who, camera_lines, estimate_kbps)| Wish { who, camera_lines, screen_lines: 0, estimate_kbps };
        let situation = Situation {
            camera: Some(HD),
            screen: None,
            receivers: receivers.iter().copied().map(wish).collect(),
            sound_kbps: 60,
            upload_kbps: None,
            load: 0.1,
            recorded: false,
        };
        Self { planner: Planner::default(), situation, now: Instant::now() }
    }

    fn wish(&mut self, who: u32) -> &mut Wish<u32> {
        self.situation.receivers.iter_mut().find(|wish| wish.who == who).expect("somebody")
    }

    fn tick(&mut self) -> Plan<u32> {
        self.now += TICK;
        self.planner.plan(&self.situation, self.now)
    }

    /// The plan after so much time.
    fn run(&mut self, time: Duration) -> Plan<u32> {
        let end = self.now + time;
        let mut plan = self.tick();
        while self.now < end {
            plan = self.tick();
        }
        plan
    }
}

fn heights(plan: &TrackPlan<u32>) -> Vec<(u32, u32)> {
    plan.encoders.iter().map(|run| (run.height, run.kbps)).collect()
}

fn whole(layer: usize) -> Choice {
    Choice { layer: Layer::ALL[layer], base_only: false }
}
