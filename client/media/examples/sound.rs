//! Tries the sound of this computer: lists its devices, then sends a tone through the speaker while the microphone
//! listens, everything through the codec and the threads of a call.
//!
//! `cargo run -p parlor-media --example sound -- [SECONDS] [MICROPHONE] [SPEAKER]`
#![allow(clippy::print_stdout, reason = "an example that is watched in a terminal")]

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use parlor_media::audio::{
    SAMPLE_RATE,
    decode::VoiceDecoder,
    devices,
    input::AudioInput,
    measure::tone_power,
    playback::{AudioPacket, Playback, VoiceSettings},
    processing::{Noise, Processing},
    spec::{AudioSpec, SpeakerSpec},
};

const HZ: u32 = 1_000;

/// When the tone was switched on and when it was heard.
#[derive(Default)]
struct RoundTrip {
    sent: Option<Instant>,
    heard: Option<Instant>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let microphone: AudioSpec = arguments.next().as_deref().unwrap_or("mic").parse()?;
    let speaker: SpeakerSpec = arguments.next().as_deref().unwrap_or("speaker").parse()?;

    let asked = Instant::now();
    for (kind, list) in [("microphone", devices::microphones()), ("speaker", devices::speakers())] {
        list.iter().for_each(|device| println!("{kind:10} {:50} {}", device.id, device.label));
    }
    println!("listed in {:.0?}", asked.elapsed());

    let trip = Arc::new(Mutex::new(RoundTrip::default()));
    let playback = Playback::start(speaker, |event| println!("speaker: {event:?}"));
    let voice = Arc::new(playback.voice(VoiceSettings { name: "tone".to_owned(), save: None }));

    let listening = listen(microphone, Arc::clone(&trip));
    thread::sleep(Duration::from_secs(2));
    let cpu = cpu_time();
    let began = Instant::now();
    let tone = send_tone(Arc::clone(&voice), Arc::clone(&trip));
    for second in 1..=seconds {
        thread::sleep(Duration::from_secs(1));
        println!(
            "{second:3} s: microphone {:.2}, speaker {:.2}, {:?}",
            listening.level(),
            voice.level(),
            voice.stats()
        );
    }
    let share = (cpu_time() - cpu).as_secs_f64() / began.elapsed().as_secs_f64();
    drop((tone, listening));
    let trip = trip.lock().unwrap_or_else(PoisonError::into_inner);
    match (trip.sent, trip.heard) {
        (Some(sent), Some(heard)) => println!("round trip {:.1?}", heard.saturating_duration_since(sent)),
        _ => println!("round trip: the microphone did not hear the speaker"),
    }
    println!("CPU {:.1} % of a core", share * 100.0);
    Ok(())
}

/// Encodes the tone and plays it, as if it came from somebody else.
fn send_tone(voice: Arc<parlor_media::audio::playback::Voice>, trip: Arc<Mutex<RoundTrip>>) -> AudioInput {
    let mut sequence = 0;
    AudioInput::start(
        AudioSpec::Tone(HZ),
        move |block| {
            trip.lock().unwrap_or_else(PoisonError::into_inner).sent.get_or_insert_with(Instant::now);
            let packet = AudioPacket { sequence, timestamp: block.timestamp, payload: block.payload };
            sequence = sequence.wrapping_add(1);
            voice.push(packet, Instant::now());
        },
        |_| {},
    )
}

/// Records, decodes what was recorded and notes when the tone is in it.
fn listen(microphone: AudioSpec, trip: Arc<Mutex<RoundTrip>>) -> AudioInput {
    let mut decoder = VoiceDecoder::new().ok();
    let mut sequence = 0;
    let input = AudioInput::start(
        microphone,
        move |block| {
            let Some(decoder) = &mut decoder else { return };
            let now = Instant::now();
            decoder.push(AudioPacket { sequence, timestamp: block.timestamp, payload: block.payload }, now);
            sequence = sequence.wrapping_add(1);
            let heard =
                [decoder.pull(now + Duration::from_secs(1)).left, decoder.pull(now + Duration::from_secs(1)).left]
                    .concat();
            let mut trip = trip.lock().unwrap_or_else(PoisonError::into_inner);
            if trip.heard.is_none() && trip.sent.is_some() && tone_power(&heard, SAMPLE_RATE, HZ as f32) > 0.001 {
                trip.heard = Some(now);
            }
        },
        |event| println!("microphone: {event:?}"),
    );
    // A tone that lasts is noise, and nothing of it would come through.
    input.set_processing(Processing { echo: false, noise: Noise::Off, gain: false, ..Processing::default() });
    input
}

/// The CPU time of this process so far, all threads together; zero where the system does not tell.
fn cpu_time() -> Duration {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else {
        return Duration::ZERO;
    };
    let ticks = |field: usize| -> u64 {
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        after_name.split_whitespace().nth(field).and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}
