//! Shared text over a narrow network: soon after each new page everybody can read it.
use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

use parlor_media::{
    frame::{Size, VideoFrame},
    video::convert::scale,
};
use parlor_tests::{
    Participant, Server, binary,
    pages::page,
    saved,
    score::{field, lines_with, ssim},
};

const SIZE: Size = Size { width: 1280, height: 720 };
/// So many that none is still known to the encoder when it comes again.
const PAGES: usize = 6;
/// Pictures a second of the film, as many as are sent of text, and how long each page is shown.
const FPS: u64 = 8;
const SECONDS: u64 = 3;
/// Letters look as they should from here on.
const SHARP: f64 = 0.98;
/// The estimate settles in the first seconds. Then come some pages.
const SETTLING_US: u64 = 8_000_000;
const CALL_TIME: Duration = Duration::from_secs(32);
const LOG: &str = "warn,parlor_media::video::source::file=trace";

#[test]
fn a_page_of_text_is_sharp_soon_after_it_is_turned_on_a_narrow_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages: Vec<_> = (0..PAGES).map(|number| page(folder.path(), SIZE, number * 70)).collect();
    let film = write_film(folder.path(), &pages);

    let log = share(folder.path(), &film);

    let shown = Shown::all(&log);
    let seen = seen(folder.path(), &pages, &shown);
    let took: Vec<_> = settled(&shown).iter().map(|shown| shown.sharp_after_ms(&seen)).collect();
    println!("sharp after {took:?} ms");
    let soon = took.iter().flatten().filter(|ms| **ms < 2_000).count();
    assert!(took.len() >= 4, "{shown:?}");
    assert!(soon * 2 > took.len(), "sharp after {took:?} ms");
    assert!(took.iter().flatten().count() + 1 >= took.len(), "sharp after {took:?} ms");
}

/// A page that the sender showed, in microseconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Shown {
    page: usize,
    from_us: u64,
    to_us: u64,
}

/// A picture that arrived, and how like the page it is that was shown at that time.
#[derive(Debug, Clone, Copy)]
struct Seen {
    unix_us: u64,
    likeness: f64,
}

impl Shown {
    /// All pages in a sender's log, one after the other.
    fn all(log: &str) -> Vec<Self> {
        let number = |line, name| field(line, name)?.parse::<u64>().ok();
        let mut all: Vec<Self> = Vec::new();
        for line in lines_with(log, "a picture of a file") {
            let (Some(at_us), Some(unix_us)) = (number(line, "at_us"), number(line, "unix_us")) else { continue };
            let page = ((at_us + 1_000) / 1_000_000 / SECONDS) as usize % PAGES;
            match all.last_mut() {
                Some(shown) if shown.page == page => shown.to_us = unix_us,
                Some(_) | None => all.push(Self { page, from_us: unix_us, to_us: unix_us }),
            }
        }
        all
    }

    fn lasts(self, unix_us: u64) -> bool {
        (self.from_us..self.to_us).contains(&unix_us)
    }

    fn sharp_after_ms(self, seen: &[Seen]) -> Option<u64> {
        let sharp = seen.iter().find(|seen| self.lasts(seen.unix_us) && seen.likeness >= SHARP)?;
        Some((sharp.unix_us - self.from_us) / 1_000)
    }
}

/// The pages that were shown once the estimate had settled, without the last one, which was cut short.
fn settled(shown: &[Shown]) -> &[Shown] {
    let [first, .., _] = shown else { return &[] };
    let begun = shown.partition_point(|shown| shown.from_us < first.from_us + SETTLING_US);
    shown.get(begun..shown.len() - 1).unwrap_or_default()
}

/// All pages, one after the other, over and over.
fn write_film(folder: &Path, pages: &[VideoFrame]) -> PathBuf {
    let path = folder.join("pages.y4m");
    let file = BufWriter::new(File::create(&path).expect("a file"));
    let mut film = y4m::encode(SIZE.width as usize, SIZE.height as usize, y4m::Ratio::new(FPS as usize, 1))
        .with_colorspace(y4m::Colorspace::C420)
        .write_header(file)
        .expect("a y4m header");
    for page in pages {
        (0..FPS * SECONDS).for_each(|_| film.write_frame(&y4m::Frame::new(page.planes(), None)).expect("a picture"));
    }
    path
}

/// Has the call. Returns what the sender logged.
fn share(folder: &Path, film: &Path) -> String {
    let server = Server::start();
    let (film, save) = (format!("file:{}", film.display()), folder.to_str().expect("a plain path").to_owned());
    let log = File::create(folder.join("ada.log")).expect("a log");
    let mut command = binary("parlor");
    command.env("NO_COLOR", "1").stderr(log);
    let arguments = ["--camera", "none", "--share", &film, "--impair", "rate=1mbit,delay=25ms", "--log", LOG];
    let ada = Participant::join_by(command, server.address(), "tea", "ada", 1, 440, &arguments);
    let bob = Participant::join(&server, "bob", 2, 550, &["--camera", "none", "--save", &save]);
    bob.wait_for("the screen of ada", |event| event["event"] == "first_frame" && event["kind"] == "screen");
    sleep(CALL_TIME);
    ada.leave();
    bob.leave();
    fs::read_to_string(folder.join("ada.log")).expect("a log")
}

fn seen(folder: &Path, pages: &[VideoFrame], shown: &[Shown]) -> Vec<Seen> {
    let times = fs::read_to_string(folder.join("ada-screen.csv")).expect("times of pictures");
    let mut times = times.lines().skip(1).map_while(|line| line.split(',').next()?.parse().ok());
    let mut seen = Vec::new();
    saved::each_picture(&folder.join("ada-screen.y4m"), |picture| {
        // The two files end a little apart where the program was stopped.
        let Some(unix_us) = times.next() else { return };
        let Some(shown) = shown.iter().find(|shown| shown.lasts(unix_us)) else { return };
        let likeness = ssim(&pages[shown.page], &scale(&picture, SIZE), SIZE.height as usize);
        seen.push(Seen { unix_us, likeness: likeness.unwrap_or(0.0) });
    });
    seen
}
