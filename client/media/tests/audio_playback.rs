//! The sound output as the engine uses it, with real files, the real codec and no sound card.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use parlor_media::audio::{
    SAMPLE_RATE,
    chime::Chime,
    error::OpenAudioError,
    input::AudioInput,
    measure::tone_power,
    playback::{AudioPacket, Playback, PlaybackEvent, Voice, VoiceSettings},
    spec::{AudioSpec, SpeakerSpec},
};

/// How long to wait for something that takes milliseconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn start(spec: SpeakerSpec) -> (Playback, Receiver<PlaybackEvent>) {
    let (event, events) = channel();
    (Playback::start(spec, move |happened| drop(event.send(happened))), events)
}

fn voice(playback: &Playback, name: &str, save: Option<PathBuf>) -> Arc<Voice> {
    Arc::new(playback.voice(VoiceSettings { name: name.to_owned(), save }))
}

/// Somebody who whistles into `voice` until dropped.
fn whistle(hz: u32, voice: &Arc<Voice>) -> AudioInput {
    let voice = Arc::clone(voice);
    let mut sequence = 65_530u16;
    let sink = move |block: parlor_media::frame::EncodedBlock| {
        voice.push(AudioPacket { sequence, timestamp: block.timestamp, payload: block.payload }, Instant::now());
        sequence = sequence.wrapping_add(1);
    };
    AudioInput::start(AudioSpec::Tone(hz), sink, |_| {})
}

fn wait_for(what: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !what() {
        assert!(Instant::now() < deadline, "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn read(path: &Path) -> Vec<f32> {
    let reader = hound::WavReader::open(path).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().sample_rate, reader.spec().bits_per_sample), (1, 48_000, 16));
    reader.into_samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect()
}

#[test]
fn everybody_is_in_the_mix_and_each_in_a_file_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let (playback, events) = start(SpeakerSpec::Wav(directory.path().join("mix.wav")));
    let ada = voice(&playback, "ada", Some(directory.path().join("ada.wav")));
    let bob = voice(&playback, "bob", Some(directory.path().join("bob.wav")));

    let whistling = (whistle(440, &ada), whistle(1_000, &bob));
    wait_for(|| ada.stats().packets_received > 100 && bob.stats().packets_received > 100);
    drop(whistling);
    let (ada_stats, level) = (ada.stats(), bob.level());
    drop((ada, bob, playback));

    assert!(matches!(events.recv_timeout(PATIENCE), Ok(PlaybackEvent::Opened { .. })));
    assert!(level > 0.5, "{level}");
    assert!(ada_stats.bytes > 3_000 && ada_stats.delay_ms >= 20.0, "{ada_stats:?}");
    let (mix, ada, bob) = (
        read(&directory.path().join("mix.wav")),
        read(&directory.path().join("ada.wav")),
        read(&directory.path().join("bob.wav")),
    );
    let strength = |sound: &[f32], hz| tone_power(&sound[24_000..72_000], SAMPLE_RATE, hz);
    assert!(strength(&ada, 440.0) > 0.04 && strength(&ada, 1_000.0) < 0.001);
    assert!(strength(&bob, 1_000.0) > 0.04 && strength(&bob, 440.0) < 0.001);
    assert!(strength(&mix, 440.0) > 0.03 && strength(&mix, 1_000.0) > 0.03);
}

#[test]
fn gain_changes_the_mix_and_not_what_is_saved() {
    let directory = tempfile::tempdir().unwrap();
    let (playback, _events) = start(SpeakerSpec::Wav(directory.path().join("mix.wav")));
    let ada = voice(&playback, "ada", Some(directory.path().join("ada.wav")));
    ada.set_gain(0.0);

    let whistling = whistle(440, &ada);
    wait_for(|| ada.stats().packets_received > 60);
    let level = ada.level();
    drop((whistling, ada, playback));

    assert!(level > 0.5);
    assert!(tone_power(&read(&directory.path().join("ada.wav"))[24_000..], SAMPLE_RATE, 440.0) > 0.02);
    assert!(read(&directory.path().join("mix.wav"))[4_800..].iter().all(|sample| sample.abs() < 0.01));
}

#[test]
fn a_voice_that_is_dropped_leaves_the_mix_and_closes_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let (playback, _events) = start(SpeakerSpec::Null);
    let ada = voice(&playback, "ada", Some(directory.path().join("ada.wav")));
    let whistling = whistle(440, &ada);
    wait_for(|| ada.stats().packets_received > 10);

    drop((whistling, ada));

    let length = || std::fs::metadata(directory.path().join("ada.wav")).map_or(0, |file| file.len());
    // Closing writes what the last whole second has left over.
    wait_for(|| {
        hound::WavReader::open(directory.path().join("ada.wav"))
            .is_ok_and(|file| file.len() > 0 && length() == 44 + 2 * u64::from(file.len()))
    });
    drop(playback);
}

#[test]
fn a_pause_of_the_sender_is_silence_in_the_saved_file() {
    let directory = tempfile::tempdir().unwrap();
    let (playback, _events) = start(SpeakerSpec::Null);
    let ada = voice(&playback, "ada", Some(directory.path().join("ada.wav")));

    let whistling = whistle(440, &ada);
    wait_for(|| ada.stats().packets_received > 50);
    whistling.set_spec(AudioSpec::None);
    std::thread::sleep(Duration::from_millis(1_000));
    let before = ada.stats();
    whistling.set_spec(AudioSpec::Tone(440));
    wait_for(|| ada.stats().packets_received > before.packets_received + 50);
    let after = ada.stats();
    drop((whistling, ada, playback));

    let saved = read(&directory.path().join("ada.wav"));
    let silent = saved.chunks_exact(480).filter(|block| block.iter().all(|sample| *sample == 0.0)).count();
    assert!(silent >= 50, "{silent} blocks of silence in {} s", saved.len() as f32 / 48_000.0);
    assert_eq!(after.packets_lost, before.packets_lost);
}

#[test]
fn the_output_can_be_changed_while_voices_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let (playback, events) = start(SpeakerSpec::Null);
    let ada = voice(&playback, "ada", None);
    let whistling = whistle(440, &ada);
    wait_for(|| ada.level() > 0.5);

    playback.set_spec(SpeakerSpec::Wav(directory.path().join("mix.wav")));
    let received = ada.stats().packets_received;
    wait_for(|| ada.stats().packets_received > received + 60);
    drop((whistling, ada, playback));

    let opened: Vec<_> = events.try_iter().collect();
    assert!(matches!(&opened[..], [PlaybackEvent::Opened { .. }, PlaybackEvent::Opened { .. }]), "{opened:?}");
    assert!(tone_power(&read(&directory.path().join("mix.wav"))[12_000..], SAMPLE_RATE, 440.0) > 0.02);
}

#[test]
fn a_chime_is_heard_once_though_nobody_speaks() {
    let directory = tempfile::tempdir().unwrap();
    let (playback, events) = start(SpeakerSpec::Wav(directory.path().join("mix.wav")));
    assert!(matches!(events.recv_timeout(PATIENCE), Ok(PlaybackEvent::Opened { .. })));

    playback.chime(Chime::Message);
    std::thread::sleep(Duration::from_millis(800));
    drop(playback);

    let mix = read(&directory.path().join("mix.wav"));
    let loud: Vec<_> = (0..).zip(&mix).filter(|(_, sample)| **sample != 0.0).map(|(at, _)| at).collect();
    let (first, last) = (loud.first().unwrap(), loud.last().unwrap());
    assert!((5_000..9_000).contains(&(last - first)), "from {first} to {last}");
}

#[test]
fn without_its_speaker_a_call_goes_on() {
    let (playback, events) = start("speaker:alsa:plughw:CARD=Nowhere,DEV=0".parse().unwrap());
    let ada = voice(&playback, "ada", None);

    let whistling = whistle(440, &ada);
    wait_for(|| ada.level() > 0.5);
    drop(whistling);

    let failed = events.recv_timeout(PATIENCE);
    assert!(
        matches!(
            failed,
            Ok(PlaybackEvent::Failed {
                error: OpenAudioError::NotConnected { .. } | OpenAudioError::NoSoundSystem,
                ..
            })
        ),
        "{failed:?}"
    );
}

#[test]
fn a_file_that_cannot_be_written_is_said_in_words() {
    let (playback, events) = start(SpeakerSpec::Wav("/nowhere/at/all/mix.wav".into()));
    let ada = voice(&playback, "ada", Some("/nowhere/at/all/ada.wav".into()));

    let mix_failed = events.recv_timeout(PATIENCE).unwrap();
    ada.push(
        AudioPacket { sequence: 0, timestamp: 0, payload: Bytes::from_static(&[0xf8, 0xff, 0xfe]) },
        Instant::now(),
    );
    let save_failed = events.recv_timeout(PATIENCE).unwrap();

    assert!(matches!(mix_failed, PlaybackEvent::Failed { error: OpenAudioError::UnwritableFile { .. }, .. }));
    assert!(matches!(&save_failed, PlaybackEvent::SaveFailed { name, .. } if name == "ada"), "{save_failed:?}");
}
