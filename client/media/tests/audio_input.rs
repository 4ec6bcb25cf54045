//! The sound input as the engine uses it, with real files, the real codec and no sound card.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
use std::{
    path::Path,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use parlor_media::{
    audio::{
        Mode, SAMPLE_RATE,
        error::OpenAudioError,
        input::{AudioInput, AudioInputEvent},
        measure::tone_power,
        opus::{Application, Channels, Decoder, Encoder, LARGEST_PACKET},
        processing::{Noise, Processing, Running, Scope},
        spec::AudioSpec,
    },
    frame::EncodedBlock,
};

/// How long to wait for something that takes milliseconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(20);

struct Input {
    input: AudioInput,
    packets: Receiver<EncodedBlock>,
    events: Receiver<AudioInputEvent>,
}

fn start(spec: AudioSpec) -> Input {
    let (packet, packets) = channel();
    let (event, events) = channel();
    let input =
        AudioInput::start(spec, move |block| drop(packet.send(block)), move |happened| drop(event.send(happened)));
    Input { input, packets, events }
}

impl Input {
    fn take(&self, packets: usize) -> Vec<EncodedBlock> {
        (0..packets).map(|_| self.packets.recv_timeout(PATIENCE).unwrap()).collect()
    }

    fn event(&self) -> AudioInputEvent {
        self.events.recv_timeout(PATIENCE).unwrap()
    }

    /// The switch was moved just now: what was encoded before, and the fade, are not what is asked about.
    fn take_what_is_on_its_way(&self) {
        while self.packets.try_recv().is_ok() {}
        self.take(5);
    }
}

fn decode(packets: &[EncodedBlock]) -> Vec<f32> {
    let mut decoder = Decoder::new(Channels::Mono).unwrap();
    let mut block = [0.0; 5_760];
    let decode = |packet: &EncodedBlock| {
        let samples = decoder.decode(&packet.payload, &mut block).unwrap();
        block[..samples].to_vec()
    };
    packets.iter().flat_map(decode).collect()
}

/// The power of `hz` after the codec has settled.
fn power(packets: &[EncodedBlock], hz: f32) -> f32 {
    tone_power(&decode(packets)[9_600..], SAMPLE_RATE, hz)
}

fn energy(packets: &[EncodedBlock]) -> f32 {
    let sound = decode(packets);
    sound[9_600..].iter().map(|sample| sample * sample).sum::<f32>() / (sound.len() - 9_600) as f32
}

/// Two seconds of a fan: noise in which the low frequencies are the loudest.
fn write_fan(path: &Path) {
    let sample_format = hound::SampleFormat::Float;
    let spec = hound::WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 32, sample_format };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let (mut random, mut rush) = (fastrand::Rng::with_seed(1), 0.0f32);
    for _ in 0..2 * SAMPLE_RATE {
        rush = 0.95 * rush + (random.f32() - 0.5) * 0.05;
        writer.write_sample(rush).unwrap();
    }
    writer.finalize().unwrap();
}

/// 400 ms of 500 Hz at 44.1 kHz in two channels, of which only the left sounds.
fn write_stereo_wav(path: &Path, bits_per_sample: u16, sample_format: hound::SampleFormat) {
    let spec = hound::WavSpec { channels: 2, sample_rate: 44_100, bits_per_sample, sample_format };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..17_640 {
        let sample = 0.6 * (std::f32::consts::TAU * 500.0 * n as f32 / 44_100.0).sin();
        match sample_format {
            hound::SampleFormat::Float => {
                writer.write_sample(sample).unwrap();
                writer.write_sample(0.0f32).unwrap();
            }
            hound::SampleFormat::Int => {
                writer.write_sample((sample * ((1i64 << (bits_per_sample - 1)) - 1) as f32) as i32).unwrap();
                writer.write_sample(0i32).unwrap();
            }
        }
    }
    writer.finalize().unwrap();
}

/// A Matroska element (RFC 8794): its id, the length of what is in it, and that.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64 | 1 << 56).to_be_bytes();
    [id, &length, content].concat()
}

/// Two seconds of `hz` as Opus in stereo, after a track of something else, in as little Matroska as there can be.
fn write_webm(path: &Path, hz: f32) {
    let mut encoder = Encoder::new(Channels::Stereo, Application::Music).unwrap();
    let mut block = |n: u16| {
        let at = |sample: usize| {
            let time = (usize::from(n) * 960 + sample / 2) as f32 / SAMPLE_RATE as f32;
            0.3 * (std::f32::consts::TAU * hz * time).sin()
        };
        let mut room = [0; LARGEST_PACKET];
        let bytes = encoder.encode(&(0..1_920).map(at).collect::<Vec<_>>(), &mut room).unwrap();
        let packet = &room[..bytes];
        let of_track = |track: u8, content: &[u8]| {
            element(&[0xa3], &[&[0x80 | track][..], &(n * 20).to_be_bytes(), &[0x80], content].concat())
        };
        [of_track(1, b"a picture"), of_track(2, packet)].concat()
    };
    let blocks = (0..100).flat_map(&mut block).collect::<Vec<_>>();
    let video = [
        element(&[0xd7], &[1]),
        element(&[0x73, 0xc5], &[1]),
        element(&[0x83], &[1]),
        element(&[0x86], b"V_VP8"),
        element(&[0xe0], &[element(&[0xb0], &[16]), element(&[0xba], &[16])].concat()),
    ];
    let audio = [
        element(&[0xd7], &[2]),
        element(&[0x73, 0xc5], &[2]),
        element(&[0x83], &[2]),
        element(&[0x86], b"A_OPUS"),
        element(&[0xe1], &[element(&[0xb5], &48_000f32.to_be_bytes()), element(&[0x9f], &[2])].concat()),
    ];
    let tracks = [element(&[0xae], &video.concat()), element(&[0xae], &audio.concat())].concat();
    let info = [
        element(&[0x2a, 0xd7, 0xb1], &1_000_000u32.to_be_bytes()),
        element(&[0x4d, 0x80], b"test"),
        element(&[0x57, 0x41], b"test"),
    ];
    let cluster = [element(&[0xe7], &[0]), blocks].concat();
    let segment = [
        element(&[0x15, 0x49, 0xa9, 0x66], &info.concat()),
        element(&[0x16, 0x54, 0xae, 0x6b], &tracks),
        element(&[0x1f, 0x43, 0xb6, 0x75], &cluster),
    ];
    let header = [element(&[0x42, 0x82], b"webm"), element(&[0x42, 0x87], &[2]), element(&[0x42, 0x85], &[2])].concat();
    let file = [element(&[0x1a, 0x45, 0xdf, 0xa3], &header), element(&[0x18, 0x53, 0x80, 0x67], &segment.concat())];
    std::fs::write(path, file.concat()).unwrap();
}

#[test]
fn packets_tell_when_their_sound_was_heard_whenever_the_thread_had_time_for_it() {
    let input = start(AudioSpec::Tone(440));

    let mut packets = input.take(25);
    let evenly = packets.len();
    let processed = Processing { echo: false, noise: Noise::Strong, scope: Scope::Everything, ..Processing::default() };
    input.input.set_processing(processed);
    packets.extend(input.take(25));

    // Longer ones are time that was left out, where the thread was late for more than a second.
    let shorter = |packets: &[EncodedBlock]| {
        let steps = packets.windows(2).map(|pair| pair[1].captured_at - pair[0].captured_at);
        steps.filter(|step| *step < Duration::from_millis(20)).count()
    };
    assert_eq!(shorter(&packets[..evenly]), 0, "the sound of a tone is heard evenly, however late it is encoded");
    assert_eq!(shorter(&packets), 1, "what comes out is older once something is done to it");
}

#[test]
fn the_opus_track_of_a_webm_file_plays_over_and_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("call.webm");
    write_webm(&path, 700.0);

    let input = start(AudioSpec::File(path));
    let packets = input.take(140);

    assert!(matches!(input.event(), AudioInputEvent::Opened { .. }));
    for second in [&packets[..60], &packets[105..]] {
        let power = power(second, 700.0);
        assert!((power / 0.09 - 1.0).abs() < 0.25, "{power}");
    }
}

#[test]
fn a_tone_is_sent_in_packets_of_twenty_milliseconds() {
    let input = start("tone:1000".parse().unwrap());

    let packets = input.take(50);

    assert!(matches!(input.event(), AudioInputEvent::Opened { spec: AudioSpec::Tone(1_000), .. }));
    assert!(packets.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 960));
    assert!((power(&packets, 1_000.0) / 0.09 - 1.0).abs() < 0.2);
    assert!(input.input.level() > 0.7);
}

#[test]
fn muting_sends_silence_and_unmuting_the_tone_again() {
    let input = start("tone".parse().unwrap());
    input.take(5);

    input.input.set_muted(true);
    input.take_what_is_on_its_way();
    let muted = input.take(30);
    let level_while_muted = input.input.level();
    input.input.set_muted(false);
    input.take_what_is_on_its_way();
    let unmuted = input.take(30);

    assert!(power(&muted, 440.0) < 1e-6);
    let sizes: Vec<_> = muted.iter().map(|packet| packet.payload.len()).collect();
    assert!(sizes.iter().sum::<usize>() < 30 * sizes.len(), "silence is cheap: {sizes:?}");
    assert!(power(&unmuted, 440.0) > 0.07);
    assert!(level_while_muted > 0.7, "whoever talks while muted can be told: {level_while_muted}");
}

#[test]
fn a_file_is_sent_as_it_is_unless_its_noise_is_to_be_taken_out_which_begins_and_ends_without_a_break() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("fan.wav");
    write_fan(&path);
    let input = start(AudioSpec::File(path));
    let quiet = Processing { echo: false, gain: false, scope: Scope::Everything, ..Processing::default() };

    let mut packets = input.take(50);
    let untouched = (energy(&packets), input.input.running());
    input.input.set_processing(quiet);
    packets.extend(input.take(250));
    let suppressed = (energy(&packets[240..]), input.input.running());
    input.input.set_processing(Processing::default());
    packets.extend(input.take(60));
    let again = energy(&packets[310..]);

    let nothing = Running { echo: None, noise: Noise::Off, gain: false, mode: Mode::Voice };
    assert_eq!(untouched.1, nothing);
    assert_eq!(suppressed.1, Running { noise: Noise::Standard, ..nothing });
    assert!(suppressed.0 < untouched.0 / 4.0, "{} of {}", suppressed.0, untouched.0);
    assert!(again > untouched.0 / 2.0, "{again} of {}", untouched.0);
    assert!(packets.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 960));
}

#[test]
fn off_closes_and_sends_nothing_and_the_timestamps_tell_for_how_long() {
    let input = start("tone".parse().unwrap());
    input.event();
    let taken = input.take(5);

    let off_at = Instant::now();
    input.input.set_spec(AudioSpec::None);
    assert_eq!(input.event(), AudioInputEvent::Closed);
    let last = input.packets.try_iter().last().or(taken.into_iter().last()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(input.packets.try_recv().is_err());
    assert_eq!(input.input.level(), 0.0);
    input.input.set_spec(AudioSpec::Tone(700));
    let first = input.take(1).remove(0);
    let off_for = off_at.elapsed();

    let gap = first.timestamp.wrapping_sub(last.timestamp);
    assert!(gap > 48 * 280, "{gap}");
    assert!(gap < 48 * (off_for.as_millis() as u32 + 1_100), "{gap}");
    assert!(matches!(input.event(), AudioInputEvent::Opened { spec: AudioSpec::Tone(700), .. }));
}

#[test]
fn changing_the_source_changes_what_is_heard() {
    let input = start("tone:440".parse().unwrap());
    input.take(5);
    input.event();

    input.input.set_spec(AudioSpec::Tone(1_000));
    input.event();
    while input.packets.try_recv().is_ok() {}
    let packets = input.take(30);

    assert!(power(&packets, 1_000.0) > 0.07);
    assert!(power(&packets, 440.0) < 0.001);
}

#[test]
fn wav_files_of_every_format_play_over_and_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tone.WAV");
    for (bits, format) in [
        (8, hound::SampleFormat::Int),
        (16, hound::SampleFormat::Int),
        (24, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Int),
        (32, hound::SampleFormat::Float),
    ] {
        write_stereo_wav(&path, bits, format);

        let input = start(AudioSpec::File(path.clone()));
        let packets = input.take(50);

        assert!(matches!(input.event(), AudioInputEvent::Opened { label, .. } if label == "tone.WAV"));
        let second_round = power(&packets[20..], 500.0);
        assert!((second_round / 0.09 - 1.0).abs() < 0.25, "{bits} bits {format:?}: {second_round}");
    }
}

#[test]
fn a_missing_file_is_said_once_and_played_when_it_appears() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("later.wav");

    let input = start(AudioSpec::File(path.clone()));
    let failed = input.event();
    write_stereo_wav(&path, 16, hound::SampleFormat::Int);
    let opened = input.event();

    assert!(
        matches!(failed, AudioInputEvent::Failed { error: OpenAudioError::UnreadableFile { .. }, .. }),
        "{failed:?}"
    );
    assert!(matches!(opened, AudioInputEvent::Opened { .. }), "{opened:?}");
    assert!(power(&input.take(30), 500.0) > 0.05);
}

#[test]
fn files_that_hold_no_sound_are_refused_in_words() {
    let directory = tempfile::tempdir().unwrap();
    let (text, broken, empty) =
        (directory.path().join("notes.txt"), directory.path().join("broken.webm"), directory.path().join("empty.wav"));
    std::fs::write(&text, "no sound").unwrap();
    std::fs::write(&broken, [0x1a, 0x45, 0xdf, 0xa3, 0xff, 0, 0]).unwrap();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    hound::WavWriter::create(&empty, spec).unwrap().finalize().unwrap();

    for path in [text, broken, empty] {
        let event = start(AudioSpec::File(path.clone())).event();

        let AudioInputEvent::Failed { error, .. } = event else { panic!("{event:?}") };
        assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    }
}

#[test]
fn a_microphone_that_is_not_there_is_said_in_words() {
    let input = start("mic:alsa:plughw:CARD=Nowhere,DEV=0".parse().unwrap());

    let AudioInputEvent::Failed { error, .. } = input.event() else { panic!("it cannot have opened") };

    assert!(matches!(error, OpenAudioError::NotConnected { .. } | OpenAudioError::NoSoundSystem), "{error:?}");
    assert_eq!(input.input.level(), 0.0);
}
