//! A voice over a bad network in virtual time, with the real codec: what comes out is listened to.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
use std::{
    f32::consts::TAU,
    time::{Duration, Instant},
};

use bytes::Bytes;
use parlor_media::{
    audio::{
        BLOCK_TIME, PACKET_SAMPLES, SAMPLE_RATE, Stereo,
        decode::VoiceDecoder,
        encode::VoiceEncoder,
        jitter::AudioPacket,
        measure::tone_power,
        opus::{Application, Channels, Encoder, LARGEST_PACKET, packet},
        red::{self, Copies},
        resilience::Protection,
    },
    frame::EncodedBlock,
};

const PACKET: Duration = Duration::from_millis(20);
const HZ: f32 = 440.0;

/// A tone as our own encoder would send it, FEC included.
fn tone(packets: u32) -> Vec<AudioPacket> {
    let mut encoder = Encoder::new(Channels::Mono, Application::Voice).unwrap();
    encoder.set_bitrate(32_000).unwrap();
    // With more effort it knows the tone for music, which has no copies.
    encoder.set_complexity(5).unwrap();
    encoder.set_fec(true).unwrap();
    encoder.set_expected_loss(10).unwrap();
    let mut packet = |n: u32| {
        let at =
            |sample: usize| 0.3 * (TAU * HZ * (n as usize * PACKET_SAMPLES + sample) as f32 / SAMPLE_RATE as f32).sin();
        let samples: Vec<f32> = (0..PACKET_SAMPLES).map(at).collect();
        let payload = encode(&mut encoder, &samples);
        AudioPacket { sequence: n as u16, timestamp: n * PACKET_SAMPLES as u32, payload }
    };
    (0..packets).map(&mut packet).collect()
}

fn encode(encoder: &mut Encoder, samples: &[f32]) -> Bytes {
    let mut room = [0; LARGEST_PACKET];
    let bytes = encoder.encode(samples, &mut room).unwrap();
    Bytes::copy_from_slice(&room[..bytes])
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
        heard.extend(decoder.pull(start + now).left);
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
    let sent = speech(24, Protection::default());
    let mut arrived = sent.clone();
    arrived.retain(|_| random.u8(0..100) >= 5);

    let heard = listen(&mut decoder, arrived, Duration::from_secs(24));

    let stats = decoder.stats();
    assert!(stats.lost > 30, "{stats:?}");
    assert!(stats.recovered * 10 >= stats.lost * 8, "{stats:?}");
    assert!(stats.concealed_samples * 100 < stats.played_samples * 2, "under 2 % made up: {stats:?}");
    assert_as_loud(&heard, &listen(&mut VoiceDecoder::new().unwrap(), sent, Duration::from_secs(24)));
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
        let mut encoder = Encoder::new(Channels::Stereo, Application::Music).unwrap();
        let mut packet = |n: usize| {
            let at =
                |sample: usize| 0.3 * (TAU * HZ * (n * packet_samples + sample / 2) as f32 / SAMPLE_RATE as f32).sin();
            let samples: Vec<f32> = (0..2 * packet_samples).map(at).collect();
            let payload = encode(&mut encoder, &samples);
            let at = Duration::from_secs(1) * (n * packet_samples) as u32 / SAMPLE_RATE;
            (at, AudioPacket { sequence: n as u16, timestamp: (n * packet_samples) as u32, payload })
        };
        let arrivals = (0..96_000 / packet_samples).map(&mut packet).collect();

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

    assert_eq!(block, Stereo::SILENCE);
}

/// A voice of a few harmonics that rises and falls, then a pause over a faint hiss, and so on, as our own program sends
/// it: packets and when they leave.
fn speech(seconds: u32, protection: Protection) -> Vec<(Duration, AudioPacket)> {
    let mut encoder = VoiceEncoder::new(0).unwrap();
    encoder.protect(protection);
    let mut random = fastrand::Rng::with_seed(21);
    let (mut sequence, mut sent) = (0u16, Vec::new());
    for n in 0..seconds * 100 {
        let mut block = parlor_media::audio::SILENCE;
        for (k, sample) in block.iter_mut().enumerate() {
            let time = (n as usize * block_samples() + k) as f32 / SAMPLE_RATE as f32;
            let phase = TAU * (140.0 * time + 3.0 * (TAU * 1.3 * time).sin());
            let loudness = if n / 100 % 4 == 3 { 0.0 } else { 0.15 * (1.0 + (TAU * 3.0 * time).sin()) };
            let voice: f32 = (1..10).map(|harmonic| (phase * harmonic as f32).sin() / harmonic as f32).sum();
            *sample = loudness * voice + 0.004 * (random.f32() - 0.5);
        }
        if let Some(packet) = encoder.push(&block.into()) {
            let payload = packet.payload;
            sent.push((BLOCK_TIME * (n + 1), AudioPacket { sequence, timestamp: packet.timestamp, payload }));
            sequence = sequence.wrapping_add(1);
        }
    }
    sent
}

const fn block_samples() -> usize {
    PACKET_SAMPLES / 2
}

fn rms(sound: &[f32]) -> f32 {
    (sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32).sqrt()
}

#[test]
fn a_pause_costs_few_packets_and_its_background_goes_on() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let sent = speech(8, Protection::default());

    let packets = sent.len();
    let heard = listen(&mut decoder, sent, Duration::from_secs(8));

    assert!(packets <= 340, "{packets} packets in six seconds of speech and two of silence");
    // The pause of the fourth second, once the sender rests.
    let background = rms(&heard[48_000 * 35 / 10..48_000 * 39 / 10]);
    assert!((0.000_3..0.004).contains(&background), "{background} for a hiss of 0.0012");
    assert_eq!((decoder.stats().lost, decoder.stats().concealed_samples), (0, 0), "{:?}", decoder.stats());
}

#[test]
fn half_of_the_packets_carry_the_voice_of_all() {
    let protection = Protection { expected_loss: 50, copies: true, carried: Duration::from_secs(1), bitrate: 48_000 };
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut random = fastrand::Rng::with_seed(22);
    let sent = speech(20, protection);
    let mut arrived = sent.clone();
    arrived.retain(|_| random.bool());

    let heard = listen(&mut decoder, arrived, Duration::from_secs(20));

    let stats = decoder.stats();
    assert!(stats.lost > 300, "{stats:?}");
    assert!(stats.recovered * 10 >= stats.lost * 9, "{stats:?}");
    assert!(stats.concealed_samples * 20 < stats.played_samples, "under 5 % made up: {stats:?}");
    assert_as_loud(&heard, &listen(&mut VoiceDecoder::new().unwrap(), sent, Duration::from_secs(20)));
}

#[test]
fn with_two_copies_half_of_the_packets_bring_most_of_the_voice_as_it_was() {
    let protection = Protection { expected_loss: 50, copies: true, carried: Duration::from_secs(1), bitrate: 48_000 };
    let mut random = fastrand::Rng::with_seed(23);
    let sent = speech(20, protection);
    let mut copies = Copies::default();
    let mut arrivals = Vec::new();
    for (at, packet) in &sent {
        let (payload, timestamp) = (packet.payload.clone(), packet.timestamp);
        let block = EncodedBlock { payload, timestamp, captured_at: Instant::now() };
        let payload = copies.pack(&block, 2, 111);
        if random.bool() {
            arrivals.push((*at, packet.clone(), payload));
        }
    }
    let mut decoder = VoiceDecoder::new().unwrap();
    let (start, mut arrivals) = (Instant::now(), arrivals.into_iter().peekable());

    let mut heard = Vec::new();
    for n in 0..2_000 {
        let now = BLOCK_TIME * n;
        while let Some((at, packet, payload)) = arrivals.next_if(|(at, _, _)| *at <= now) {
            let packed = payload.map(|payload| AudioPacket { payload, ..packet.clone() });
            let unpacked = packed.map(|packed| red::unpack(&packed).unwrap());
            let copies = unpacked.map_or(Vec::new(), |unpacked| {
                assert_eq!(unpacked.packet, packet);
                unpacked.copies
            });
            decoder.push(packet, start + at);
            copies.into_iter().for_each(|copy| decoder.push_copy(copy, start + at));
        }
        heard.extend(decoder.pull(start + now).left);
    }

    let stats = decoder.stats();
    assert!(stats.lost > 300 && stats.recovered * 10 >= stats.lost * 9, "{stats:?}");
    assert!(stats.concealed_samples * 20 < stats.played_samples, "under 5 % made up: {stats:?}");
    assert_as_loud(&heard, &listen(&mut VoiceDecoder::new().unwrap(), sent, Duration::from_secs(20)));
}

#[test]
fn a_copy_is_the_packet_without_what_it_carries_along() {
    let protection = Protection { expected_loss: 50, copies: true, carried: Duration::from_secs(1), bitrate: 48_000 };
    let sent = speech(3, protection);

    let bare: Vec<_> = sent.iter().map(|(_, packet)| packet::without_padding(&packet.payload).unwrap()).collect();

    let bytes = |payloads: &mut dyn Iterator<Item = usize>| payloads.sum::<usize>();
    let (whole, left) =
        (bytes(&mut sent.iter().map(|(_, packet)| packet.payload.len())), bytes(&mut bare.iter().map(Vec::len)));
    assert!(left * 4 < whole * 3, "{left} of {whole} bytes");
    let mut decoders = [VoiceDecoder::new().unwrap(), VoiceDecoder::new().unwrap()];
    let without =
        sent.iter().zip(bare).map(|((at, packet), bare)| (*at, AudioPacket { payload: bare.into(), ..packet.clone() }));
    let heard = listen(&mut decoders[0], without.collect(), Duration::from_secs(3));
    assert_eq!(heard, listen(&mut decoders[1], sent, Duration::from_secs(3)));
}

/// Every second in which somebody speaks is about as loud as over a network that loses nothing.
fn assert_as_loud(heard: &[f32], whole: &[f32]) {
    for (second, (heard, whole)) in heard.chunks(48_000).zip(whole.chunks(48_000)).enumerate().skip(2) {
        let (heard, whole) = (rms(heard), rms(whole));
        assert!(second % 4 == 3 || (0.5..2.0).contains(&(heard / whole)), "second {second}: {heard} for {whole}");
    }
}

#[test]
fn a_packet_of_music_comes_out_at_both_sides() {
    let mut decoder = VoiceDecoder::new().unwrap();
    let mut encoder = Encoder::new(Channels::Stereo, Application::Music).unwrap();
    encoder.set_bitrate(128_000).unwrap();
    let start = Instant::now();
    let (mut left, mut right) = (Vec::new(), Vec::new());

    for n in 0..100u32 {
        let at = |sample: usize, hz: f32| {
            0.3 * (TAU * hz * (n as usize * PACKET_SAMPLES + sample) as f32 / SAMPLE_RATE as f32).sin()
        };
        let samples: Vec<f32> = (0..PACKET_SAMPLES).flat_map(|k| [at(k, 440.0), at(k, 1_000.0)]).collect();
        let payload = encode(&mut encoder, &samples);
        let now = start + PACKET * n;
        decoder.push(AudioPacket { sequence: n as u16, timestamp: n * PACKET_SAMPLES as u32, payload }, now);
        for half in [now, now + BLOCK_TIME] {
            let block = decoder.pull(half);
            left.extend(block.left);
            right.extend(block.right);
        }
    }

    let power = |side: &[f32], hz| tone_power(&side[48_000..86_400], SAMPLE_RATE, hz);
    assert!(power(&left, 440.0) > 0.07 && power(&left, 1_000.0) < 0.001);
    assert!(power(&right, 1_000.0) > 0.07 && power(&right, 440.0) < 0.001);
}
