//! Sends a sound file through the encoder, a bad network in virtual time and the decoder of a call, and keeps what is
//! heard: `cargo run --example hear IN.wav OUT.wav LOSS% JITTER_MS [SEED [COPIES]]`. `IN.wav` has 48 kHz, one channel,
//! 16 bit; without copies the other side is as a program that takes none.
#![expect(clippy::print_stdout, reason = "this is a program for a terminal")]
use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use parlor_media::{
    audio::{
        BLOCK_SAMPLES, BLOCK_TIME, SILENCE,
        decode::VoiceDecoder,
        encode::{VoiceEncoder, VoicePacket},
        jitter::AudioPacket,
        red::{self, Copies},
        resilience::{MOST_COPIES, Redundancy, Resilience, SoundReport},
    },
    frame::EncodedBlock,
};

/// The payload type of Opus.
const OPUS: u8 = 111;

/// How often the receiver reports what it has lost.
const REPORT_EVERY: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [from, to, loss, jitter, rest @ ..] = arguments.as_slice() else {
        return Err("IN.wav OUT.wav LOSS% JITTER_MS [SEED [COPIES]]".into());
    };
    let (loss, jitter): (f64, u64) = (loss.parse()?, jitter.parse()?);
    let mut random = fastrand::Rng::with_seed(rest.first().map_or(Ok(1), |seed| seed.parse())?);
    let most_copies = rest.get(1).map_or(Ok(MOST_COPIES), |copies| copies.parse())?;
    let mut reader = hound::WavReader::open(from)?;
    let samples: Vec<f32> = reader
        .samples::<i16>()
        .map(|sample| sample.map(|sample| f32::from(sample) / 32_768.0))
        .collect::<Result<_, _>>()?;
    let spec = hound::WavSpec { channels: 1, ..reader.spec() };
    let mut writer = hound::WavWriter::create(to, spec)?;

    let (mut encoder, mut decoder) = (VoiceEncoder::new(0)?, VoiceDecoder::new()?);
    let (mut resilience, mut sequence, mut bytes) = (Resilience::default(), 0u16, 0);
    let (mut redundancy, mut copies, mut number) = (Redundancy::default(), Copies::default(), 0);
    let (mut sent_lately, mut lost_lately) = (0u32, 0u32);
    let mut on_the_way: Vec<(Duration, AudioPacket)> = Vec::new();
    let (start, mut encoding, mut decoding) = (Instant::now(), Duration::ZERO, Duration::ZERO);
    for (n, chunk) in samples.chunks(BLOCK_SAMPLES).enumerate() {
        let now = BLOCK_TIME * n as u32;
        let mut block = SILENCE;
        block[..chunk.len()].copy_from_slice(chunk);
        let begun = Instant::now();
        let packet = encoder.push(&block.into());
        encoding += begun.elapsed();
        if let Some(VoicePacket { payload, timestamp }) = packet {
            let packet = EncodedBlock { payload, timestamp, captured_at: start + now };
            sent_lately += 1;
            let payload =
                copies.pack(&packet, number, OPUS).unwrap_or_else(|| [&[OPUS], &packet.payload[..]].concat().into());
            bytes += payload.len();
            if random.f64() * 100.0 < loss {
                lost_lately += 1;
            } else {
                let arrival = now + Duration::from_micros(random.u64(0..=jitter * 1_000));
                on_the_way.push((arrival, AudioPacket { sequence, timestamp: packet.timestamp, payload }));
            }
            sequence = sequence.wrapping_add(1);
        }
        if n % REPORT_EVERY == REPORT_EVERY - 1 {
            let lost = lost_lately as f32 / sent_lately.max(1) as f32;
            encoder.protect(resilience.decide([SoundReport { lost, revives: true }]));
            number = redundancy.decide(lost, None).min(most_copies);
            (sent_lately, lost_lately) = (0, 0);
        }
        on_the_way.sort_by_key(|(arrival, _)| *arrival);
        let there = on_the_way.partition_point(|(arrival, _)| *arrival <= now);
        let begun = Instant::now();
        for (arrival, packet) in on_the_way.drain(..there) {
            let Some(red::Unpacked { packet, copies }) = red::unpack(&packet) else { continue };
            decoder.push(packet, start + arrival);
            copies.into_iter().for_each(|copy| decoder.push_copy(copy, start + arrival));
        }
        let heard = decoder.pull(start + now).mono();
        decoding += begun.elapsed();
        for sample in heard {
            writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16)?;
        }
    }
    writer.finalize()?;

    let seconds = samples.len() as f64 / 48_000.0;
    let stats = decoder.stats();
    println!("{:.1} kbit/s, delay aimed for {:.0} ms", bytes as f64 * 0.008 / seconds, stats.target_ms);
    println!("{} lost, {} rebuilt, {} late", stats.lost, stats.recovered, stats.late);
    println!("{:.2} % made up", stats.concealed_samples as f64 * 100.0 / stats.played_samples.max(1) as f64);
    let per_block = |time: Duration| time.as_secs_f64() * 10.0 / seconds;
    println!("each 10 ms: {:.4} ms to encode, {:.4} ms to decode", per_block(encoding), per_block(decoding));
    Ok(())
}
