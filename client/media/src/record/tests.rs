//! Recordings of what encoders of ours make, read back.
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::mpsc,
    time::Duration,
};

use bytes::Bytes;
use matroska_demuxer::{Frame, MatroskaFile, TrackType};

use super::*;
use crate::{
    audio::{
        BLOCK_SAMPLES,
        encode::{VoiceEncoder, VoicePacket},
    },
    frame::{EncodedFrame, Size},
    video::{
        codec::{Content, EncoderSettings, Vp8Encoder},
        pattern::{TestPattern, read},
        source::{VideoSource, file::FileSource},
    },
};

const SIZE: Size = Size::new(160, 90);
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn pictures_and_sound_come_out_as_they_went_in_on_one_clock() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, events) = start(folder.path(), "call");
    let zero = Instant::now();
    let ada = recorder.tape("Ada");
    let pictures = film(60, SIZE);

    play(&ada, &pictures, &voice(2_000), zero);
    drop(ada);
    let ended = end(recorder, &events);

    let file = read_back(&folder.path().join("call/Ada.webm"));
    let (picture_track, sound_track) = (&file.tracks[0], &file.tracks[1]);
    assert_eq!((picture_track.1.as_str(), sound_track.1.as_str()), ("V_VP8", "A_OPUS"));
    let kept: Vec<_> = file.of(picture_track.0).map(|frame| frame.data.clone()).collect();
    let sent: Vec<_> = pictures.iter().map(|picture| picture.payload.to_vec()).collect();
    assert_eq!(kept, sent, "nothing is encoded anew, and nothing is missing");
    assert_eq!(file.of(sound_track.0).count(), 100);
    for track in [picture_track.0, sound_track.0] {
        let times: Vec<_> = file.of(track).map(|frame| frame.timestamp).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
        assert!(times[0] < 1_000 && (1_900..2_100).contains(&(times.last().unwrap() - times[0])), "{times:?}");
    }
    assert!((1_900.0..3_100.0).contains(&file.duration), "{}", file.duration);
    assert!(matches!(ended, RecorderEvent::Ended { dropped: 0, trouble: None, bytes, .. } if bytes > 1_000));
}

#[test]
fn a_file_is_read_while_it_is_written_as_if_the_program_had_been_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, events) = start(folder.path(), "call");
    let ada = recorder.tape("Ada");
    let path = folder.path().join("call/Ada.webm");

    play(&ada, &film(60, SIZE), &voice(2_000), Instant::now());
    wait_until(|| frames_in(&path) > 100);
    let cut = folder.path().join("cut.webm");
    fs::copy(&path, &cut).unwrap();
    let whole = fs::read(&cut).unwrap();
    fs::write(folder.path().join("torn.webm"), &whole[..whole.len() - 700]).unwrap();

    for name in ["cut.webm", "torn.webm"] {
        let file = read_back(&folder.path().join(name));
        assert!(file.frames.len() > 50, "{name}: {}", file.frames.len());
        let mut source = FileSource::open(&folder.path().join(name)).unwrap();
        let counters: Vec<_> = (0..20).map(|_| counter(&mut source)).collect();
        assert!(counters.is_sorted(), "{name}: {counters:?}");
    }
    drop(ada);
    end(recorder, &events);
}

#[test]
fn a_camera_that_comes_later_gets_its_track_then_and_another_size_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, events) = start(folder.path(), "call");
    let zero = Instant::now();
    let ada = recorder.tape("Ada");
    let path = folder.path().join("call/Ada.webm");

    play(&ada, &[], &voice(1_000), zero);
    wait_until(|| frames_in(&path) > 40);
    let sound_alone = read_back(&path).tracks.len();
    play(&ada, &film(10, SIZE), &[], zero + Duration::from_secs(10));
    play(&ada, &film(10, Size::new(320, 180)), &[], zero + Duration::from_secs(20));
    drop(ada);
    end(recorder, &events);

    let file = read_back(&path);
    assert_eq!((sound_alone, file.tracks.len()), (1, 2));
    assert_eq!(file.size, Some((160, 90)));
    let mut source = FileSource::open(&path).unwrap();
    let sizes: Vec<_> = (0..20).map(|_| picture(&mut source).size()).collect();
    assert_eq!((sizes[0], sizes[19]), (SIZE, Size::new(320, 180)));
}

#[test]
fn whoever_comes_late_has_a_file_that_begins_late_and_is_played_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, events) = start(folder.path(), "call");
    let ada = recorder.tape("Ada");

    play(&ada, &film(10, SIZE), &[], Instant::now() + Duration::from_secs(40));
    drop(ada);
    end(recorder, &events);

    let path = folder.path().join("call/Ada.webm");
    let first = read_back(&path).frames[0].timestamp;
    let opened = Instant::now();
    counter(&mut FileSource::open(&path).unwrap());
    assert!((39_000..50_000).contains(&first), "{first}");
    assert!(opened.elapsed() < Duration::from_secs(30));
}

#[test]
fn sound_is_put_in_order_and_copies_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, events) = start(folder.path(), "call");
    let zero = Instant::now();
    let ada = recorder.tape("Ada");
    let blocks = voice(200);

    for index in [0, 2, 1, 1, 3, 4, 3, 5, 6, 7, 8, 9] {
        let block: &VoicePacket = &blocks[index];
        ada.sound(&block.payload, block.timestamp, zero + Duration::from_millis(20 * index as u64 + 25));
    }
    drop(ada);
    end(recorder, &events);

    let kept: Vec<_> =
        read_back(&folder.path().join("call/Ada.webm")).frames.into_iter().map(|frame| frame.data).collect();
    assert_eq!(kept, blocks.iter().map(|block| block.payload.to_vec()).collect::<Vec<_>>());
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("call")).unwrap();
    fs::write(folder.path().join("call/Ada.webm"), "older").unwrap();
    let (recorder, events) = start(folder.path(), "call");
    for _ in 0..2 {
        play(&recorder.tape("Ada"), &film(3, SIZE), &[], Instant::now());
    }
    drop(recorder.tape("Silent"));

    end(recorder, &events);

    let names = names_in(&folder.path().join("call (2)"));
    assert_eq!(fs::read_to_string(folder.path().join("call/Ada.webm")).unwrap(), "older");
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().any(|name| name == "Ada (2).webm"), "{names:?}");
}

#[test]
fn a_disk_that_is_almost_full_is_not_filled() {
    let folder = tempfile::tempdir().unwrap();
    let (events, received) = mpsc::channel();
    let settings = RecorderSettings {
        recordings: folder.path().to_owned(),
        name: "call".to_owned(),
        mixed: false,
        spare_bytes: u64::MAX,
    };

    let recorder = Recorder::start(settings, move |event| drop(events.send(event))).unwrap();

    let event = received.recv_timeout(PATIENCE).unwrap();
    let RecorderEvent::Failed(error @ RecordError::NoSpace { .. }) = &event else { panic!("{event:?}") };
    assert!(error.to_string().contains("make room"), "{error}");
    assert!(!folder.path().join("call").exists());
    assert!(!recorder.tape("Ada").picture(&Bytes::from_static(b"p"), false, 0, Instant::now()), "nobody is asked");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let (events, received) = mpsc::channel();
    let recordings = folder.path().join("file/recordings");
    let settings =
        RecorderSettings { recordings: recordings.clone(), name: "call".to_owned(), mixed: false, spare_bytes: 0 };

    let _recorder = Recorder::start(settings, move |event| drop(events.send(event))).unwrap();

    let event = received.recv_timeout(PATIENCE).unwrap();
    assert!(
        matches!(&event, RecorderEvent::Failed(RecordError::Folder { folder, .. }) if *folder == recordings),
        "{event:?}"
    );
}

#[test]
fn what_is_no_picture_and_no_sound_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let (recorder, events) = start(folder.path(), "call");
    let ada = recorder.tape("../..");
    for seed in 0..200_u32 {
        let noise: Vec<u8> = (0..seed % 40).map(|at| (seed.wrapping_mul(2_654_435_761) >> (at % 24)) as u8).collect();
        let noise = Bytes::from(noise);
        ada.picture(&noise, seed % 3 == 0, seed.wrapping_mul(123_456_789), Instant::now());
        ada.sound(&noise, seed.wrapping_mul(987_654_321), Instant::now());
    }
    drop(ada);

    let ended = end(recorder, &events);

    assert!(matches!(ended, RecorderEvent::Ended { trouble: None, .. }), "{ended:?}");
    let names = names_in(&folder.path().join("call"));
    assert!(names.iter().all(|name| name == "_.webm"), "{names:?}");
}

#[test]
fn what_everybody_says_is_kept_in_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let (events, received) = mpsc::channel();
    let settings =
        RecorderSettings { recordings: folder.path().to_owned(), name: "call".to_owned(), mixed: true, spare_bytes: 0 };
    let recorder = Recorder::start(settings, move |event| drop(events.send(event))).unwrap();
    received.recv_timeout(PATIENCE).unwrap();
    let (theirs, mine) = recorder.mix().unwrap();

    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(1_500) {
        theirs.block(&[0.2; BLOCK_SAMPLES], Instant::now());
        mine.block(&[0.1; BLOCK_SAMPLES], Instant::now());
        thread::sleep(Duration::from_millis(10));
    }
    recorder.stop();
    received.recv_timeout(PATIENCE).unwrap();

    let file = read_back(&folder.path().join("call/mixed.webm"));
    assert_eq!(file.tracks.len(), 1);
    assert_eq!(file.frames[0].timestamp, 0);
    assert!(file.frames.len() >= 70, "{}", file.frames.len());
}

fn start(folder: &Path, name: &str) -> (Recorder, mpsc::Receiver<RecorderEvent>) {
    let (events, received) = mpsc::channel();
    let settings =
        RecorderSettings { recordings: folder.to_owned(), name: name.to_owned(), mixed: false, spare_bytes: 0 };
    let recorder = Recorder::start(settings, move |event| drop(events.send(event))).unwrap();
    let started = received.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(started, RecorderEvent::Started { .. }), "{started:?}");
    (recorder, received)
}

fn end(recorder: Recorder, events: &mpsc::Receiver<RecorderEvent>) -> RecorderEvent {
    drop(recorder);
    events.recv_timeout(PATIENCE).unwrap()
}

/// Puts everything on a tape as if it had arrived at its time.
fn play(tape: &Tape, pictures: &[EncodedFrame], sound: &[VoicePacket], zero: Instant) {
    let after = |first: u32, stamp: u32, rate: u32| zero + Duration::from_secs(1) * stamp.wrapping_sub(first) / rate;
    for picture in pictures {
        let at = after(pictures[0].timestamp, picture.timestamp, 90_000);
        tape.picture(&picture.payload, picture.keyframe, picture.timestamp, at);
    }
    for block in sound {
        let at = after(sound[0].timestamp, block.timestamp, 48_000) + Duration::from_millis(20);
        tape.sound(&block.payload, block.timestamp, at);
    }
}

/// Test pictures of a thirtieth of a second each.
fn film(count: u32, size: Size) -> Vec<EncodedFrame> {
    let mut encoder = Vp8Encoder::new(EncoderSettings { size, fps: 30, kbps: 200, content: Content::Camera }).unwrap();
    let pattern = TestPattern::new(size, 30, 7);
    let begin = Instant::now();
    let picture = |counter| pattern.draw(counter, begin + Duration::from_secs(1) * counter / 30).unwrap();
    (0..count).filter_map(|counter| encoder.encode(&picture(counter), counter == 0).unwrap()).collect()
}

/// So many milliseconds of sound.
fn voice(millis: usize) -> Vec<VoicePacket> {
    let mut encoder = VoiceEncoder::new(u32::MAX - 4_000).unwrap();
    (0..millis / 10).filter_map(|_| encoder.push(&[0.1; BLOCK_SAMPLES].into())).collect()
}

struct Kept {
    /// Number and codec.
    tracks: Vec<(u64, String)>,
    size: Option<(u64, u64)>,
    /// In milliseconds.
    duration: f64,
    frames: Vec<Frame>,
}

impl Kept {
    fn of(&self, track: u64) -> impl Iterator<Item = &Frame> {
        self.frames.iter().filter(move |frame| frame.track == track)
    }
}

fn read_back(path: &PathBuf) -> Kept {
    let mut file = MatroskaFile::open(File::open(path).unwrap()).unwrap();
    let tracks = file.tracks().iter().map(|track| (track.track_number().get(), track.codec_id().to_owned())).collect();
    let video = file.tracks().iter().find(|track| track.track_type() == TrackType::Video);
    let size =
        video.and_then(|track| track.video()).map(|video| (video.pixel_width().get(), video.pixel_height().get()));
    let duration = file.info().duration().unwrap_or_default();
    let mut frames = Vec::new();
    let mut frame = Frame::default();
    while let Ok(true) = file.next_frame(&mut frame) {
        frames.push(frame.clone());
    }
    Kept { tracks, size, duration, frames }
}

/// How many frames there are in a file that may not be there yet.
fn frames_in(path: &Path) -> usize {
    let Some(mut file) = File::open(path).ok().and_then(|file| MatroskaFile::open(file).ok()) else { return 0 };
    let mut frame = Frame::default();
    std::iter::from_fn(|| file.next_frame(&mut frame).ok().filter(|more| *more)).count()
}

fn names_in(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

fn picture(source: &mut FileSource) -> crate::frame::VideoFrame {
    loop {
        if let Some(picture) = source.next_frame(PATIENCE).unwrap() {
            return picture;
        }
    }
}

fn counter(source: &mut FileSource) -> u32 {
    read(&picture(source)).unwrap().counter
}

fn wait_until(holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "it does not come about");
        thread::sleep(Duration::from_millis(50));
    }
}
