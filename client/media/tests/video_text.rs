//! Shared text through real libvpx: a new page comes soon, becomes sharp, and is not sent again when it is scrolled.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::{Duration, Instant};

use parlor_media::{
    frame::{EncodedFrame, Size, VideoFrame},
    video::codec::{Content, EncoderSettings, Vp8Encoder},
};

const SIZE: Size = Size::new(960, 540);
const FPS: u32 = 8;
/// The coarsest quantizer of text.
const COARSEST: u32 = 48;
/// From this quantizer on nobody sees a difference.
const FINE: u32 = 24;

#[test]
fn a_new_page_is_coarse_at_first_and_becomes_fine_however_fine_the_one_before_was() {
    let mut share = Share::start(1_000);
    share.show_for_seconds(5, &page(1, 0));
    assert!(share.encoder.quantizer().unwrap() <= FINE);

    share.show(&page(2, 0));
    let at_once = share.encoder.quantizer();
    share.show_for_seconds(5, &page(2, 0));

    assert_eq!(at_once, Some(COARSEST));
    assert!(share.encoder.quantizer().unwrap() <= FINE);
}

#[test]
fn what_is_scrolled_is_found_again() {
    let mut share = Share::start(2_500);
    share.show_for_seconds(4, &page(1, 0));

    let scrolled: Vec<_> = (1..=6).map(|step| share.show(&page(1, step * 36)).payload.len()).collect();
    let turned = share.show(&page(2, 0)).payload.len();

    assert!(scrolled.iter().all(|bytes| bytes * 2 < turned), "{scrolled:?} beside {turned} bytes of a new page");
}

/// A screen that is shared.
struct Share {
    encoder: Vp8Encoder,
    start: Instant,
    pictures: u32,
}

impl Share {
    fn start(kbps: u32) -> Self {
        let settings = EncoderSettings { size: SIZE, fps: FPS, kbps, content: Content::Screen };
        Self { encoder: Vp8Encoder::new(settings).unwrap(), start: Instant::now(), pictures: 0 }
    }

    fn show(&mut self, page: &VideoFrame) -> EncodedFrame {
        let picture = page.clone().taken_at(self.start + Duration::from_secs(1) * self.pictures / FPS);
        self.pictures += 1;
        self.encoder.encode(&picture, false).unwrap().unwrap()
    }

    fn show_for_seconds(&mut self, seconds: u32, page: &VideoFrame) {
        (0..seconds * FPS).for_each(|_| {
            self.show(page);
        });
    }
}

/// Lines of made-up letters, scrolled up by so many rows.
fn page(text: u32, scrolled: usize) -> VideoFrame {
    let (width, height) = (SIZE.width as usize, SIZE.height as usize);
    let mut pixels = vec![235; width * height];
    pixels.resize(SIZE.i420_bytes(), 128);
    for (index, pixel) in pixels.iter_mut().take(width * height).enumerate() {
        let (x, y) = (index % width, index / width + scrolled);
        let letter = mixed(text, (x / 9) as u32, (y / 18) as u32) % 40;
        // A letter is four strokes across and six down, and each stroke two pixels wide.
        let (across, down) = (x % 9 / 2, y % 18 / 2);
        if across < 4 && down < 6 && letter < 32 && mixed(letter, across as u32, down as u32).is_multiple_of(2) {
            *pixel = 30;
        }
    }
    VideoFrame::new(SIZE, pixels, Instant::now()).unwrap()
}

fn mixed(a: u32, b: u32, c: u32) -> u32 {
    let seed = a.wrapping_mul(0x9e37_79b1) ^ b.wrapping_mul(0x85eb_ca6b) ^ c.wrapping_mul(0xc2b2_ae35);
    (seed ^ seed >> 15).wrapping_mul(0x2c1b_3c6d) >> 12
}
