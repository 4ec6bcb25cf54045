//! How what may be sent is divided among receivers and their pictures.
//!
//! Two things limit it: what the way to each receiver takes (their *estimate*), and what the person allows for
//! everybody together (the *cap*). Of both, sound comes first. Then everybody's first picture gets the least that makes
//! it one, so that nobody is left in the dark because of the others. What is left goes to shared text, then to cameras
//! that are shown large (the speaker's), then to the rest, but for the least of each; those of one class share evenly. A camera beside a shared
//! screen may count on a fifth of what there is, since text takes its rate only while it changes.
//!
//! Called by [`plan`](crate::plan).

/// Of what there is, so much is not spent: headers take a twentieth, and encoders overshoot for a moment.
const SPENT_TENTHS: u64 = 9;
/// What shared pictures leave to the camera beside them is one part of so many.
const CAMERA_PART: u32 = 5;
/// No limit.
const ENDLESS: u32 = u32::MAX;

/// What a receiver wants of one of our pictures, in thousands of bits a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Want {
    /// What the best that is of use to them takes; 0 where they want none.
    pub most: u32,
    /// What it takes to have any.
    pub least: u32,
}

/// What a receiver wants, and what the way to them takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Of what is shared.
    pub screen: Want,
    /// Of the camera.
    pub camera: Want,
    /// Whether they show the camera as large as anybody.
    pub large: bool,
    /// What their way takes of everything, if that is known.
    pub estimate_kbps: Option<u32>,
}

impl Demand {
    /// What the way would have to take of everything for all of it, with `sound_kbps` for our sound.
    pub fn wanted_kbps(&self, sound_kbps: u32) -> u32 {
        let all = u64::from(self.screen.most) + u64::from(self.camera.most) + u64::from(sound_kbps);
        u32::try_from((all * 10).div_ceil(SPENT_TENTHS)).unwrap_or(u32::MAX)
    }
}

/// What a receiver's pictures may take, in thousands of bits a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    /// What is shared.
    pub screen: u32,
    /// The camera.
    pub camera: u32,
}

/// Divides what there is. `sound_kbps` is what our sound takes for each of them.
pub fn split(demands: &[Demand], cap_kbps: Option<u32>, sound_kbps: u32) -> Vec<Allowance> {
    let ways: Vec<_> = demands.iter().map(|demand| of_way(demand, sound_kbps)).collect();
    let Some(cap) = cap_kbps else { return ways };
    let everybody = u32::try_from(demands.len()).unwrap_or(u32::MAX);
    let mut pool = spendable(cap).saturating_sub(sound_kbps.saturating_mul(everybody));

    // The least of everybody's first picture is theirs, whatever the cap says.
    let mut granted: Vec<_> = demands
        .iter()
        .zip(&ways)
        .map(|(demand, way)| match (demand.screen.most, demand.camera.most) {
            (0, 0) => Allowance::default(),
            (0, _) => Allowance { camera: way.camera.min(demand.camera.least), screen: 0 },
            (_, _) => Allowance { screen: way.screen.min(demand.screen.least), camera: 0 },
        })
        .collect();
    pool = pool.saturating_sub(granted.iter().fold(0, |sum, it| sum.saturating_add(it.screen + it.camera)));

    let cameras = demands.iter().any(|demand| demand.camera.most > 0);
    let text = demands.iter().any(|demand| demand.screen.most > 0);
    let kept = if cameras && text { pool / CAMERA_PART } else { 0 };
    let screens = granted.iter_mut().zip(&ways).map(|(it, way)| (&mut it.screen, way.screen));
    pool = kept + fill(pool - kept, screens.collect());
    let cameras = granted.iter_mut().zip(&ways).zip(demands);
    pool = fill(pool, cameras.map(|((it, way), want)| (&mut it.camera, way.camera.min(want.camera.least))).collect());
    for large in [true, false] {
        let class = granted.iter_mut().zip(&ways).zip(demands).filter(|(_, demand)| demand.large == large);
        pool = fill(pool, class.map(|((it, way), _)| (&mut it.camera, way.camera)).collect());
    }
    granted
}

/// What the way to one receiver takes of each picture.
fn of_way(demand: &Demand, sound_kbps: u32) -> Allowance {
    let Demand { screen, camera, .. } = demand;
    let room = demand.estimate_kbps.map_or(ENDLESS, |kbps| spendable(kbps).saturating_sub(sound_kbps));
    if screen.most == 0 {
        return Allowance { screen: 0, camera: room.min(camera.most) };
    }
    let kept = (room / CAMERA_PART).min(camera.most);
    let shared = (room - kept).min(screen.most);
    Allowance { screen: shared, camera: (room - shared).min(camera.most) }
}

fn spendable(kbps: u32) -> u32 {
    u32::try_from(u64::from(kbps) * SPENT_TENTHS / 10).unwrap_or(u32::MAX)
}

/// Raises grants towards their limits, evenly, until nothing is left in the pool; returns what is left.
fn fill(mut pool: u32, mut grants: Vec<(&mut u32, u32)>) -> u32 {
    grants.retain(|(granted, limit)| **granted < *limit);
    // Those with the least to gain first: what they leave is for the others.
    grants.sort_by_key(|(granted, limit)| *limit - **granted);
    let mut waiting = u32::try_from(grants.len()).unwrap_or(u32::MAX);
    for (granted, limit) in grants {
        let raise = (limit - *granted).min(pool / waiting);
        *granted += raise;
        pool -= raise;
        waiting -= 1;
    }
    pool
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOUND: u32 = 60;
    const LARGE: Demand = Demand {
        screen: Want { most: 0, least: 0 },
        camera: Want { most: 2000, least: 50 },
        large: true,
        estimate_kbps: None,
    };
    const SMALL: Demand = Demand { camera: Want { most: 275, least: 50 }, large: false, ..LARGE };
    const TEXT: Demand = Demand { screen: Want { most: 2500, least: 100 }, ..LARGE };

    #[test]
    fn without_limits_everybody_gets_what_they_want() {
        let all = split(&[LARGE, SMALL, TEXT], None, SOUND);

        assert_eq!(
            all.iter().map(|it| (it.screen, it.camera)).collect::<Vec<_>>(),
            [(0, 2000), (0, 275), (2500, 2000)]
        );
    }

    #[test]
    fn sound_comes_first_and_a_tenth_stays_free() {
        let slow = Demand { estimate_kbps: Some(1000), ..LARGE };

        assert_eq!(split(&[slow], None, SOUND)[0].camera, 1000 * 9 / 10 - SOUND);
        assert_eq!(split(&[LARGE], Some(1000), SOUND)[0].camera, 1000 * 9 / 10 - SOUND);
    }

    #[test]
    fn a_way_that_takes_what_is_wanted_limits_nothing() {
        for demand in [LARGE, SMALL, TEXT] {
            let wanted = demand.wanted_kbps(SOUND);

            let [enough, short] = [wanted, wanted - 2].map(|kbps| {
                let [it] = split(&[Demand { estimate_kbps: Some(kbps), ..demand }], None, SOUND)[..] else {
                    panic!("one")
                };
                it
            });

            assert_eq!((enough.screen, enough.camera), (demand.screen.most, demand.camera.most));
            assert_ne!(short, enough);
        }
    }

    #[test]
    fn a_cap_is_spent_on_text_then_on_large_cameras_then_on_the_rest() {
        let all = split(&[TEXT, LARGE, SMALL], Some(4000), SOUND);

        let [text, large, small] = [all[0], all[1], all[2]];
        assert_eq!(text.screen, 2500);
        assert!(large.camera > 300 && small.camera == 50, "{all:?}");
        assert!(text.camera.abs_diff(large.camera) <= 50, "those of one class share evenly: {all:?}");
    }

    #[test]
    fn a_camera_beside_text_keeps_a_fifth() {
        let slow = Demand { estimate_kbps: Some(1000), ..TEXT };

        let [it] = split(&[slow], None, SOUND)[..] else { panic!("one") };

        assert_eq!((it.screen, it.camera), (672, 168));
    }

    #[test]
    fn however_many_there_are_everybody_has_something_to_see() {
        let all = split(&[LARGE; 100], Some(500), SOUND);

        assert!(all.iter().all(|it| it.camera == 50));
    }

    proptest! {
        #[test]
        fn nothing_goes_over_an_estimate_or_over_the_cap_but_the_least(
            demands in proptest::collection::vec((0_usize..3, 0_u32..5000), 1..9),
            cap in 0_u32..20_000,
        ) {
            let demands: Vec<_> = demands
                .into_iter()
                .map(|(kind, kbps)| Demand { estimate_kbps: Some(kbps), ..[LARGE, SMALL, TEXT][kind] })
                .collect();

            let all = split(&demands, Some(cap), SOUND);

            let least: u32 = demands.iter().map(|it| it.screen.least.max(it.camera.least)).sum();
            let spent: u32 = all.iter().map(|it| it.screen + it.camera).sum();
            prop_assert!(spent <= cap.max(least));
            for (demand, it) in demands.iter().zip(&all) {
                prop_assert!(it.screen + it.camera <= demand.estimate_kbps.unwrap_or(0));
                prop_assert!(it.screen <= demand.screen.most && it.camera <= demand.camera.most);
            }
        }
    }
}
