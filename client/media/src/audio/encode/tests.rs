use std::{f32::consts::TAU, time::Duration};

use super::*;
use crate::audio::{
    SAMPLE_RATE, SILENCE,
    measure::tone_power,
    opus::{Decoder, Dred, LONGEST_PACKET},
    speech::tests::voice,
};

/// The n-th 10 ms of a note, in both channels or one.
fn note(n: usize, hz: f32, right: Option<f32>) -> Captured {
    let block = |hz: f32| {
        let mut block = SILENCE;
        let at = |k: usize| 0.3 * (TAU * hz * (n * BLOCK_SAMPLES + k) as f32 / SAMPLE_RATE as f32).sin();
        block.iter_mut().enumerate().for_each(|(k, sample)| *sample = at(k));
        block
    };
    Captured { left: block(hz), right: right.map(block) }
}

/// What comes out at the other side, both channels.
fn heard(packets: &[VoicePacket]) -> (Vec<f32>, Vec<f32>) {
    let mut decoder = Decoder::new(Channels::Stereo).unwrap();
    let mut room = vec![0.0; 2 * LONGEST_PACKET];
    let mut sound = Vec::new();
    for packet in packets {
        let samples = decoder.decode(&packet.payload, &mut room).unwrap();
        sound.extend_from_slice(&room[..2 * samples]);
    }
    sound.chunks_exact(2).map(|both| (both[0], both[1])).unzip()
}

#[test]
fn every_second_block_gives_a_packet_twenty_milliseconds_after_the_one_before() {
    let mut encoder = VoiceEncoder::new(u32::MAX - 959).unwrap();

    let packets: Vec<_> = (0..6).filter_map(|n| encoder.push(&note(n, 300.0, None))).collect();

    assert_eq!(packets.iter().map(|packet| packet.timestamp).collect::<Vec<_>>(), [u32::MAX - 959, 0, 960]);
    assert!(packets.iter().all(|packet| packet::samples(&packet.payload) == Some(960)));
}

#[test]
fn time_without_sound_is_left_out() {
    let mut encoder = VoiceEncoder::new(0).unwrap();
    encoder.push(&SILENCE.into());

    encoder.skip(48_000);
    encoder.push(&SILENCE.into());

    assert_eq!(encoder.push(&SILENCE.into()).unwrap().timestamp, 48_000);
}

#[test]
fn silence_costs_next_to_nothing_and_the_first_word_after_it_is_sent_at_once() {
    let mut encoder = VoiceEncoder::new(0).unwrap();

    let silent: Vec<_> = (0..1_000).filter_map(|_| encoder.push(&SILENCE.into())).collect();
    let spoken: Vec<_> = (0..20).filter_map(|n| encoder.push(&note(n, 300.0, None))).collect();

    assert!(silent.len() < 100, "{} packets in ten seconds of silence", silent.len());
    assert!(silent.windows(2).all(|two| !(packet::is_silence(&two[0].payload) && packet::is_silence(&two[1].payload))));
    assert_eq!(spoken.len(), 10);
    assert_eq!(spoken[0].timestamp, 1_000 * 480);
}

#[test]
fn a_note_that_lasts_is_no_silence_however_steady_it_is() {
    let mut encoder = VoiceEncoder::new(0).unwrap();

    let packets = (0..6_000).filter_map(|n| encoder.push(&note(n, 440.0, None))).count();

    assert_eq!(packets, 3_000);
}

#[test]
fn music_has_two_channels_and_speech_one() {
    let mut encoder = VoiceEncoder::new(0).unwrap();
    encoder.set_mode(Mode::Music);

    let music: Vec<_> = (0..100).filter_map(|n| encoder.push(&note(n, 440.0, Some(1_000.0)))).collect();
    encoder.set_mode(Mode::Voice);
    let speech = (100..102).find_map(|n| encoder.push(&note(n, 440.0, Some(1_000.0)))).unwrap();

    let (left, right) = heard(&music);
    let power = |side: &[f32], hz| tone_power(&side[9_600..], SAMPLE_RATE, hz);
    assert!(power(&left, 440.0) > 0.07 && power(&left, 1_000.0) < 0.001);
    assert!(power(&right, 1_000.0) > 0.07 && power(&right, 440.0) < 0.001);
    assert_eq!(packet::channels(&speech.payload), Some(Channels::Mono));
}

#[test]
fn the_mode_changes_without_a_gap_or_a_click() {
    let mut encoder = VoiceEncoder::new(0).unwrap();
    let mut packets = Vec::new();

    for n in 0..301 {
        // In the middle of a packet, which must not be lost.
        match n {
            101 => encoder.set_mode(Mode::Music),
            201 => encoder.set_mode(Mode::Voice),
            _ => {}
        }
        packets.extend(encoder.push(&note(n, 440.0, None)));
    }

    let times: Vec<_> = packets.iter().map(|packet| packet.timestamp).collect();
    assert_eq!(times, (0..150).map(|n| n * 960).collect::<Vec<_>>());
    let (left, _) = heard(&packets);
    let steepest = left[9_600..].windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.06, "a step of {steepest}; the note's own steepest is 0.017");
    for part in left[9_600..].chunks_exact(4_800) {
        assert!(tone_power(part, SAMPLE_RATE, 440.0) > 0.04, "{}", tone_power(part, SAMPLE_RATE, 440.0));
    }
}

#[test]
fn quiet_music_is_sent() {
    let mut encoder = VoiceEncoder::new(0).unwrap();
    encoder.set_mode(Mode::Music);

    let packets = (0..1_000).filter_map(|_| encoder.push(&SILENCE.into())).count();

    assert_eq!(packets, 500);
}

#[test]
fn a_packet_carries_as_much_along_as_there_are_bits_for() {
    let mut encoder = VoiceEncoder::new(0).unwrap();
    let protection = Protection { expected_loss: 50, copies: true, carried: Duration::from_secs(1), bitrate: 48_000 };
    let mut dred = Dred::new().unwrap();

    let speech = voice(5);
    let encode = |blocks: &[[f32; BLOCK_SAMPLES]], encoder: &mut VoiceEncoder| -> Vec<_> {
        blocks.iter().filter_map(|block| encoder.push(&(*block).into())).collect()
    };
    let (before, after) = speech.as_chunks().0.split_at(200);

    let plain = encode(before, &mut encoder);
    encoder.protect(protection);
    let carrying = encode(after, &mut encoder);

    assert!(plain.iter().all(|packet| dred.read(&packet.payload) == 0));
    let reach = carrying[50..].iter().map(|packet| dred.read(&packet.payload)).max().unwrap();
    // As much of the second as there are bits for: over 400 ms.
    assert!(reach >= 19_200, "{reach} samples");
    assert!(carrying[50..].iter().filter(|packet| packet::may_have_dred(&packet.payload)).count() > 90);
}
