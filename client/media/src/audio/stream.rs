//! Streams of the sound system, and the lock-free rings between their callbacks and our threads.
//!
//! A callback of the operating system may neither lock nor allocate: it moves samples through a ring, counts, and
//! wakes the thread at the other end. Everything else (resampling, pacing, codecs) happens there.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use cpal::{
    BufferSize, Device, ErrorKind, FromSample, I24, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedStreamConfig, U24,
    traits::{DeviceTrait, StreamTrait},
};
use rtrb::{Consumer, Producer, RingBuffer};

use super::{
    SAMPLE_RATE,
    error::OpenAudioError,
    host::{self, Direction},
    level::within_scale,
    strain::CallLength,
};

/// What a callback has to say, read by the thread at the other end of the ring.
#[derive(Debug, Default)]
pub(crate) struct Health {
    lost: AtomicBool,
    calls: AtomicU32,
    largest_call: AtomicU32,
    xruns: AtomicU32,
    grumbled: AtomicBool,
}

impl Health {
    /// Whether the device or the sound server has gone for good.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// A number that changes as long as the device is alive.
    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The most samples of one channel that the device has asked for at once.
    pub(crate) fn largest_call(&self) -> usize {
        self.largest_call.load(Ordering::Relaxed) as usize
    }

    /// How often sound was lost so far, because our side was held up for longer than the device can wait.
    pub(crate) fn xruns(&self) -> u32 {
        self.xruns.load(Ordering::Relaxed)
    }

    fn called(&self, frames: usize) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.largest_call.fetch_max(frames as u32, Ordering::Relaxed);
    }

    fn failed(&self, error: &cpal::Error, waker: &Thread) {
        if error.kind() == ErrorKind::Xrun {
            self.xruns.fetch_add(1, Ordering::Relaxed);
        }
        match error.kind() {
            ErrorKind::DeviceNotAvailable
            | ErrorKind::StreamInvalidated
            | ErrorKind::HostUnavailable
            | ErrorKind::PermissionDenied => {
                self.lost.store(true, Ordering::Release);
                waker.unpark();
            }
            // Some drivers complain thousands of times a second and play on; one that does not is found out by its
            // silence.
            _ => {
                if !self.grumbled.swap(true, Ordering::Relaxed) {
                    tracing::debug!(%error, "the sound device complains (said once)");
                }
            }
        }
    }
}

/// What a microphone's ring holds: the left and the right channel at one time; twice the same where there is one.
pub(crate) type Pair = [f32; 2];

/// A stream that runs, and our end of its ring, at the device's own rate. To drop it closes the device.
pub(crate) struct OpenStream<Ring> {
    // Dropped first: the callback ends before its ring does.
    _stream: Stream,
    pub(crate) ring: Ring,
    pub(crate) rate: u32,
    /// How many channels the device has.
    pub(crate) channels: u16,
    pub(crate) label: String,
    pub(crate) health: Arc<Health>,
    found: Found,
}

impl<Ring> OpenStream<Ring> {
    /// Closes the device, and keeps what is known of it.
    pub(crate) fn close(self) -> Found {
        self.found
    }
}

/// A device that was asked what it can do. To find and ask it takes ALSA a good part of a second, to open it hardly
/// any time.
pub(crate) struct Found {
    device: Device,
    id: Option<String>,
    direction: Direction,
    preferred: SupportedStreamConfig,
    /// The rate to ask for first.
    rate: u32,
}

/// Starts to record. `waker` is woken whenever 10 ms are there, and when the device is lost.
pub(crate) fn capture(
    id: Option<&str>,
    length: CallLength,
    waker: &Thread,
) -> Result<OpenStream<Consumer<Pair>>, OpenAudioError> {
    open_patiently(|| Found::look_for(id, Direction::Capture)?.open(length, waker, capture_as))
}

/// Starts to record anew from a device that was closed.
pub(crate) fn capture_again(
    found: Found,
    length: CallLength,
    waker: &Thread,
) -> Result<OpenStream<Consumer<Pair>>, OpenAudioError> {
    found.open(length, waker, capture_as)
}

/// Starts to play both channels. `waker` is woken at every call of the device, and when it is lost.
pub(crate) fn play(
    id: Option<&str>,
    length: CallLength,
    waker: &Thread,
) -> Result<OpenStream<Producer<[f32; 2]>>, OpenAudioError> {
    open_patiently(|| Found::look_for(id, Direction::Playback)?.open(length, waker, play_as))
}

/// Starts to play anew to a device that was closed.
pub(crate) fn play_again(
    found: Found,
    length: CallLength,
    waker: &Thread,
) -> Result<OpenStream<Producer<[f32; 2]>>, OpenAudioError> {
    found.open(length, waker, play_as)
}

/// How often a busy device is asked, and how long to wait in between.
const BUSY_ATTEMPTS: u32 = 3;
const BUSY_PAUSE: Duration = Duration::from_millis(150);

/// Whoever only asks a card what it can do (another program, say, that lists the devices) keeps it busy for a moment.
fn open_patiently<Ring>(
    open: impl Fn() -> Result<OpenStream<Ring>, OpenAudioError>,
) -> Result<OpenStream<Ring>, OpenAudioError> {
    for _ in 1..BUSY_ATTEMPTS {
        match open() {
            Err(OpenAudioError::Busy { .. }) => thread::sleep(BUSY_PAUSE),
            outcome => return outcome,
        }
    }
    open()
}

/// Builds a stream of one shape and gives our end of its ring.
type Build<Ring> = fn(&Device, Shape, Thread, Arc<Health>) -> Result<(Stream, Ring), cpal::Error>;

/// A format to ask a device for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shape {
    config: StreamConfig,
    format: SampleFormat,
}

impl Found {
    fn look_for(id: Option<&str>, direction: Direction) -> Result<Self, OpenAudioError> {
        let device = host::find(id, direction)?;
        let preferred = match direction {
            Direction::Capture => device.default_input_config(),
            Direction::Playback => device.default_output_config(),
        };
        let preferred = preferred.map_err(|error| host::explain(&error, &device, id, direction))?;
        let own_rate = preferred.sample_rate();
        let ours = own_rate == SAMPLE_RATE || offers_our_rate(&device, direction, &preferred);
        let rate = if ours { SAMPLE_RATE } else { own_rate };
        Ok(Self { device, id: id.map(str::to_owned), direction, preferred, rate })
    }

    fn open<Ring>(
        self,
        length: CallLength,
        waker: &Thread,
        build: Build<Ring>,
    ) -> Result<OpenStream<Ring>, OpenAudioError> {
        let mut refused = None;
        for shape in self.shapes(length) {
            let health = Arc::new(Health::default());
            let built = build(&self.device, shape, waker.clone(), Arc::clone(&health));
            match built.and_then(|(stream, ring)| stream.play().map(|()| (stream, ring))) {
                Ok((stream, ring)) => {
                    let (rate, label) = (shape.config.sample_rate, host::label(&self.device));
                    tracing::debug!(label, ?shape, "a sound device is open");
                    let channels = shape.config.channels;
                    return Ok(OpenStream { _stream: stream, ring, rate, channels, label, health, found: self });
                }
                Err(error) if matches!(error.kind(), ErrorKind::UnsupportedConfig | ErrorKind::BackendError) => {
                    tracing::debug!(%error, ?shape, "a sound format is refused");
                    refused = Some(error);
                }
                Err(error) => return Err(self.explain(&error)),
            }
        }
        Err(refused.map_or(self.direction.nothing_there(), |error| self.explain(&error)))
    }

    /// What to ask for, the best first: 48 kHz in calls of 10 ms or as long as they are to be (a sound server's own
    /// choice can be a second), then whatever the device prefers.
    fn shapes(&self, length: CallLength) -> Vec<Shape> {
        let (channels, format) = (self.preferred.channels(), self.preferred.sample_format());
        let mut shapes: Vec<Shape> = Vec::new();
        for sample_rate in [self.rate, self.preferred.sample_rate()] {
            for buffer_size in [length.at(sample_rate, *self.preferred.buffer_size()), BufferSize::Default] {
                let shape = Shape { config: StreamConfig { channels, sample_rate, buffer_size }, format };
                if !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
        }
        shapes
    }

    fn explain(&self, error: &cpal::Error) -> OpenAudioError {
        host::explain(error, &self.device, self.id.as_deref(), self.direction)
    }
}

fn offers_our_rate(device: &Device, direction: Direction, like: &SupportedStreamConfig) -> bool {
    let fits = |range: cpal::SupportedStreamConfigRange| {
        range.channels() == like.channels()
            && range.sample_format() == like.sample_format()
            && range.contains_rate(SAMPLE_RATE)
    };
    match direction {
        Direction::Capture => device.supported_input_configs().is_ok_and(|mut ranges| ranges.any(fits)),
        Direction::Playback => device.supported_output_configs().is_ok_and(|mut ranges| ranges.any(fits)),
    }
}

/// Calls `$build::<T>` with the sample type that `$format` stands for.
macro_rules! with_sample_type {
    ($format:expr, $build:ident, $($argument:expr),+) => {
        match $format {
            SampleFormat::I8 => $build::<i8>($($argument),+),
            SampleFormat::I16 => $build::<i16>($($argument),+),
            SampleFormat::I24 => $build::<I24>($($argument),+),
            SampleFormat::I32 => $build::<i32>($($argument),+),
            SampleFormat::I64 => $build::<i64>($($argument),+),
            SampleFormat::U8 => $build::<u8>($($argument),+),
            SampleFormat::U16 => $build::<u16>($($argument),+),
            SampleFormat::U24 => $build::<U24>($($argument),+),
            SampleFormat::U32 => $build::<u32>($($argument),+),
            SampleFormat::U64 => $build::<u64>($($argument),+),
            SampleFormat::F32 => $build::<f32>($($argument),+),
            SampleFormat::F64 => $build::<f64>($($argument),+),
            _ => Err(cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("{} samples", $format))),
        }
    };
}

fn capture_as(
    device: &Device,
    shape: Shape,
    waker: Thread,
    health: Arc<Health>,
) -> Result<(Stream, Consumer<Pair>), cpal::Error> {
    with_sample_type!(shape.format, build_capture, device, shape.config, waker, health)
}

fn play_as(
    device: &Device,
    shape: Shape,
    waker: Thread,
    health: Arc<Health>,
) -> Result<(Stream, Producer<[f32; 2]>), cpal::Error> {
    with_sample_type!(shape.format, build_playback, device, shape.config, waker, health)
}

fn build_capture<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    waker: Thread,
    health: Arc<Health>,
) -> Result<(Stream, Consumer<Pair>), cpal::Error>
where
    f32: FromSample<T>,
{
    // Half a second: our thread may be held up that long before sound is lost.
    let (mut ring, ours) = RingBuffer::new(config.sample_rate as usize / 2);
    let channels = usize::from(config.channels).max(1);
    let ten_milliseconds = config.sample_rate as usize / 100;
    let (of_errors, their_waker) = (Arc::clone(&health), waker.clone());
    let on_sound = move |sound: &[T], _: &cpal::InputCallbackInfo| {
        let frames = sound.len() / channels;
        health.called(frames);
        if let Ok(room) = ring.write_chunk_uninit(frames.min(ring.slots())) {
            room.fill_from_iter(sound.chunks_exact(channels).map(fold));
        }
        if ring.buffer().capacity() - ring.slots() >= ten_milliseconds {
            waker.unpark();
        }
    };
    let on_error = move |error: cpal::Error| of_errors.failed(&error, &their_waker);
    Ok((device.build_input_stream(config, on_sound, on_error, None)?, ours))
}

/// Both channels of two; the mean of any other number, twice: what four microphones in a row hear is no stereo.
fn fold<T: Copy>(frame: &[T]) -> Pair
where
    f32: FromSample<T>,
{
    let within_scale = |sample: &T| within_scale(f32::from_sample_(*sample));
    match frame {
        [left, right] => [left, right].map(within_scale),
        all => [all.iter().map(within_scale).sum::<f32>() / all.len() as f32; 2],
    }
}

fn build_playback<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    waker: Thread,
    health: Arc<Health>,
) -> Result<(Stream, Producer<[f32; 2]>), cpal::Error> {
    let (ours, mut ring) = RingBuffer::<[f32; 2]>::new(config.sample_rate as usize / 2);
    let channels = usize::from(config.channels).max(1);
    let (of_errors, their_waker) = (Arc::clone(&health), waker.clone());
    let on_need = move |sound: &mut [T], _: &cpal::OutputCallbackInfo| {
        let frames = sound.len() / channels;
        health.called(frames);
        sound.fill(T::EQUILIBRIUM);
        if let Ok(ready) = ring.read_chunk(frames.min(ring.slots())) {
            for (frame, [left, right]) in sound.chunks_exact_mut(channels).zip(ready) {
                // The front pair at most: a voice does not come out of the subwoofer.
                match frame {
                    [only] => *only = T::from_sample((left + right) / 2.0),
                    [first, second, ..] => (*first, *second) = (T::from_sample(left), T::from_sample(right)),
                    [] => {}
                }
            }
        }
        waker.unpark();
    };
    let on_error = move |error: cpal::Error| of_errors.failed(&error, &their_waker);
    Ok((device.build_output_stream(config, on_need, on_error, None)?, ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_gives_is_within_full_scale_and_a_number() {
        let two = fold(&[f32::NAN, f32::INFINITY]);
        let loud = fold(&[3.0, -3.0]);
        let four = fold(&[f32::NEG_INFINITY, f32::MAX, 0.5, 0.5]);

        assert_eq!((two, loud, four), ([0.0, 0.0], [1.0, -1.0], [0.5, 0.5]));
    }
}
