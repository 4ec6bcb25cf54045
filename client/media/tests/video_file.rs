//! Films: real files, read as a source.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use parlor_media::{
    frame::{Size, VideoFrame},
    video::{
        pattern::{TestPattern, read},
        save::Y4mSink,
        source::{OpenVideoError, VideoSource, VideoSourceError, file::FileSource},
    },
};

#[test]
fn a_saved_film_is_read_back_and_looped() {
    let path = pattern_film("looped", 5);
    let mut film = FileSource::open(&path).unwrap();

    let counters: Vec<_> = (0..12).map(|_| counter(&next(&mut film))).collect();

    assert_eq!(counters, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]);
    assert_eq!((film.size(), film.fps(), film.label()), (Size::new(160, 90), 30, "looped.y4m"));
}

#[test]
fn a_film_runs_at_its_own_pace() {
    let mut film = FileSource::open(&pattern_film("pace", 5)).unwrap();
    let start = Instant::now();

    (0..16).for_each(|_| drop(next(&mut film)));

    assert!(start.elapsed() >= Duration::from_millis(490), "{:?}", start.elapsed());
}

#[test]
fn vp8_and_vp9_films_are_decoded_and_looped() {
    for name in ["vp8-opus.webm", "vp9-opus.webm"] {
        let mut film = FileSource::open(&fixture(name)).unwrap();

        let counters: Vec<_> = (0..40).map(|_| counter(&next(&mut film))).collect();

        assert_eq!(film.size(), Size::new(160, 90));
        assert_eq!(counters, (0..30).chain(0..10).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn every_kind_of_raw_picture_is_read() {
    let kinds = [("420", 6), ("420jpeg", 6), ("422", 8), ("444", 12), ("mono", 4)];
    for (kind, bytes) in kinds {
        let path = folder().join(format!("{kind}.y4m"));
        let mut file = File::create(&path).unwrap();
        write!(file, "YUV4MPEG2 W2 H2 F25:1 C{kind}\nFRAME\n").unwrap();
        file.write_all(&[77; 12][..bytes]).unwrap();
        drop(file);

        let frame = next(&mut FileSource::open(&path).unwrap());

        let chroma = if kind == "mono" { 128 } else { 77 };
        assert_eq!(frame.pixels(), [77, 77, 77, 77, chroma, chroma], "{kind}");
    }
}

#[test]
fn a_file_that_is_no_film_is_refused_with_a_reason() {
    let cases: [(&str, &[u8], &str); 7] = [
        ("text.txt", b"hello", "must end in .y4m, .webm or .mkv"),
        ("empty.y4m", b"", "empty or cut off"),
        ("text.y4m", b"hello world, this is text\n", "not a sound .y4m file"),
        ("header.y4m", b"YUV4MPEG2 W2 H2 F25:1\n", "no picture in it"),
        ("deep.y4m", b"YUV4MPEG2 W2 H2 F25:1 C420p10\nFRAME\n123456789012", "not of 8 bits"),
        ("giant.y4m", b"YUV4MPEG2 W9000 H9000 F25:1\n", "larger than"),
        ("text.webm", b"hello world, this is text\n", "not a sound Matroska file"),
    ];
    for (name, content, reason) in cases {
        let path = folder().join(name);
        fs::write(&path, content).unwrap();

        let error = FileSource::open(&path).unwrap_err().to_string();

        assert!(error.contains(name) && error.contains(reason), "{error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let path = folder().join("nowhere.y4m");

    let error = FileSource::open(&path).unwrap_err();

    assert!(matches!(&error, OpenVideoError::File { path: named, .. } if *named == path), "{error}");
}

#[test]
fn a_film_that_is_cut_off_plays_what_is_there() {
    let path = pattern_film("cut", 5);
    let length = fs::metadata(&path).unwrap().len();
    File::options().write(true).open(&path).unwrap().set_len(length - 100).unwrap();
    let mut film = FileSource::open(&path).unwrap();

    let counters: Vec<_> = (0..6).map(|_| counter(&next(&mut film))).collect();

    assert_eq!(counters, [0, 1, 2, 3, 0, 1]);
}

#[test]
fn damaged_films_end_in_an_error_or_go_on_but_never_crash() {
    for (number, name) in ["vp8-opus.webm", "vp9-opus.webm"].into_iter().enumerate() {
        let sound = fs::read(fixture(name)).unwrap();
        for damage in (0..sound.len()).step_by(97) {
            let mut damaged = sound.clone();
            damaged[damage..(damage + 8).min(sound.len())].fill(0xff);
            let path = folder().join(format!("damaged-{number}.webm"));
            fs::write(&path, damaged).unwrap();

            let Ok(mut film) = FileSource::open(&path) else { continue };
            for _ in 0..3 {
                match film.next_frame(Duration::ZERO) {
                    Ok(_) => {}
                    Err(VideoSourceError::File { .. }) => break,
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }
}

#[test]
fn the_first_saved_picture_sets_the_size_of_the_film() {
    let folder = folder();
    let mut sink = Y4mSink::new(&folder, "sizes");
    for size in [Size::new(320, 180), Size::new(640, 360), Size::new(120, 160)] {
        sink.write(&TestPattern::new(size, 30, 1).draw(7, Instant::now()).unwrap());
    }
    let path = sink.path().to_owned();
    drop(sink);

    let mut film = FileSource::open(&path).unwrap();

    let frames = [next(&mut film), next(&mut film), next(&mut film)];
    assert!(frames.iter().all(|frame| frame.size() == Size::new(320, 180)));
    assert_eq!((counter(&frames[0]), counter(&frames[1])), (7, 7));
    assert_eq!(frames[2].planes()[0][0], 16, "the upright picture stands between black bars");
}

#[test]
fn a_folder_that_cannot_be_written_does_not_disturb() {
    let mut sink = Y4mSink::new(Path::new("/proc/no/such/folder"), "ada");
    let frame = TestPattern::new(Size::new(160, 90), 30, 1).draw(0, Instant::now()).unwrap();

    sink.write(&frame);
    sink.write(&frame);

    assert!(!sink.path().exists());
}

fn next(source: &mut FileSource) -> VideoFrame {
    source.next_frame(Duration::from_secs(5)).unwrap().expect("a picture within five seconds")
}

fn counter(frame: &VideoFrame) -> u32 {
    read(frame).expect("a mark that can be read").counter
}

/// A film of the test picture, written by the sink that saves received pictures.
fn pattern_film(name: &str, frames: u32) -> PathBuf {
    let pattern = TestPattern::new(Size::new(160, 90), 30, 42);
    let mut sink = Y4mSink::new(&folder(), name);
    (0..frames).for_each(|counter| sink.write(&pattern.draw(counter, Instant::now()).unwrap()));
    sink.path().to_owned()
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("video-file");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
