use proptest::prelude::*;

use super::*;

const HD: Source = Source { width: 1280, height: 720, fps: 30, kbps: 2200, matter: Matter::Motion };

#[test]
fn what_moves_is_halved_twice() {
    let ladder = Ladder::of(HD, Relief::NONE);

    let sizes: Vec<_> = ladder.rungs().iter().map(|rung| (rung.width, rung.height, rung.fps)).collect();
    let rates: Vec<_> = ladder.rungs().iter().map(|rung| (rung.least_kbps, rung.most_kbps)).collect();
    assert_eq!(sizes, [(1280, 720, 30), (640, 360, 30), (320, 180, 30)]);
    assert_eq!(rates, [(733, 2200), (259, 778), (91, 275)]);
}

#[test]
fn what_is_small_already_is_not_made_smaller() {
    let heights = |height| {
        let source = Source { width: height * 16 / 9, height, ..HD };
        Ladder::of(source, Relief::NONE).rungs().len()
    };

    assert_eq!([90, 178, 180, 358, 360, 1080].map(heights), [1, 1, 2, 2, 3, 3]);
}

#[test]
fn text_keeps_its_pixels_and_only_thumbnails_have_fewer() {
    let source = Source { width: 1920, height: 1080, fps: 8, kbps: 2500, matter: Matter::Text };

    let ladder = Ladder::of(source, Relief { fps_percent: 50, rungs: 2 });

    let sizes: Vec<_> = ladder.rungs().iter().map(|rung| (rung.width, rung.height, rung.fps)).collect();
    assert_eq!(sizes, [(1920, 1080, 4), (1920, 1080, 2), (640, 360, 2)]);
    assert_eq!([(180, 2), (450, 2), (460, 0), (u16::MAX, 0)].map(|(lines, _)| ladder.top(lines)), [2, 2, 0, 0]);
}

#[test]
fn everybody_gets_the_smallest_rung_that_is_large_enough() {
    let ladder = Ladder::of(HD, Relief::NONE);

    let tops = [1, 180, 225, 226, 360, 450, 451, 720, u16::MAX].map(|lines| ladder.top(lines));

    assert_eq!(tops, [2, 2, 2, 1, 1, 1, 0, 0, 0]);
}

#[test]
fn a_slow_receiver_gets_less_and_the_others_the_same_as_without_them() {
    let ladder = Ladder::of(HD, Relief::NONE);
    let fast = [Receiver { top: 0, kbps: 1800 }, Receiver { top: 0, kbps: 5000 }];
    for (kbps, place) in [(1200, 0), (1000, 1), (400, 1), (200, 2), (10, 2)] {
        let all = [fast[0], fast[1], Receiver { top: 0, kbps }];

        assert_eq!(choose(&ladder, &all), [0, 0, place], "{kbps}");
        assert_eq!(rate(&ladder.rungs()[0], &[1800, 5000]), 1800);
        assert_eq!(rate(&ladder.rungs()[0], &[1800, 5000, kbps]), 1800, "{kbps}");
    }
}

#[test]
fn where_all_are_slow_all_get_what_is_possible() {
    let ladder = Ladder::of(HD, Relief::NONE);
    let slow = [300, 320].map(|kbps| Receiver { top: 0, kbps });

    assert_eq!(choose(&ladder, &slow), [1, 1]);
    assert_eq!(rate(&ladder.rungs()[1], &[300, 320]), 300);
}

#[test]
fn a_busy_computer_makes_fewer_and_smaller_pictures_under_the_same_names() {
    let ladder = Ladder::of(HD, Relief { fps_percent: 50, rungs: 1 });

    let layers: Vec<_> = ladder.rungs().iter().map(|rung| (rung.layer.index(), rung.height, rung.fps)).collect();
    assert_eq!(layers, [(1, 360, 15), (2, 180, 15)]);
}

proptest! {
    #[test]
    fn a_ladder_has_one_to_three_rungs_that_only_get_smaller(
        width in 2_u32..8192,
        height in 2_u32..8192,
        fps in 1_u32..120,
        kbps in 0_u32..20_000,
        text: bool,
        rungs in 0_usize..9,
    ) {
        let matter = if text { Matter::Text } else { Matter::Motion };
        let ladder = Ladder::of(Source { width, height, fps, kbps, matter }, Relief { fps_percent: 67, rungs });

        prop_assert!((1..=MOST_LAYERS).contains(&ladder.rungs().len()));
        prop_assert!(ladder.rungs().is_sorted_by(|a, b| a.layer < b.layer && a.height >= b.height));
        for rung in ladder.rungs() {
            prop_assert!(rung.width % 2 == 0 && rung.height % 2 == 0 && rung.width > 0 && rung.height > 0);
            prop_assert!(rung.least_kbps <= rung.most_kbps && rung.fps > 0);
        }
    }

    #[test]
    fn nobody_gets_more_than_they_have_room_for_except_on_the_last_rung(
        receivers in proptest::collection::vec((0_usize..3, 0_u32..3000), 1..12),
    ) {
        let ladder = Ladder::of(HD, Relief::NONE);
        let receivers: Vec<_> = receivers.into_iter().map(|(top, kbps)| Receiver { top, kbps }).collect();

        let places = choose(&ladder, &receivers);

        for (receiver, place) in receivers.iter().zip(&places) {
            let rung = &ladder.rungs()[*place];
            let there = receivers.iter().zip(&places).filter(|(_, other)| *other == place);
            let rate = rate(rung, &there.map(|(other, _)| other.kbps).collect::<Vec<_>>());
            prop_assert!(*place >= receiver.top);
            prop_assert!(*place == 2 || rung.base(rate) <= receiver.kbps, "{receiver:?} {place} {rate}");
        }
    }
}
