//! The mark in the test picture: 64 black and white cells that survive coding and scaling.
//!
//! Four rows of sixteen cells fill the lowest third of the picture: a fixed byte, the tag, the counter (32 bits) and a
//! checksum (16 bits), most significant bit first.
use super::Canvas;
use crate::frame::{Size, VideoFrame};

const COLUMNS: usize = 16;
const ROWS: usize = 4;
const MAGIC: u8 = 0b1011_0010;

const WHITE: [u8; 3] = [235, 128, 128];
const BLACK: [u8; 3] = [16, 128, 128];

/// Between black and white; what averages nearer than [`MARGIN`] to it is no clear answer.
const THRESHOLD: u32 = 126;
const MARGIN: u32 = 20;

/// What a test picture says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PatternMark {
    /// Counts the pictures from zero, and wraps around.
    pub counter: u32,
    /// The number given with `pattern:N`.
    pub tag: u8,
}

/// Reads the mark of a test picture. `None` where there is none, or where it is not whole.
pub fn read(frame: &VideoFrame) -> Option<PatternMark> {
    let mut word = 0_u64;
    for cell in 0..COLUMNS * ROWS {
        let mean = mean_luma(frame, cell)?;
        if mean.abs_diff(THRESHOLD) < MARGIN {
            return None;
        }
        word = (word << 1) | u64::from(mean > THRESHOLD);
    }
    PatternMark::from_word(word)
}

/// The picture with a mark over its lowest third, so that a film can be counted like the test picture.
pub fn stamp(frame: &VideoFrame, mark: PatternMark) -> Option<VideoFrame> {
    let mut canvas = Canvas { size: frame.size(), pixels: frame.planes().concat() };
    draw(&mut canvas, mark);
    VideoFrame::new(canvas.size, canvas.pixels, frame.captured_at)
}

/// Draws the mark over the lowest third of the picture.
pub(super) fn draw(canvas: &mut Canvas, mark: PatternMark) {
    let word = mark.to_word();
    for cell in 0..COLUMNS * ROWS {
        let white = (word >> (COLUMNS * ROWS - 1 - cell)) & 1 == 1;
        let (columns, rows) = cell_area(canvas.size, cell);
        canvas.fill(columns, rows, if white { WHITE } else { BLACK });
    }
}

/// The first row that belongs to the mark.
pub fn top(size: Size) -> usize {
    cell_area(size, 0).1.0
}

impl PatternMark {
    fn to_word(self) -> u64 {
        let content = (u64::from(MAGIC) << 40) | (u64::from(self.tag) << 32) | u64::from(self.counter);
        (content << 16) | u64::from(checksum(content))
    }

    fn from_word(word: u64) -> Option<Self> {
        let mark = Self { tag: (word >> 48) as u8, counter: (word >> 16) as u32 };
        (mark.to_word() == word).then_some(mark)
    }
}

/// CRC-16/CCITT over the lower 48 bits.
fn checksum(content: u64) -> u16 {
    content.to_be_bytes()[2..].iter().fold(0xffff_u16, |crc, byte| {
        let shift = |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
        (0..8).fold(crc ^ (u16::from(*byte) << 8), shift)
    })
}

type Span = (usize, usize);

/// Columns and rows of a cell, each as first and end, on even borders.
fn cell_area(size: Size, cell: usize) -> (Span, Span) {
    let (width, height) = (size.width as usize, size.height as usize);
    let (column, row) = (cell % COLUMNS, cell / COLUMNS);
    let column_at = |column: usize| (column * width / COLUMNS) & !1;
    let row_at = |row: usize| ((2 * ROWS + row) * height / (3 * ROWS)) & !1;
    ((column_at(column), column_at(column + 1)), (row_at(row), row_at(row + 1)))
}

/// Mean brightness of the middle of a cell, where neighbours do not bleed in.
fn mean_luma(frame: &VideoFrame, cell: usize) -> Option<u32> {
    let size = frame.size();
    let inner = |(first, end): Span| (first + (end - first) / 4, end - (end - first) / 4);
    let (columns, rows) = cell_area(size, cell);
    let (columns, rows) = (inner(columns), inner(rows));
    let [luma, ..] = frame.planes();
    let width = size.width as usize;
    let sum: u32 = (rows.0..rows.1)
        .flat_map(|row| &luma[row * width + columns.0..row * width + columns.1])
        .map(|pixel| u32::from(*pixel))
        .sum();
    let count = u32::try_from((columns.1 - columns.0) * (rows.1 - rows.0)).ok()?;
    sum.checked_div(count)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::video::{convert::scale, pattern::TestPattern};

    #[test]
    fn a_picture_without_a_mark_reads_as_none() {
        for luma in [0, 16, 126, 255] {
            let size = Size::new(320, 180);
            let frame = VideoFrame::new(size, vec![luma; size.i420_bytes()], Instant::now()).unwrap();

            assert_eq!(read(&frame), None);
        }
    }

    #[test]
    fn the_smallest_pictures_have_no_mark_and_do_no_harm() {
        for (width, height) in [(2, 2), (16, 12), (2, 600), (600, 2)] {
            let size = Size::new(width, height);
            let frame = VideoFrame::new(size, vec![16; size.i420_bytes()], Instant::now()).unwrap();

            assert_eq!(read(&frame), None);
        }
    }

    #[test]
    fn a_damaged_mark_is_refused() {
        let word = PatternMark { counter: 1234, tag: 5 }.to_word();

        for bit in 0..64 {
            assert_eq!(PatternMark::from_word(word ^ (1 << bit)), None);
        }
    }

    #[test]
    fn a_film_that_was_stamped_is_counted_and_keeps_the_rest_of_its_pixels() {
        let size = Size::new(320, 180);
        let film = VideoFrame::new(size, vec![100; size.i420_bytes()], Instant::now()).unwrap();
        let mark = PatternMark { counter: 77, tag: 3 };

        let stamped = stamp(&film, mark).unwrap();

        let kept = top(size) * size.width as usize;
        assert_eq!(read(&stamped), Some(mark));
        assert_eq!(stamped.planes()[0][..kept], film.planes()[0][..kept]);
        assert_ne!(stamped.planes()[0][kept..], film.planes()[0][kept..]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_mark_survives_scaling_to_any_size_that_can_be_asked_for(counter: u32, tag: u8, height in 64_u32..400) {
            let drawn = TestPattern::new(Size::new(640, 360), 30, tag).draw(counter, Instant::now()).unwrap();

            let scaled = scale(&drawn, Size::new(height * 16 / 9, height));

            prop_assert_eq!(read(&scaled), Some(PatternMark { counter, tag }));
        }
    }
}
