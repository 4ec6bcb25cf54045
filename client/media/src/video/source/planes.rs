//! Planes as devices and files have them, made into the planes of a [`VideoFrame`](crate::frame::VideoFrame).
use std::time::Instant;

use crate::{
    frame::{Size, VideoFrame},
    video::codec::MAX_SIDE,
};

/// Three planes of 8 bits, perhaps padded, perhaps with more or with less chroma than I420 has.
#[derive(Debug)]
pub(super) struct Planes<'a> {
    /// Width and height of the luma plane; may be odd.
    pub(super) size: (usize, usize),
    pub(super) luma: Plane<'a>,
    /// Both chroma planes; none for a grey picture.
    pub(super) chroma: Option<[Plane<'a>; 2]>,
    /// How many luma columns and rows share a chroma sample: 1 or 2 each.
    pub(super) sharing: (usize, usize),
    /// Whether the values fill 0..=255, as in JPEG, instead of 16..=235 and 16..=240.
    pub(super) full_range: bool,
}

/// Rows of samples that begin `stride` apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane<'a> {
    pub(super) samples: &'a [u8],
    pub(super) stride: usize,
}

impl Planes<'_> {
    /// The picture in I420 and limited range, without an odd last column or row. `None` where samples are missing.
    pub(super) fn to_frame(&self, captured_at: Instant) -> Option<VideoFrame> {
        let size = Size::new(u32::try_from(self.size.0).ok()?, u32::try_from(self.size.1).ok()?);
        if size.width.max(size.height) > MAX_SIDE {
            return None;
        }
        let (width, height) = (size.width as usize, size.height as usize);
        let mut pixels = Vec::with_capacity(size.i420_bytes());
        for row in 0..height {
            pixels.extend_from_slice(self.luma.row(row, width)?);
        }
        match self.chroma {
            None => pixels.resize(size.i420_bytes(), 128),
            Some(planes) => {
                for plane in planes {
                    self.push_chroma(plane, (width / 2, height / 2), &mut pixels)?;
                }
            }
        }
        if self.full_range {
            limit_range(&mut pixels, width * height);
        }
        VideoFrame::new(size, pixels, captured_at)
    }

    /// Averages the samples that an I420 chroma sample stands for.
    fn push_chroma(&self, plane: Plane<'_>, (width, height): (usize, usize), pixels: &mut Vec<u8>) -> Option<()> {
        let (across, down) = (2 / self.sharing.0, 2 / self.sharing.1);
        for row in 0..height {
            let upper = plane.row(row * down, width * across)?;
            let lower = plane.row(row * down + down - 1, width * across)?;
            match across {
                1 if down == 1 => pixels.extend_from_slice(upper),
                1 => pixels.extend(upper.iter().zip(lower).map(|(a, b)| a.midpoint(*b))),
                _ => {
                    let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                    pixels.extend(pairs.map(|(a, b)| a[0].midpoint(a[1]).midpoint(b[0].midpoint(b[1]))));
                }
            }
        }
        Some(())
    }
}

impl<'a> Plane<'a> {
    fn row(self, row: usize, width: usize) -> Option<&'a [u8]> {
        let start = row.checked_mul(self.stride)?;
        self.samples.get(start..start.checked_add(width)?)
    }
}

/// Squeezes 0..=255 into 16..=235 (the first `luma` samples) and 16..=240 (the rest).
fn limit_range(pixels: &mut [u8], luma: usize) {
    let (luma, chroma) = pixels.split_at_mut(luma);
    for sample in luma {
        *sample = 16 + ((u16::from(*sample) * 220 + 128) >> 8) as u8;
    }
    for sample in chroma {
        let centred = i32::from(*sample) - 128;
        *sample = (128 + ((centred * 225 + 128) >> 8)) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_share_chroma_becomes_i420() {
        for (across, down) in [(2, 2), (2, 1), (1, 2), (1, 1)] {
            let (width, height) = (8 / across, 6 / down);
            let [luma, u, v] = [vec![50; 48], vec![90; width * height], vec![200; width * height]];
            let planes = Planes {
                size: (8, 6),
                luma: Plane { samples: &luma, stride: 8 },
                chroma: Some([Plane { samples: &u, stride: width }, Plane { samples: &v, stride: width }]),
                sharing: (across, down),
                full_range: false,
            };

            let frame = planes.to_frame(Instant::now()).unwrap();

            let [y, u, v] = frame.planes();
            assert!(y.iter().all(|s| *s == 50) && u.iter().all(|s| *s == 90) && v.iter().all(|s| *s == 200));
        }
    }

    #[test]
    fn an_odd_border_is_cut_off_and_padding_skipped() {
        let samples = [1, 2, 9, 0, 3, 4, 9, 0, 9, 9, 9, 0];
        let luma = Plane { samples: &samples, stride: 4 };
        let planes = Planes { size: (3, 3), luma, chroma: None, sharing: (2, 2), full_range: false };

        let frame = planes.to_frame(Instant::now()).unwrap();

        assert_eq!(frame.size(), Size::new(2, 2));
        assert_eq!(frame.pixels(), [1, 2, 3, 4, 128, 128]);
    }

    #[test]
    fn full_range_is_squeezed_to_the_limits() {
        let mut pixels = [0, 128, 255, 0, 128, 255];

        limit_range(&mut pixels, 3);

        assert_eq!(pixels, [16, 126, 235, 16, 128, 240]);
    }

    #[test]
    fn missing_samples_make_no_picture() {
        let luma = Plane { samples: &[0; 63], stride: 8 };
        let planes = Planes { size: (8, 8), luma, chroma: None, sharing: (2, 2), full_range: false };

        assert!(planes.to_frame(Instant::now()).is_none());
    }
}
