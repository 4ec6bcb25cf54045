//! The input: one thread, any source, switched while it runs.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    path::PathBuf,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use parlor_media::{
    frame::{Size, VideoFrame},
    slot::{SlotReceiver, slot},
    spec::VideoSpec,
    video::{
        input::{VideoInput, VideoInputEvent, VideoInputSettings},
        pattern::read,
        source::OpenVideoError,
    },
};

const LONG: Duration = Duration::from_secs(10);
const SIZE: Size = Size::new(160, 90);

#[test]
fn pictures_go_to_every_output() {
    let (first, first_pictures) = slot();
    let (second, second_pictures) = slot();
    let settings = VideoInputSettings { spec: VideoSpec::Pattern(3), size: SIZE, fps: 30 };

    let _input = VideoInput::start(settings, vec![first, second], |_| {}).unwrap();

    for pictures in [first_pictures, second_pictures] {
        assert_eq!(tag(&pictures.take_timeout(LONG).unwrap()), 3);
    }
}

#[test]
fn the_source_is_switched_while_the_outputs_stay() {
    let studio = Studio::start(VideoSpec::Pattern(1));
    studio.wait_for_tag(1);

    studio.input.set_spec(VideoSpec::Pattern(2));

    studio.wait_for_tag(2);
    let opened = |tag| VideoInputEvent::Opened {
        spec: VideoSpec::Pattern(tag),
        label: "Test picture".to_owned(),
        size: SIZE,
        fps: 30,
    };
    assert_eq!(studio.events.try_iter().collect::<Vec<_>>(), [opened(1), opened(2)]);
}

#[test]
fn another_size_and_rate_are_taken_over_while_the_source_runs() {
    let studio = Studio::start(VideoSpec::Pattern(1));
    studio.wait_for_tag(1);
    let larger = Size::new(320, 180);

    studio.input.set_shape(larger, 15);

    let deadline = Instant::now() + LONG;
    while studio.pictures.take_timeout(LONG).expect("a picture").size() != larger {
        assert!(Instant::now() < deadline, "no picture of {larger}");
    }
    let opened = studio.events.try_iter().last();
    let label = "Test picture".to_owned();
    assert_eq!(opened, Some(VideoInputEvent::Opened { spec: VideoSpec::Pattern(1), label, size: larger, fps: 15 }));
}

#[test]
fn a_size_that_is_chosen_while_the_source_is_off_counts_once_it_is_on() {
    let studio = Studio::start(VideoSpec::None);
    let larger = Size::new(320, 180);

    studio.input.set_shape(larger, 30);
    studio.input.set_spec(VideoSpec::Pattern(2));

    assert_eq!(studio.pictures.take_timeout(LONG).expect("a picture").size(), larger);
}

#[test]
fn none_closes_the_source_and_a_spec_opens_it_again() {
    let studio = Studio::start(VideoSpec::Pattern(1));
    studio.wait_for_tag(1);

    studio.input.set_spec(VideoSpec::None);
    while studio.events.recv_timeout(LONG).unwrap() != VideoInputEvent::Closed {}
    studio.pictures.try_take();

    assert!(studio.pictures.take_timeout(Duration::from_millis(200)).is_none());
    studio.input.set_spec(VideoSpec::Pattern(4));
    studio.wait_for_tag(4);
}

#[test]
fn a_source_that_fails_says_why_and_another_one_can_be_chosen() {
    let missing = VideoSpec::File(PathBuf::from("/no/such/film.y4m"));
    let studio = Studio::start(missing.clone());

    let event = studio.events.recv_timeout(LONG).unwrap();

    assert!(
        matches!(&event, VideoInputEvent::Failed { spec, error: OpenVideoError::File { .. } } if *spec == missing),
        "{event:?}"
    );
    studio.input.set_spec(VideoSpec::Pattern(5));
    studio.wait_for_tag(5);
}

#[test]
fn a_camera_that_is_missing_is_reported_once_and_can_be_replaced_while_it_is_tried_again() {
    let camera = VideoSpec::Camera(Some("no-such-camera".to_owned()));
    let studio = Studio::start(camera.clone());
    let event = studio.events.recv_timeout(LONG).unwrap();

    let again = studio.events.recv_timeout(Duration::from_millis(2500));
    studio.input.set_spec(VideoSpec::Pattern(6));
    studio.wait_for_tag(6);

    let error = OpenVideoError::Gone { name: "no-such-camera".to_owned() };
    assert_eq!(event, VideoInputEvent::Failed { spec: camera, error });
    assert!(again.is_err(), "{again:?}");
}

#[test]
fn a_larger_film_is_scaled_down_with_its_aspect_kept() {
    let (output, pictures) = slot();
    let settings = VideoInputSettings { spec: film(), size: Size::new(80, 80), fps: 30 };

    let _input = VideoInput::start(settings, vec![output], |_| {}).unwrap();

    assert_eq!(pictures.take_timeout(LONG).unwrap().size(), Size::new(80, 44));
}

#[test]
fn to_drop_it_is_to_stop_whatever_it_is_at() {
    let camera = VideoSpec::Camera(Some("no-such-camera".to_owned()));
    for spec in [VideoSpec::Pattern(1), VideoSpec::None, film(), camera] {
        let studio = Studio::start(spec.clone());
        studio.pictures.take_timeout(Duration::from_millis(100));

        let start = Instant::now();
        drop(studio.input);

        assert!(studio.pictures.is_closed(), "{spec}");
        assert!(start.elapsed() < Duration::from_secs(5), "{spec}: {:?}", start.elapsed());
    }
}

struct Studio {
    input: VideoInput,
    pictures: SlotReceiver<VideoFrame>,
    events: Receiver<VideoInputEvent>,
}

impl Studio {
    fn start(spec: VideoSpec) -> Self {
        let (output, pictures) = slot();
        let (sender, events) = mpsc::channel();
        let settings = VideoInputSettings { spec, size: SIZE, fps: 30 };
        let input = VideoInput::start(settings, vec![output], move |event| {
            let _ = sender.send(event);
        })
        .unwrap();
        Self { input, pictures, events }
    }

    fn wait_for_tag(&self, wanted: u8) {
        let deadline = Instant::now() + LONG;
        while tag(&self.pictures.take_timeout(LONG).expect("a picture")) != wanted {
            assert!(Instant::now() < deadline, "no picture with the tag {wanted}");
        }
    }
}

fn tag(frame: &VideoFrame) -> u8 {
    read(frame).expect("a mark that can be read").tag
}

fn film() -> VideoSpec {
    VideoSpec::File(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/vp8-opus.webm")))
}
