use std::{f32::consts::TAU, time::Duration};

use super::*;

/// A sound whose phase tells its place: 50 Hz, one turn in two blocks.
fn wave(sample: f64) -> f32 {
    (TAU * (sample / 960.0).fract() as f32).sin()
}

fn block(number: u32) -> Block {
    std::array::from_fn(|n| wave(f64::from(number) * 480.0 + n as f64))
}

/// Plays and captures for a while, and gives all that came out. `speed` is that of the speaker's clock.
fn run(blocks: u32, speed: f64, lost_at: Option<u32>) -> Vec<f32> {
    let start = Instant::now();
    let mut alignment = Alignment::new(start).unwrap();
    let (mut played, mut given) = (0u32, Vec::new());
    for number in 0..blocks {
        // Where sound was lost, the microphone is 50 ms further from then on.
        let lost = lost_at.filter(|lost| number >= *lost).map_or(0.0, |_| 0.05);
        let now = f64::from(number) * 0.01 + lost;
        while f64::from(played) * 0.01 / speed <= now {
            alignment.play(&block(played), start + Duration::from_secs_f64(f64::from(played) * 0.01 / speed));
            played += 1;
        }
        given.extend(alignment.far_end(start + Duration::from_secs_f64(now)));
    }
    given
}

/// How far what was given is behind what was played at its time, in samples, modulo a turn of the wave.
fn lag(given: &[f32], block: usize, speed: f64, lost: f64) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in given.iter().enumerate().skip(block * 480).take(960) {
        let at = (n as f64 + lost) * speed;
        sine += sample * wave(at);
        cosine += sample * wave(at + 240.0);
    }
    f64::from((-cosine).atan2(sine) / TAU) * 960.0
}

#[test]
fn the_way_of_an_echo_takes_the_same_time_for_minutes_although_the_clocks_drift() {
    for speed in [1.0, 1.0 + 100e-6, 1.0 - 300e-6] {
        let given = run(12_000, speed, None);

        let lags: Vec<f64> = (1_000..11_900).step_by(100).map(|block| lag(&given, block, speed, 0.0)).collect();

        let (least, most) =
            lags.iter().fold((f64::MAX, f64::MIN), |(least, most), lag| (least.min(*lag), most.max(*lag)));
        println!("speed {speed}: {least:.1} to {most:.1} samples");
        assert!(most - least < 5.0, "speed {speed}: {least} to {most}");
    }
}

#[test]
fn sound_that_the_microphone_lost_is_left_out_of_what_was_played_too() {
    let given = run(3_000, 1.0, Some(1_500));

    let before = lag(&given, 1_400, 1.0, 0.0);
    let after = lag(&given, 1_700, 1.0, 0.05 * 48_000.0);

    assert!((before - after).abs() < 60.0, "{before} before, {after} after");
}

#[test]
fn nothing_is_heard_while_nothing_is_played() {
    let start = Instant::now();
    let mut alignment = Alignment::new(start).unwrap();
    alignment.play(&[0.5; BLOCK_SAMPLES], start);

    let later = (100..120).map(|n| alignment.far_end(start + Duration::from_millis(10 * n)));

    assert!(later.flatten().all(|sample| sample == 0.0));
}

#[test]
fn another_speaker_begins_anew_at_once() {
    let start = Instant::now();
    let mut alignment = Alignment::new(start).unwrap();
    let at = |block: u64| start + Duration::from_millis(10 * block);
    for n in 0..200 {
        alignment.play(&SILENCE, at(n));
        alignment.far_end(at(n));
    }

    alignment.other_speaker();
    let mut given = SILENCE;
    for n in 200..260 {
        if n >= 250 {
            alignment.play(&[0.5; BLOCK_SAMPLES], at(n));
        }
        given = alignment.far_end(at(n));
    }

    assert!(given.iter().all(|sample| (sample - 0.5).abs() < 0.01));
}
