//! What of a film arrived: how good, how late, and where it stood still.
use std::{fs, fs::File, path::Path};

use parlor_media::{
    frame::{Size, VideoFrame},
    video::{
        convert::scale,
        pattern::{self, PatternMark},
    },
};

use super::{journal::field, lines_with, mean, percentile, ssim};
use crate::saved::each_picture;

/// A picture that is shown for so much longer than one usually is stands still (150 ms, as W3C's webrtc-stats has it).
const STILL_US: u64 = 150_000;
/// Everything is scored against its own picture, but not every picture: this many have the same similarity.
const SCORED_EVERY: usize = 3;

/// The film that is sent: its pictures carry their number as a mark.
#[derive(Debug)]
pub struct Film {
    pictures: Vec<VideoFrame>,
    /// Pictures a second.
    rate: y4m::Ratio,
}

impl Film {
    /// Reads a `.y4m` file and marks its pictures with their numbers and this tag.
    ///
    /// # Panics
    /// Where it is none.
    pub fn read(path: &Path, tag: u8) -> Self {
        let mut pictures = Vec::new();
        let rate = each_picture(path, |picture| {
            let mark = PatternMark { counter: pictures.len() as u32, tag };
            pictures.push(pattern::stamp(&picture, mark).expect("a picture that was whole"));
        });
        Self { pictures, rate }
    }

    /// Writes it, marks and all.
    ///
    /// # Panics
    /// Where the disk does not take it.
    pub fn write(&self, path: &Path) {
        let size = self.size();
        let file = std::io::BufWriter::new(File::create(path).expect("a file"));
        let mut encoder = y4m::encode(size.width as usize, size.height as usize, self.rate)
            .with_colorspace(y4m::Colorspace::C420)
            .write_header(file)
            .expect("a y4m header");
        for picture in &self.pictures {
            encoder.write_frame(&y4m::Frame::new(picture.planes(), None)).expect("a picture");
        }
    }

    /// The size of its pictures.
    ///
    /// # Panics
    /// Where there is no picture in it.
    pub fn size(&self) -> Size {
        self.pictures.first().expect("a film has pictures").size()
    }

    /// The time that a picture is shown, in microseconds.
    pub fn interval_us(&self) -> u64 {
        (1e6 / self.fps()) as u64
    }

    /// How like the picture with its number this one is, above the mark: larger or smaller ones are made as large.
    pub fn similarity(&self, picture: &VideoFrame, counter: u32) -> Option<f64> {
        let original = self.pictures.get(counter as usize)?;
        let size = original.size();
        let picture = if picture.size() == size { picture.clone() } else { scale(picture, size) };
        ssim(original, &picture, pattern::top(size))
    }

    /// The number of the picture that is due so long after the beginning of a pass.
    fn number_at(&self, at_us: u64) -> u32 {
        (at_us as f64 * self.fps() / 1e6).round() as u32
    }

    fn fps(&self) -> f64 {
        self.rate.num as f64 / self.rate.den as f64
    }
}

/// When the sender took a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Its number in the film.
    pub counter: u32,
    /// When, in microseconds since 1970.
    pub unix_us: u64,
}

impl Shown {
    /// All that are in a sender's log (`--log parlor_media::video::source::file=trace`).
    pub fn read(log: &str, film: &Film) -> Vec<Self> {
        let number = |line, name| field(line, name)?.parse::<u64>().ok();
        lines_with(log, "a picture of a file")
            .filter_map(|line| {
                let counter = film.number_at(number(line, "at_us")?);
                Some(Self { counter, unix_us: number(line, "unix_us")? })
            })
            .collect()
    }
}

/// A picture that arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// When it was decoded, in microseconds since 1970.
    pub unix_us: u64,
    /// As large as it came.
    pub size: Size,
    /// Its number in the film; none where its mark cannot be read.
    pub counter: Option<u32>,
    /// How like the original it is, where that was looked at.
    pub similarity: Option<f64>,
}

impl Arrival {
    /// Reads what `--save` kept of somebody. The two files end a little apart where the program was killed.
    ///
    /// # Panics
    /// Where there is nothing of that name.
    pub fn read(folder: &Path, nickname: &str, film: &Film) -> Vec<Self> {
        let times = fs::read_to_string(folder.join(format!("{nickname}.csv"))).expect("times of pictures");
        let mut times = times.lines().skip(1).map_while(parse_time);
        let mut arrivals = Vec::new();
        each_picture(&folder.join(format!("{nickname}.y4m")), |picture| {
            let Some((unix_us, size)) = times.next() else { return };
            let counter = pattern::read(&picture).map(|mark| mark.counter);
            let looked_at = counter.filter(|_| arrivals.len().is_multiple_of(SCORED_EVERY));
            let similarity = looked_at.and_then(|counter| film.similarity(&picture, counter));
            arrivals.push(Self { unix_us, size, counter, similarity });
        });
        arrivals
    }
}

/// What is looked at of a call, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From then on.
    pub from_us: u64,
    /// Until then.
    pub to_us: u64,
}

impl Window {
    pub(super) fn has(self, unix_us: u64) -> bool {
        (self.from_us..self.to_us).contains(&unix_us)
    }

    fn seconds(self) -> f64 {
        self.to_us.saturating_sub(self.from_us) as f64 / 1e6
    }
}

/// How good the pictures of a call were.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PictureScore {
    /// Pictures a second.
    pub fps: f64,
    /// The share of the time during which a picture was shown for much longer than usual, 0 to 1.
    pub frozen: f64,
    /// The longest of these times, in milliseconds.
    pub longest_freeze_ms: f64,
    /// Similarity to the original, the mean and what one in twenty stays below.
    pub ssim: Option<f64>,
    /// As above.
    pub ssim_low: Option<f64>,
    /// From the camera to the decoded picture, in milliseconds: half of them, and nineteen in twenty, take no longer.
    pub latency_ms: Option<f64>,
    /// As above.
    pub latency_ms_high: Option<f64>,
    /// Pictures whose mark cannot be read.
    pub unreadable: usize,
    /// The rows of the smallest and of the largest picture.
    pub rows: Option<(u32, u32)>,
}

impl PictureScore {
    /// Of what arrived in that time. A picture is the one of its number that was taken last before it arrived.
    pub fn new(film: &Film, shown: &[Shown], arrivals: &[Arrival], window: Window) -> Self {
        let within: Vec<_> = arrivals.iter().filter(|arrival| window.has(arrival.unix_us)).collect();
        let freezes = freezes(film, &within, window);
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values
        };
        let similarities = sorted(within.iter().filter_map(|arrival| arrival.similarity).collect());
        let latencies = sorted(within.iter().filter_map(|arrival| latency_ms(shown, arrival)).collect());
        let rows = || within.iter().map(|arrival| arrival.size.height);
        Self {
            fps: within.len() as f64 / window.seconds(),
            frozen: freezes.iter().sum::<u64>() as f64 / 1e6 / window.seconds(),
            longest_freeze_ms: freezes.iter().max().map_or(0.0, |longest| *longest as f64 / 1e3),
            ssim: mean(&similarities),
            ssim_low: percentile(&similarities, 0.05),
            latency_ms: percentile(&latencies, 0.5),
            latency_ms_high: percentile(&latencies, 0.95),
            unreadable: within.iter().filter(|arrival| arrival.counter.is_none()).count(),
            rows: rows().min().zip(rows().max()),
        }
    }
}

/// How long each picture was shown that was shown for too long.
fn freezes(film: &Film, within: &[&Arrival], window: Window) -> Vec<u64> {
    let times = within.iter().map(|arrival| arrival.unix_us);
    let times: Vec<_> = [window.from_us].into_iter().chain(times).chain([window.to_us]).collect();
    let shown = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    shown.filter(|shown| *shown > film.interval_us() + STILL_US).collect()
}

fn latency_ms(shown: &[Shown], arrival: &Arrival) -> Option<f64> {
    Some((arrival.unix_us - taken_at(shown, arrival)?) as f64 / 1e3)
}

/// When a picture was taken, in microseconds since 1970: the last of its number before it arrived.
pub(super) fn taken_at(shown: &[Shown], arrival: &Arrival) -> Option<u64> {
    let counter = arrival.counter?;
    let taken = shown.iter().rev().find(|shown| shown.counter == counter && shown.unix_us <= arrival.unix_us)?;
    Some(taken.unix_us)
}

fn parse_time(line: &str) -> Option<(u64, Size)> {
    let mut fields = line.split(',');
    let unix_us = fields.next()?.parse().ok()?;
    let size = Size::new(fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((unix_us, size))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const MS: u64 = 1_000;

    #[test]
    fn a_steady_film_has_its_rate_and_latency_and_no_freeze() {
        let film = film();
        let shown = shown(0..300);
        let arrivals: Vec<_> = shown.iter().map(|shown| arrival(shown.counter, shown.unix_us + 40 * MS)).collect();

        let score = PictureScore::new(&film, &shown, &arrivals, seconds(2, 8));

        assert!((29.9..30.1).contains(&score.fps), "{score:?}");
        assert_eq!((score.frozen, score.longest_freeze_ms), (0.0, 0.0));
        assert_eq!((score.latency_ms, score.latency_ms_high), (Some(40.0), Some(40.0)));
        assert_eq!((score.unreadable, score.rows), (0, Some((48, 48))));
    }

    #[test]
    fn a_picture_that_stands_still_counts_for_as_long_as_it_is_shown() {
        let film = film();
        let shown = shown(0..300);
        let stalls = |at: u64| (3_000 * MS..4_000 * MS).contains(&at);
        let arrivals: Vec<_> = shown.iter().filter(|shown| !stalls(shown.unix_us)).map(arrival_of).collect();

        let score = PictureScore::new(&film, &shown, &arrivals, seconds(0, 10));

        assert!((0.1..0.11).contains(&score.frozen), "{score:?}");
        assert!((1_000.0..1_070.0).contains(&score.longest_freeze_ms), "{score:?}");
    }

    #[test]
    fn nothing_at_all_is_frozen_from_the_beginning_to_the_end() {
        let score = PictureScore::new(&film(), &[], &[], seconds(0, 10));

        assert_eq!((score.fps, score.frozen, score.longest_freeze_ms), (0.0, 1.0, 10_000.0));
        assert_eq!((score.ssim, score.latency_ms, score.rows), (None, None, None));
    }

    #[test]
    fn of_a_film_that_is_looped_the_last_showing_before_the_arrival_counts() {
        let film = film();
        let shown = [Shown { counter: 5, unix_us: 1_000 * MS }, Shown { counter: 5, unix_us: 2_000 * MS }];

        let latency = |at| latency_ms(&shown, &arrival(5, at));

        assert_eq!([1_030, 2_030].map(|ms| latency(ms * MS)), [Some(30.0), Some(30.0)]);
        assert_eq!(latency(900 * MS), None);
        assert!((0..100).all(|counter| film.number_at(u64::from(counter) * 33_333) == counter));
    }

    #[test]
    fn similarity_is_to_the_picture_of_the_same_number_at_any_size() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.y4m");
        let film = film();
        film.write(&path);

        let read = Film::read(&path, 9);
        let small = scale(&read.pictures[2], Size::new(64, 36));

        assert_eq!(read.similarity(&read.pictures[2], 2), Some(1.0));
        assert!(read.similarity(&read.pictures[2], 0).unwrap() < 1.0);
        assert!(read.similarity(&small, 2).unwrap() > 0.5);
        assert_eq!(read.similarity(&small, 99), None);
    }

    fn film() -> Film {
        let pattern = pattern::TestPattern::new(Size::new(320, 180), 30, 9);
        let pictures = (0..3).map(|counter| pattern.draw(counter * 20, Instant::now()).unwrap()).collect();
        Film { pictures, rate: y4m::Ratio::new(30, 1) }
    }

    fn shown(counters: std::ops::Range<u32>) -> Vec<Shown> {
        counters.map(|counter| Shown { counter, unix_us: u64::from(counter) * 33_333 }).collect()
    }

    fn arrival(counter: u32, unix_us: u64) -> Arrival {
        Arrival { unix_us, size: Size::new(64, 48), counter: Some(counter), similarity: None }
    }

    fn arrival_of(shown: &Shown) -> Arrival {
        arrival(shown.counter, shown.unix_us)
    }

    fn seconds(from: u64, to: u64) -> Window {
        Window { from_us: from * 1_000_000, to_us: to * 1_000_000 }
    }
}
