use super::*;

const SECOND: u64 = 1 << 32;

/// A sender whose clock shows any time, and whose two streams count from anywhere, seen from here in virtual time.
struct Call {
    sync: LipSync,
    start: Instant,
    /// How long sound and pictures take from there to being heard, and to being ready, in milliseconds.
    sound_takes: i64,
    pictures_take: i64,
    /// How much longer the network's jitter makes every third picture take.
    jitter: i64,
}

impl Call {
    fn new(sound_takes: i64, pictures_take: i64) -> Self {
        Self { sync: LipSync::default(), start: Instant::now(), sound_takes, pictures_take, jitter: 0 }
    }

    /// Runs from one moment to another, in milliseconds, with a report a second. Returns how much later than their
    /// sound the pictures were shown, in milliseconds.
    fn run(&mut self, millis: std::ops::Range<i64>) -> Vec<i64> {
        let mut skews = Vec::new();
        for now in millis {
            let extra = self.sync.extra().as_millis() as i64;
            if now % 1_000 == 0 {
                let ntp = 3_900_000_000 * SECOND + now as u64 * SECOND / 1_000;
                self.sync.sound_report(SenderReport { ntp, rtp: Self::sound_time(now) }, 48_000);
                self.sync.pictures_report(SenderReport { ntp, rtp: Self::picture_time(now) }, 90_000);
            }
            if now % 10 == 0 {
                let sent = now - self.sound_takes - extra;
                self.sync.heard(Self::sound_time(sent), self.at(now));
            }
            let late = if now / 33 % 3 == 0 { self.jitter } else { 0 };
            if now % 33 == 0 {
                let sent = now - self.pictures_take - late;
                let hold = self.sync.hold(Self::picture_time(sent), self.at(now)).as_millis() as i64;
                skews.push(now + hold - sent - self.sound_takes - extra);
            }
        }
        skews
    }

    fn at(&self, now: i64) -> Instant {
        self.start + Duration::from_millis(now as u64)
    }

    /// The two clocks wrap at different times.
    fn sound_time(sent: i64) -> u32 {
        (u32::MAX - 100_000).wrapping_add((sent * 48) as u32)
    }

    fn picture_time(sent: i64) -> u32 {
        (u32::MAX - 3_000_000).wrapping_add((sent * 90) as u32)
    }
}

fn largest(skews: &[i64]) -> i64 {
    skews.iter().map(|skew| skew.abs()).max().unwrap_or(0)
}

#[test]
fn pictures_wait_for_slower_sound() {
    let mut call = Call::new(130, 20);

    let skews = call.run(0..20_000);

    assert!(largest(&skews[30..]) <= 10, "{skews:?}");
    assert_eq!(call.sync.extra(), Duration::ZERO);
    assert!(call.sync.skew_ms().is_some_and(|skew| skew.abs() < 10.0));
}

#[test]
fn sound_waits_for_slower_pictures_and_no_longer_once_they_are_fast_again() {
    let mut call = Call::new(60, 140);

    let slow = call.run(0..20_000);
    let extra = call.sync.extra();
    call.pictures_take = 30;
    let fast = call.run(20_000..50_000);

    assert!(slow[30] > 60, "{slow:?}");
    assert!(largest(&slow[400..]) <= 45, "{slow:?}");
    assert!((Duration::from_millis(40)..=LONGEST_EXTRA).contains(&extra), "{extra:?}");
    assert!(largest(&fast[60..]) <= 45, "{fast:?}");
    assert!(call.sync.extra() < Duration::from_millis(10), "{:?}", call.sync.extra());
}

#[test]
fn nobody_waits_longer_than_the_bounds() {
    let mut late_sound = Call::new(700, 20);
    let mut late_pictures = Call::new(20, 900);

    let pictures_first = late_sound.run(0..30_000);
    let sound_first = late_pictures.run(0..30_000);

    assert_eq!(pictures_first.last().map(|skew| -skew / 10), Some((680 - 150) / 10));
    assert_eq!(sound_first.last().map(|skew| skew / 10), Some((880 - 100) / 10));
}

#[test]
fn jitter_of_the_pictures_is_taken_up_by_the_wait() {
    let mut call = Call::new(100, 20);
    call.jitter = 60;

    let skews = call.run(0..20_000);

    assert!(largest(&skews[30..]) <= 10, "{skews:?}");
}

#[test]
fn without_reports_or_sound_nothing_waits() {
    let mut sync = LipSync::default();
    let now = Instant::now();
    sync.heard(5, now);
    let before_any_report = sync.hold(7, now);

    sync.pictures_report(SenderReport { ntp: 9 * SECOND, rtp: 0 }, 90_000);
    let without_sound = sync.hold(7, now);

    assert_eq!((before_any_report, without_sound, sync.skew_ms()), (Duration::ZERO, Duration::ZERO, None));
}

#[test]
fn clocks_that_have_nothing_to_do_with_each_other_are_left_alone() {
    let mut sync = LipSync::default();
    let now = Instant::now();
    sync.sound_report(SenderReport { ntp: 9 * SECOND, rtp: 0 }, 48_000);
    sync.pictures_report(SenderReport { ntp: u64::MAX, rtp: u32::MAX }, 0);

    sync.heard(0, now);

    assert_eq!((sync.hold(123, now), sync.skew_ms()), (Duration::ZERO, None));
}

#[test]
fn sound_of_half_a_minute_ago_holds_nothing_back() {
    let mut call = Call::new(130, 20);
    call.run(0..5_000);

    let then = call.at(5_000) + SOUND_HOLDS + Duration::from_secs(1);
    let hold = call.sync.hold(Call::picture_time(36_000), then);

    assert_eq!(hold, Duration::ZERO);
}
