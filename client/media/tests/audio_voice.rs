//! A voice over a bad network in virtual time, with the real codec: what comes out is listened to.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
use std::{
    f32::consts::TAU,
    time::{Duration, Instant},
};

use bytes::Bytes;
use parlor_media::audio::{
    BLOCK_TIME, PACKET_SAMPLES, SAMPLE_RATE, SILENCE, decode::VoiceDecoder, jitter::AudioPacket, measure::tone_power,
};

const PACKET: Duration = Duration::from_millis(20);
const HZ: f32 = 440.0;

/// A tone as our own encoder would send it, FEC included.
fn tone(packets: u32) -> Vec<AudioPacket> {
    let mut encoder = opus::Encoder::new(SAMPLE_RATE, opus::Channels::Mono, opus::Application::Voip).unwrap();
    encoder.set_bitrate(opus::Bitrate::Bits(32_000)).unwrap();
    encoder.set_inband_fec(true).unwrap();
    encoder.set_packet_loss_perc(10).unwrap();
    let encode = |n: u32| {
        let at =
            |sample: usize| 0.3 * (TAU * HZ * (n as usize * PACKET_SAMPLES + sample) as f32 / SAMPLE_RATE as f32).sin();
        let samples: Vec<f32> = (0..PACKET_SAMPLES).map(at).collect();
        let payload = Bytes::from(encoder.encode_vec_float(&samples, 1_275).unwrap());
        AudioPacket { sequence: n as u16, timestamp: n * PACKET_SAMPLES as u32, payload }
    };
    (0..packets).map(encode).collect()
}

/// Plays what arrives, 10 ms after 10 ms, for `length`.
fn listen(decoder: &mut VoiceDecoder, mut arrivals: Vec<(Duration, AudioPacket)>, length: Duration) -> Vec<f32> {
    let start = Instant::now();
    arrivals.sort_by_key(|(at, _)| *at);
    let mut arrivals = arrivals.into_iter().peekable();
    let mut heard = Vec::new();
    let mut now = Duration::ZERO;
    while now < length {
        while let Some((at, packet)) = arrivals.next_if(|(at, _)| *at <= now) {
            decoder.push(packet, start + at);
        }
        heard.extend(decoder.pull(start + now));
        now += BLOCK_TIME;
    }
    heard
}

fn on_time(packets: Vec<AudioPacket>) -> Vec<(Duration, AudioPacket)> {
    packets.into_iter().enumerate().map(|(n, packet)| (PACKET * n as u32, packet)).collect()
}

/// The longest stretch without sound, in milliseconds.
fn longest_silence(sound: &[f32]) -> usize {
    let quiet = sound.chunks(48).map(|chunk| chunk.iter().all(|sample| sample.abs() < 0.01));
    let (mut longest, mut run) = (0, 0);
    for is_quiet in quiet {
        run = if is_quiet { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[test]
fn a_tone_over_an_even_network_sounds_as_it_was_sent() {
    let mut decoder = VoiceDecoder::new().unwrap();

    let heard = listen(&mut decoder, on_time(tone(150)), PACKET * 150);

    let settled = &heard[24_000..];
    assert!(
        (tone_power(settled, SAMPLE_RATE, HZ) / 0.09 - 1.0).abs() < 0.2,
        "{}",
        tone_power(settled, SAMPLE_RATE, HZ)
    );
    assert_eq!(longest_silence(settled), 0);
    assert_eq!(decoder.stats().concealed_samples, 0);
}

#[test]
fn nothing_at_all_is_silence() {
    let mut decoder = VoiceDecoder::new().unwrap();

    let heard = listen(&mut decoder, Vec::new(), Duration::from_secs(1));

    assert!(heard.iter().all(|sample| *sample == 0.0));
    assert_eq!(decoder.stats().played_samples, 0);
}

#[test]
fn five_per_cent_of_loss_is_hardly_heard() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut random = fastrand::Rng::with_seed(3);
    let mut arrivals = on_time(tone(1_500));
    arrivals.retain(|_| random.u8(0..100) >= 5);

    let heard = listen(&mut decoder, arrivals, PACKET * 1_500);

    let stats = decoder.stats();
    assert!(stats.lost > 40, "{stats:?}");
    assert!(stats.recovered * 10 >= stats.lost * 8, "{stats:?}");
    assert!(stats.concealed_samples * 100 < stats.played_samples, "under 1 % made up: {stats:?}");
    assert!(longest_silence(&heard[24_000..]) <= 20, "{} ms", longest_silence(&heard[24_000..]));
    for second in heard[48_000..].chunks_exact(48_000) {
        assert!(tone_power(second, SAMPLE_RATE, HZ) > 0.04, "{}", tone_power(second, SAMPLE_RATE, HZ));
    }
}

#[test]
fn jitter_is_evened_out_and_the_delay_goes_down_after_it() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut random = fastrand::Rng::with_seed(4);
    let mut arrivals = on_time(tone(2_500));
    arrivals[..1_000].iter_mut().for_each(|(at, _)| *at += Duration::from_millis(random.u64(0..60)));

    let heard = listen(&mut decoder, arrivals, PACKET * 2_500);

    let stats = decoder.stats();
    assert!(stats.concealed_samples < 5 * 960, "only while the network was new: {stats:?}");
    assert_eq!(stats.lost, 0);
    assert_eq!(stats.target_ms, 20.0);
    assert_eq!(longest_silence(&heard[24_000..]), 0);
    assert!(tone_power(&heard[heard.len() - 48_000..], SAMPLE_RATE, HZ) > 0.07);
}

#[test]
fn a_sender_that_stops_fades_to_silence_and_comes_back_without_a_click() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut arrivals = on_time(tone(300));
    arrivals.retain(|(at, _)| !(PACKET * 100..PACKET * 200).contains(at));
    // The sender had its microphone off: the numbers go on as if nothing had been.
    arrivals[100..].iter_mut().for_each(|(_, packet)| packet.sequence -= 100);

    let heard = listen(&mut decoder, arrivals, PACKET * 300);

    let at = |from: usize, to: usize| &heard[from * 48..to * 48];
    assert!(tone_power(at(1_500, 1_900), SAMPLE_RATE, HZ) > 0.07);
    assert!(at(2_400, 3_900).iter().all(|sample| *sample == 0.0));
    assert!(tone_power(at(4_300, 5_900), SAMPLE_RATE, HZ) > 0.07);
    assert_eq!(decoder.stats().concealed_samples, 0);
    let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.06, "a step of {steepest}; the tone's own steepest is 0.017");
}

#[test]
fn a_burst_of_loss_is_bridged_and_not_endless() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut arrivals = on_time(tone(300));
    arrivals.retain(|(at, _)| !(PACKET * 150..PACKET * 155).contains(at));

    let heard = listen(&mut decoder, arrivals, PACKET * 300);

    assert!(longest_silence(&heard[24_000..]) < 100, "{} ms", longest_silence(&heard[24_000..]));
    assert!(tone_power(&heard[heard.len() - 48_000..], SAMPLE_RATE, HZ) > 0.07);
    assert_eq!(decoder.stats().lost, 5);
}

#[test]
fn corrupt_packets_are_made_up_for() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    let mut arrivals = on_time(tone(500));
    for (_, packet) in arrivals.iter_mut().skip(100).step_by(5) {
        let mut payload = packet.payload.to_vec();
        payload.iter_mut().for_each(|byte| *byte = random.u8(..));
        payload.truncate(random.usize(0..payload.len()));
        packet.payload = payload.into();
    }

    let heard = listen(&mut decoder, arrivals, PACKET * 500);

    assert!(heard.iter().all(|sample| sample.is_finite()));
    assert_eq!(heard.len(), 500 * PACKET_SAMPLES);
}

#[test]
fn packets_of_other_lengths_play_too() {
    for packet_samples in [120, 240, 480, 1_920, 2_880] {
        let mut decoder = VoiceDecoder::new().unwrap();
        let mut encoder = opus::Encoder::new(SAMPLE_RATE, opus::Channels::Stereo, opus::Application::Audio).unwrap();
        let packet = |n: usize| {
            let at =
                |sample: usize| 0.3 * (TAU * HZ * (n * packet_samples + sample / 2) as f32 / SAMPLE_RATE as f32).sin();
            let samples: Vec<f32> = (0..2 * packet_samples).map(at).collect();
            let payload = Bytes::from(encoder.encode_vec_float(&samples, 1_275).unwrap());
            let at = Duration::from_secs(1) * (n * packet_samples) as u32 / SAMPLE_RATE;
            (at, AudioPacket { sequence: n as u16, timestamp: (n * packet_samples) as u32, payload })
        };
        let arrivals = (0..96_000 / packet_samples).map(packet).collect();

        let heard = listen(&mut decoder, arrivals, Duration::from_secs(2));

        let power = tone_power(&heard[48_000..91_200], SAMPLE_RATE, HZ);
        assert!((power / 0.09 - 1.0).abs() < 0.2, "{packet_samples} samples a packet: {power}, {:?}", decoder.stats());
        assert_eq!(decoder.stats().lost, 0);
    }
}

#[test]
fn a_decoder_is_ready_after_a_long_silence_of_its_own() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let start = Instant::now();

    let block = decoder.pull(start);

    assert_eq!(block, SILENCE);
}
