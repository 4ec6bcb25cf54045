//! Lists the cameras, takes some pictures with each, and says what came: `cargo run --example cameras [PICTURES]`.
#![expect(clippy::print_stdout, reason = "this is a program for a terminal")]
use std::{
    env,
    time::{Duration, Instant},
};

use parlor_media::{
    frame::Size,
    slot::slot,
    spec::VideoSpec,
    video::{
        devices::cameras,
        input::{VideoInput, VideoInputEvent, VideoInputSettings},
        source::OpenVideoError,
    },
};

const SIZE: Size = Size::new(640, 360);
const FPS: u32 = 30;

/// A camera that gives nothing for so long is passed over.
const PATIENCE: Duration = Duration::from_secs(8);

fn main() -> Result<(), OpenVideoError> {
    let count: u32 = env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(90);
    let cameras = cameras();
    if cameras.is_empty() {
        println!("{}", OpenVideoError::NoCamera);
    }
    for camera in cameras {
        println!("{} ({})", camera.label, camera.id);
        capture(VideoSpec::Camera(Some(camera.id)), count)?;
    }
    Ok(())
}

fn capture(spec: VideoSpec, count: u32) -> Result<(), OpenVideoError> {
    let (output, pictures) = slot();
    let asked = Instant::now();
    let settings = VideoInputSettings { spec, size: SIZE, fps: FPS };
    let input = VideoInput::start(settings, vec![output], move |event| {
        println!("  {:6.0} ms: {}", millis(asked), describe(&event));
    })?;

    let (mut taken, mut first, mut last) = (0, None, None);
    while taken < count {
        let picture = pictures.take_timeout(PATIENCE);
        let Some(picture) = picture else {
            println!("  {:6.0} ms: no picture for {PATIENCE:?}", millis(asked));
            break;
        };
        taken += 1;
        first.get_or_insert(picture.captured_at);
        last = Some((picture.captured_at, picture.size()));
    }
    if let (Some(first), Some((last, size))) = (first, last) {
        let rate = f64::from(taken - 1) / (last - first).as_secs_f64();
        println!("  {:6.0} ms: {taken} pictures of {size} at {rate:.2} a second", millis(asked));
    }
    let closing = Instant::now();
    drop(input);
    println!("  closed in {:.0} ms", millis(closing));
    Ok(())
}

fn describe(event: &VideoInputEvent) -> String {
    match event {
        VideoInputEvent::Opened { label, size, fps, .. } => format!("{label} runs: {size} at {fps} a second"),
        VideoInputEvent::Failed { error, .. } => error.to_string(),
        VideoInputEvent::Lost { error, .. } => error.to_string(),
        VideoInputEvent::Closed => "closed".to_owned(),
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
