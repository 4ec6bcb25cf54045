//! What a window looks like, in pixels.
use std::io::Cursor;

use egui::Rect;

/// Colours closer than this are the same: a codec never gives the same ones twice.
const SAME: u8 = 24;
/// This share of the pixels has to change.
const SHARE: usize = 200;

/// Red, green and blue, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads a PNG of eight bits a channel.
    pub(super) fn read(png: &[u8]) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(png)).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a picture of a window is not large")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG");
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        let pixels = bytes.chunks_exact(info.color_type.samples()).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Self { width: info.width as usize, pixels: pixels.collect() }
    }

    /// What is in a place, as far as it is in the picture.
    pub(super) fn part(&self, place: Rect) -> Self {
        let (left, right) = (place.left().max(0.0) as usize, (place.right().max(0.0) as usize).min(self.width));
        let (top, bottom) = (place.top().max(0.0) as usize, place.bottom().max(0.0) as usize);
        let left = left.min(right);
        let rows = self.pixels.chunks_exact(self.width).take(bottom).skip(top);
        Self { width: right - left, pixels: rows.flat_map(|row| row[left..right].iter().copied()).collect() }
    }

    /// How large it is.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.pixels.len().checked_div(self.width).unwrap_or(0))
    }

    /// Whether something has moved between two pictures of one size.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        let differs = |(a, b): (&[u8; 3], &[u8; 3])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > SAME);
        let changed = self.pixels.iter().zip(&other.pixels).filter(|pair| differs(*pair)).count();
        changed * SHARE > self.pixels.len()
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    #[test]
    fn a_part_of_a_picture_is_cut_out_row_by_row() {
        let pixels = (0..12).map(|number| [number, 0, 0]).collect();
        let picture = Picture { width: 4, pixels };

        let part = picture.part(Rect::from_min_size(pos2(2.0, 1.0), vec2(5.0, 1.0)));

        assert_eq!(part, Picture { width: 2, pixels: vec![[6, 0, 0], [7, 0, 0]] });
        assert_eq!(part.size(), (2, 1));
    }

    #[test]
    fn noise_is_no_motion() {
        let still = Picture { width: 10, pixels: vec![[100; 3]; 100] };
        let noisy = Picture { pixels: vec![[100 + SAME; 3]; 100], ..still.clone() };
        let mut moved = still.clone();
        moved.pixels[40..50].fill([200, 100, 100]);

        assert!(!still.differs_from(&noisy));
        assert!(still.differs_from(&moved));
    }
}
