//! The chain in a room that is computed: echo with a tail, two clocks, late threads, and sound that gets lost.
mod room;
mod stoi;

use self::{
    room::{Heard, Room},
    stoi::{intelligibility, shift_back},
};
use super::*;
use crate::audio::{BLOCK_SAMPLES, SAMPLE_RATE, artificial::speech};

const ECHO: Plan = Plan { echo: true, noise: Noise::Off, gain: false, mode: Mode::Voice };
const NOTHING: Plan = Plan { echo: false, noise: Noise::Off, gain: false, mode: Mode::Voice };

/// By how much quieter the echo is than it would be, in dB, from one second to another (ERLE, ITU-T G.168).
fn reduction(heard: &Heard, from: f32, to: f32) -> f32 {
    let of = |sound: &[f32]| energy(&sound[samples(from)..samples(to)]);
    10.0 * (of(&heard.microphone) / of(&heard.sent)).log10()
}

fn energy(sound: &[f32]) -> f32 {
    sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32 + 1e-12
}

fn samples(seconds: f32) -> usize {
    (seconds * SAMPLE_RATE as f32) as usize
}

fn silence(seconds: f32) -> Vec<f32> {
    vec![0.0; samples(seconds)]
}

/// Runs somebody's voice through a plan, with nothing played.
fn alone(voice: &[f32], plan: Plan) -> Vec<f32> {
    let mut chain = Chain::new(plan.mode);
    let blocks = voice.chunks_exact(BLOCK_SAMPLES).flat_map(|samples| {
        let mut captured = Captured { left: SILENCE, right: None };
        captured.left.copy_from_slice(samples);
        chain.process(&mut captured, plan, None);
        captured.left
    });
    blocks.collect()
}

#[test]
fn an_echo_is_gone_within_three_seconds_at_any_usual_delay() {
    for delay_ms in [20.0, 60.0, 120.0, 250.0] {
        let room = Room { delay_ms, ..Room::default() };

        let heard = room.hear(&speech(1, 20.0), &silence(20.0), ECHO);

        let (soon, later) = (reduction(&heard, 2.0, 3.0), reduction(&heard, 10.0, 20.0));
        println!("{delay_ms} ms: {soon:.1} dB in the third second, {later:.1} dB after ten");
        assert!(soon > 25.0, "{delay_ms} ms: {soon} dB in the third second");
        assert!(later > 35.0, "{delay_ms} ms: {later} dB after ten seconds");
    }
}

#[test]
fn two_clocks_that_drift_apart_change_nothing() {
    for drift_ppm in [-100.0, 100.0, 300.0] {
        let room = Room { drift_ppm, ..Room::default() };

        let heard = room.hear(&speech(2, 40.0), &silence(40.0), ECHO);

        let (soon, later) = (reduction(&heard, 2.0, 3.0), reduction(&heard, 10.0, 40.0));
        println!(
            "{drift_ppm} ppm: {soon:.1} dB in the third second, {later:.1} dB after ten, found {}",
            heard.drift_ppm
        );
        assert!(soon > 25.0, "{drift_ppm} ppm: {soon} dB in the third second");
        assert!(later > 35.0, "{drift_ppm} ppm: {later} dB after ten seconds");
        assert!((heard.drift_ppm - drift_ppm).abs() < 40.0, "found {} instead of {drift_ppm}", heard.drift_ppm);
    }
}

#[test]
fn a_delay_that_jumps_is_found_again_within_seconds() {
    for jump_ms in [100.0, -60.0] {
        let room = Room { delay_ms: 80.0, jump_ms: Some((10.0, jump_ms)), ..Room::default() };

        let heard = room.hear(&speech(3, 20.0), &silence(20.0), ECHO);

        let (before, after) = (reduction(&heard, 8.0, 10.0), reduction(&heard, 14.0, 20.0));
        println!("jump of {jump_ms} ms: {before:.1} dB before, {after:.1} dB from four seconds later on");
        assert!(before > 30.0, "{before} dB before");
        assert!(after > 30.0, "{after} dB after");
    }
}

#[test]
fn a_speaker_that_distorts_is_cancelled_too() {
    let room = Room { distorts: true, ..Room::default() };

    let heard = room.hear(&speech(8, 20.0), &silence(20.0), ECHO);

    let (soon, later) = (reduction(&heard, 2.0, 3.0), reduction(&heard, 10.0, 20.0));
    println!("distorted: {soon:.1} dB in its third second, {later:.1} dB after its tenth");
    assert!(soon > 25.0, "{soon} dB in the third second");
    assert!(later > 35.0, "{later} dB after ten seconds");
}

#[test]
fn threads_that_are_held_up_bring_back_no_echo() {
    let room = Room { hold_ups: true, ..Room::default() };

    let heard = room.hear(&speech(4, 30.0), &silence(30.0), ECHO);

    let later = reduction(&heard, 10.0, 30.0);
    println!("held up: {later:.1} dB");
    assert!(later > 30.0, "{later} dB");
}

#[test]
fn devices_that_move_sound_in_large_lumps_bring_back_no_echo() {
    for lumps in [[4, 4], [16, 1], [1, 16], [16, 16]] {
        let room = Room { lumps, drift_ppm: 100.0, ..Room::default() };

        let heard = room.hear(&speech(5, 30.0), &silence(30.0), ECHO);

        let later = reduction(&heard, 10.0, 28.0);
        println!("lumps of {lumps:?} blocks: {later:.1} dB, drift found {}", heard.drift_ppm);
        assert!(later > 35.0, "lumps of {lumps:?} blocks: {later} dB");
    }
}

#[test]
fn who_speaks_at_the_same_time_is_understood() {
    let pairs = [(5, 6), (15, 16), (25, 26), (35, 36), (45, 46)];
    let (from, to) = (samples(10.5), samples(19.5));

    let understood = pairs.map(|(other, me)| {
        let mut near = silence(10.0);
        near.extend(speech(me, 10.0));
        let heard = Room::default().hear(&speech(other, 20.0), &near, ECHO);
        let sent = shift_back(&near[from..to], &heard.sent[from..]);
        let before = intelligibility(&near[from..to], &heard.microphone[from..to]);
        (before, intelligibility(&near[from..to], sent))
    });

    let mean = understood.iter().map(|(_, after)| after).sum::<f32>() / understood.len() as f32;
    println!("double talk: intelligibility before and after {understood:.3?}, {mean:.3} in the mean");
    assert!(mean > 0.7, "{mean}");
}

#[test]
fn who_speaks_alone_passes_almost_unchanged() {
    let voice = speech(7, 12.0);
    let (from, to) = (samples(2.0), samples(11.0));

    for (plan, least) in [
        (ECHO, 0.97),
        (Plan { noise: Noise::Standard, ..ECHO }, 0.95),
        (Plan { noise: Noise::Strong, ..NOTHING }, 0.85),
        (Plan { noise: Noise::Standard, gain: true, ..ECHO }, 0.94),
    ] {
        let sent = alone(&voice, plan);

        let understood = intelligibility(&voice[from..to], shift_back(&voice[from..to], &sent[from..]));
        println!("{plan:?}: intelligibility {understood:.3}");
        assert!(understood > least, "{plan:?}: {understood}");
    }
}

#[test]
fn noise_is_suppressed_by_as_much_as_was_asked_for() {
    let mut random = fastrand::Rng::with_seed(8);
    let mut rush = 0.0;
    let mut fan = silence(12.0);
    for sample in &mut fan {
        rush = 0.95 * rush + (random.f32() - 0.5) * 0.02;
        *sample = rush;
    }
    let reduced = |noise| {
        let sent = alone(&fan, Plan { noise, ..NOTHING });
        10.0 * (energy(&fan[samples(6.0)..]) / energy(&sent[samples(6.0)..])).log10()
    };

    let (off, standard, strong) = (reduced(Noise::Off), reduced(Noise::Standard), reduced(Noise::Strong));

    println!("noise: {off:.1}, {standard:.1}, {strong:.1} dB");
    assert_eq!(off, 0.0);
    assert!((8.0..20.0).contains(&standard), "{standard}");
    assert!(strong > standard + 10.0, "{strong}");
}

#[test]
fn a_quiet_voice_is_raised_and_a_loud_one_is_not_cut_off() {
    let level = |scale: f32| {
        let voice: Vec<f32> = speech(9, 20.0).iter().map(|sample| sample * scale).collect();
        let sent = alone(&voice, Plan { gain: true, ..NOTHING });
        let peak = sent.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        (10.0 * energy(&voice[samples(12.0)..]).log10(), 10.0 * energy(&sent[samples(12.0)..]).log10(), peak)
    };

    let (quiet, raised, _) = level(0.05);
    let (loud, kept, peak) = level(1.0);

    println!("gain: {quiet:.1} to {raised:.1} dBFS, {loud:.1} to {kept:.1} dBFS, peak {peak}");
    assert!(raised > quiet + 6.0, "{quiet} to {raised} dBFS");
    assert!(kept < -12.0 && peak <= 1.0, "{kept} dBFS, peak {peak}");
}

#[test]
fn with_everything_off_sound_passes_untouched() {
    let voice = speech(10, 1.0);

    let sent = alone(&voice, NOTHING);

    assert_eq!(sent, voice);
}

#[test]
fn parts_that_come_and_go_leave_no_gap_and_no_click() {
    let hz = 300.0;
    let tone = |n: usize| 0.3 * (std::f32::consts::TAU * hz * n as f32 / SAMPLE_RATE as f32).sin();
    let plans = [NOTHING, ECHO, Plan { noise: Noise::Standard, ..ECHO }, Plan { gain: true, ..ECHO }, NOTHING];
    let mut chain = Chain::new(Mode::Voice);
    let mut sent = Vec::new();

    for block in 0..plans.len() * 30 {
        let mut captured = Captured { left: SILENCE, right: None };
        let sounds = captured.left.iter_mut().enumerate();
        sounds.for_each(|(n, sample)| *sample = tone(block * BLOCK_SAMPLES + n));
        chain.process(&mut captured, plans[block / 30], None);
        sent.extend(captured.left);
    }

    let steepest = sent.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0f32, f32::max);
    assert!(steepest < 0.06, "a step of {steepest}");
    let quietest = sent[samples(0.1)..].chunks(BLOCK_SAMPLES).map(energy).fold(1.0, f32::min);
    assert!(quietest > 0.0005, "a gap: {quietest}");
}

#[test]
fn music_keeps_both_channels_and_a_voice_has_one() {
    let mut chain = Chain::new(Mode::Voice);
    let mut send = |mode| {
        let mut captured = Captured { left: [0.4; BLOCK_SAMPLES], right: Some([0.2; BLOCK_SAMPLES]) };
        chain.process(&mut captured, Plan { mode, ..NOTHING }, None);
        (captured.left[BLOCK_SAMPLES - 1], captured.right.map(|right| right[BLOCK_SAMPLES - 1]))
    };

    let voice = send(Mode::Voice);
    let changing = send(Mode::Music);
    let music = send(Mode::Music);

    let near = |one: f32, other: f32| (one - other).abs() < 1e-6;
    assert!(near(voice.0, 0.3) && voice.1.is_none(), "{voice:?}");
    assert!(near(changing.0, 0.4) && changing.1.is_some_and(|right| near(right, 0.2)), "{changing:?}");
    assert!(near(music.0, 0.4) && music.1.is_some_and(|right| near(right, 0.2)), "{music:?}");
}

#[test]
fn tones_and_files_are_left_alone_unless_asked_for() {
    let usual = Processing::default();
    let everything = Processing { scope: Scope::Everything, ..usual };
    let music = Processing { mode: Mode::Music, ..usual };
    let microphone = AudioSpec::Microphone(None);

    assert_eq!(usual.of(&AudioSpec::Tone(440), true), NOTHING);
    assert_eq!(usual.of(&microphone, true), Plan { noise: Noise::Standard, gain: true, ..ECHO });
    assert!(!usual.of(&microphone, false).echo);
    assert!(everything.of(&AudioSpec::Tone(440), false).echo);
    assert_eq!(music.of(&microphone, true), Plan { mode: Mode::Music, ..NOTHING });
}

#[test]
fn each_plan_delays_a_voice_by_as_much_as_it_says() {
    let voice = speech(3, 6.0);
    for (echo, noise, gain) in [
        (false, Noise::Off, false),
        (true, Noise::Off, false),
        (false, Noise::Standard, false),
        (false, Noise::Strong, false),
        (true, Noise::Strong, true),
    ] {
        let plan = Plan { echo, noise, gain, mode: Mode::Voice };

        let sent = alone(&voice, plan);

        let settled = samples(1.0);
        let found = sent.len() - settled - shift_back(&voice[settled..], &sent[settled..]).len();
        let (found, said) = (found as f32 / SAMPLE_RATE as f32 * 1e3, plan.delay().as_secs_f32() * 1e3);
        println!("{plan:?}: {found:.1} ms, said to be {said:.1}");
        assert!((found - said).abs() < 2.0, "{plan:?}: {found} ms, said to be {said}");
    }
}
