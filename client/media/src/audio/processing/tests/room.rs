//! A speaker and a microphone in a room with a tail of 150 ms, each with a clock of its own, and our threads between
//! them, in virtual time.
use std::time::{Duration, Instant};

use super::{ECHO, Plan};
use crate::audio::{
    BLOCK_SAMPLES, Captured, Mode, SAMPLE_RATE, SILENCE,
    pace::SteadyClock,
    processing::{Chain, far_end::FarEnd, listener::Listener},
};

/// What waits in the ring of the speaker when something is written, in seconds.
const QUEUED: f64 = 0.02;

/// How much of what is played comes back directly.
const DIRECT: f32 = 0.35;

/// How long the room sounds, in samples, and how many reflections it has.
const TAIL: usize = 7_200;
const REFLECTIONS: usize = 400;

/// The microphone's own noise: about -70 dBFS.
const HISS: f32 = 0.001;

#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// How long the devices and the air take together, in milliseconds.
    pub(super) delay_ms: f64,
    /// How much faster the speaker's clock runs, in millionths.
    pub(super) drift_ppm: f32,
    /// At which second the delay grows, and by how much.
    pub(super) jump_ms: Option<(f64, f64)>,
    /// Whether the threads are held up for 15 to 60 ms now and then.
    pub(super) hold_ups: bool,
    /// Whether the speaker distorts, as a small one does that is too loud.
    pub(super) distorts: bool,
    /// How many blocks the speaker asks for at once, and how many the microphone gives at once.
    pub(super) lumps: [usize; 2],
}

impl Default for Room {
    fn default() -> Self {
        Self { delay_ms: 60.0, drift_ppm: 0.0, jump_ms: None, hold_ups: false, distorts: false, lumps: [1, 1] }
    }
}

/// What came of it.
pub(super) struct Heard {
    /// What the microphone heard.
    pub(super) microphone: Vec<f32>,
    /// What the chain made of it.
    pub(super) sent: Vec<f32>,
    /// What the alignment found.
    pub(super) drift_ppm: f32,
}

impl Room {
    /// Plays `far` while somebody says `near`.
    pub(super) fn hear(&self, far: &[f32], near: &[f32], plan: Plan) -> Heard {
        let microphone = self.microphone(far, near);
        let start = Instant::now();
        let after = |seconds: f64| start + Duration::from_secs_f64(seconds);
        let mut random = fastrand::Rng::with_seed(42);
        let speed = 1.0 + f64::from(self.drift_ppm) * 1e-6;
        let mut playing = Thread::default();
        let mut listening = Thread::default();
        let far_end = FarEnd::default();
        far_end.opened(true);
        let mut listener = Listener::default();
        listener.listen_to(&far_end);
        let mut chain = Chain::new(Mode::Voice);
        let [asked, given] = self.lumps;
        let mut clock = SteadyClock::new(start);
        let mut to_play = far.chunks_exact(BLOCK_SAMPLES);
        let (mut sent, mut played) = (Vec::new(), 0);
        for (number, lump) in microphone.chunks_exact(given * BLOCK_SAMPLES).enumerate() {
            let now = listening.runs(((number + 1) * given) as f64 * 0.01, self.hold_ups, &mut random);
            loop {
                let at = playing.peek(played as f64 * 0.01 / speed, self.hold_ups, &mut random);
                if at > now || to_play.len() == 0 {
                    break;
                }
                clock.lump(after(at));
                for block in to_play.by_ref().take(asked) {
                    let mut copy = SILENCE;
                    copy.copy_from_slice(block);
                    far_end.play(&copy, clock.tick());
                }
                playing.go_on();
                played += asked;
            }
            for (block, heard) in lump.chunks_exact(BLOCK_SAMPLES).enumerate() {
                let mut captured = Captured { left: SILENCE, right: None };
                captured.left.copy_from_slice(heard);
                let heard_until = after(now - (given - 1 - block) as f64 * 0.01);
                let far_end = plan.echo.then(|| listener.far_end(heard_until)).flatten();
                chain.process(&mut captured, plan, far_end.as_ref());
                sent.extend(captured.left);
            }
        }
        assert!(plan != ECHO || chain.echo().is_some());
        Heard { microphone, sent, drift_ppm: listener.drift_ppm() }
    }

    fn microphone(&self, far: &[f32], near: &[f32]) -> Vec<f32> {
        let distorted: Vec<f32>;
        let played = if self.distorts {
            distorted = far.iter().map(|sample| (3.0 * sample).tanh() / 3.0).collect();
            &distorted
        } else {
            far
        };
        let echo = reverberant(played);
        let mut random = fastrand::Rng::with_seed(43);
        let rate = f64::from(SAMPLE_RATE);
        let speed = 1.0 + f64::from(self.drift_ppm) * 1e-6;
        let sound = near.iter().enumerate().map(|(n, near)| {
            let at = n as f64 / rate;
            let jump = self.jump_ms.filter(|(second, _)| at >= *second).map_or(0.0, |(_, jump)| jump);
            let played = (at - QUEUED - (self.delay_ms + jump) / 1e3) * speed;
            near + between(&echo, played * rate) + (random.f32() - 0.5) * HISS
        });
        sound.collect()
    }
}

/// What the air makes of what is played: the direct sound, and ever quieter reflections (velvet noise).
fn reverberant(far: &[f32]) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(44);
    let mut taps = vec![(0, DIRECT)];
    for n in 0..REFLECTIONS {
        let at = (n * TAIL / REFLECTIONS + random.usize(1..TAIL / REFLECTIONS)).max(1);
        let sign = if random.bool() { 1.0 } else { -1.0 };
        // 60 dB quieter at the end of the tail.
        taps.push((at, sign * DIRECT * 0.15 * (-6.9 * at as f32 / TAIL as f32).exp()));
    }
    let mut sound = vec![0.0; far.len()];
    for (at, gain) in taps {
        sound[at..].iter_mut().zip(far).for_each(|(sound, far)| *sound += gain * far);
    }
    sound
}

/// The sound between two samples (Catmull and Rom, 1974).
fn between(sound: &[f32], position: f64) -> f32 {
    let (index, way) = (position.floor(), position.fract().rem_euclid(1.0) as f32);
    let at = |offset: f64| {
        let index = index + offset;
        if index < 0.0 { 0.0 } else { sound.get(index as usize).copied().unwrap_or_default() }
    };
    let [before, from, to, after] = [-1.0, 0.0, 1.0, 2.0].map(at);
    let curve = (to - before) / 2.0 * way;
    let bend = (2.0 * before - 5.0 * from + 4.0 * to - after) / 2.0 * way * way;
    from + curve + bend + (3.0 * (from - to) + after - before) / 2.0 * way * way * way
}

/// One of our threads: never early, mostly 0 to 3 ms late, and held up now and then.
#[derive(Default)]
struct Thread {
    held_until: f64,
    peeked: Option<f64>,
}

impl Thread {
    fn runs(&mut self, due: f64, hold_ups: bool, random: &mut fastrand::Rng) -> f64 {
        let at = self.peek(due, hold_ups, random);
        self.go_on();
        at
    }

    fn peek(&mut self, due: f64, hold_ups: bool, random: &mut fastrand::Rng) -> f64 {
        if let Some(at) = self.peeked {
            return at;
        }
        if hold_ups && random.f32() < 0.002 {
            self.held_until = due + 0.015 + 0.045 * random.f64();
        }
        let at = (due + random.f64() * 0.003).max(self.held_until);
        *self.peeked.insert(at)
    }

    fn go_on(&mut self) {
        self.peeked = None;
    }
}
