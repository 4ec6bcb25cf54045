//! Pictures in another size or another colour space.
//!
//! Sources fit what they capture to the wanted size, the window turns received pictures into RGBA.
use std::time::Instant;

use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images};
use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImage, YuvPlanarImageMut, YuvRange, YuvStandardMatrix};

use crate::frame::{Size, VideoFrame};

/// Y, U and V of black in limited range.
const BLACK: [u8; 3] = [16, 128, 128];

/// The buffer for the colours has the wrong length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a picture of {size} needs {} bytes of RGBA, not {given}", size.width as usize * size.height as usize * 4)]
pub struct WrongRgbaLength {
    size: Size,
    given: usize,
}

/// Writes the picture as RGBA, row by row without padding, opaque. `rgba` has four bytes a pixel.
pub fn to_rgba(frame: &VideoFrame, rgba: &mut [u8]) -> Result<(), WrongRgbaLength> {
    let size = frame.size();
    let error = WrongRgbaLength { size, given: rgba.len() };
    if rgba.len() != size.width as usize * size.height as usize * 4 {
        return Err(error);
    }
    let [y_plane, u_plane, v_plane] = frame.planes();
    let (width, height) = (size.width, size.height);
    let image = YuvPlanarImage {
        y_plane,
        y_stride: width,
        u_plane,
        u_stride: width / 2,
        v_plane,
        v_stride: width / 2,
        width,
        height,
    };
    yuv::yuv420_to_rgba(&image, rgba, width * 4, YuvRange::Limited, YuvStandardMatrix::Bt601).map_err(|_| error)
}

/// A picture from four bytes a pixel, blue first or red first, without an odd last column or row. `None` where there
/// are not exactly as many bytes as pixels, or less than two by two.
pub fn from_rgba(
    pixels: &[u8],
    (across, down): (u32, u32),
    blue_first: bool,
    captured_at: Instant,
) -> Option<VideoFrame> {
    let size = Size::new(across, down);
    let (width, height) = (size.width, size.height);
    if pixels.len() != across as usize * down as usize * 4 || width == 0 || height == 0 {
        return None;
    }
    let mut planes = vec![0; size.i420_bytes()];
    let (y, chroma) = planes.split_at_mut(width as usize * height as usize);
    let (u, v) = chroma.split_at_mut(chroma.len() / 2);
    let mut image = YuvPlanarImageMut {
        y_plane: BufferStoreMut::Borrowed(y),
        y_stride: width,
        u_plane: BufferStoreMut::Borrowed(u),
        u_stride: width / 2,
        v_plane: BufferStoreMut::Borrowed(v),
        v_stride: width / 2,
        width,
        height,
    };
    let convert = if blue_first { yuv::bgra_to_yuv420 } else { yuv::rgba_to_yuv420 };
    let (range, matrix) = (YuvRange::Limited, YuvStandardMatrix::Bt601);
    convert(&mut image, pixels, across * 4, range, matrix, YuvConversionMode::Balanced).ok()?;
    VideoFrame::new(size, planes, captured_at)
}

/// The picture stretched or shrunk to exactly `size`, rounded down to even sides of at least 2.
pub fn scale(frame: &VideoFrame, size: Size) -> VideoFrame {
    Scaler::default().scale(frame, size)
}

/// The largest size with the aspect ratio of `source` that fits into `bounds`, never larger than `source`.
pub fn fitted(source: Size, bounds: Size) -> Size {
    if source.width <= bounds.width && source.height <= bounds.height {
        return source;
    }
    let [sw, sh, bw, bh] =
        [source.width, source.height, bounds.width, bounds.height].map(|side| u64::from(side.max(1)));
    let (width, height) = if sw * bh >= sh * bw { (bw, bw * sh / sw) } else { (bh * sw / sh, bh) };
    // Both are at most a side of `bounds`, so they fit.
    let side = |length: u64| u32::try_from(length).unwrap_or(u32::MAX).max(2);
    Size::new(side(width), side(height))
}

/// Scales one picture after the other without allocating its working memory anew.
#[derive(Debug, Default)]
pub struct Scaler {
    resizer: Resizer,
}

impl Scaler {
    /// The picture stretched or shrunk to exactly `size`, rounded down to even sides of at least 2.
    pub fn scale(&mut self, frame: &VideoFrame, size: Size) -> VideoFrame {
        let size = Size::new(size.width.max(2), size.height.max(2));
        let source = frame.size();
        if size == source {
            return frame.clone();
        }
        let times = |by: u32| source.width == size.width * by && source.height == size.height * by;
        if times(2) {
            return frame.half(|frame| self.stretch(frame, size));
        }
        if times(4) {
            let half = self.scale(frame, Size::new(size.width * 2, size.height * 2));
            return self.scale(&half, size);
        }
        self.stretch(frame, size)
    }

    fn stretch(&mut self, frame: &VideoFrame, size: Size) -> VideoFrame {
        let source = frame.size();
        let halves = source.width == size.width * 2 && source.height == size.height * 2;
        let mut pixels = vec![0; size.i420_bytes()];
        let (luma, chroma) = pixels.split_at_mut(size.width as usize * size.height as usize);
        let (u, v) = chroma.split_at_mut(chroma.len() / 2);
        for (plane, (from, to)) in frame.planes().into_iter().zip([luma, u, v]).enumerate() {
            let shrink = if plane == 0 { 1 } else { 2 };
            let [source, size] = [source, size].map(|size| (size.width / shrink, size.height / shrink));
            // Chroma of an odd half, such as 90 of 180 rows, has no exact half itself.
            if halves && source == (size.0 * 2, size.1 * 2) {
                halve(from, source.0 as usize, to);
            } else {
                self.resize(from, source, to, size);
            }
        }
        // The length is right by construction; the picture itself is the sound answer to what cannot happen.
        VideoFrame::new(size, pixels, frame.captured_at).unwrap_or_else(|| frame.clone())
    }

    /// The picture as large as it fits into `size` with its aspect ratio kept, in the middle of black bars.
    pub fn letterbox(&mut self, frame: &VideoFrame, size: Size) -> VideoFrame {
        let size = Size::new(size.width.max(2), size.height.max(2));
        let source = frame.size();
        let grown =
            Size { width: source.width.saturating_mul(size.width), height: source.height.saturating_mul(size.width) };
        let inner = self.scale(frame, fitted(grown, size));
        if inner.size() == size {
            return inner;
        }
        let mut pixels = Vec::with_capacity(size.i420_bytes());
        for (plane, from) in inner.planes().into_iter().enumerate() {
            let shrink = if plane == 0 { 1 } else { 2 };
            let [(inner_width, inner_height), (width, height)] =
                [inner.size(), size].map(|size| (size.width as usize / shrink, size.height as usize / shrink));
            let (left, top) = ((width - inner_width) / 2, (height - inner_height) / 2);
            let start = pixels.len();
            pixels.resize(start + width * height, BLACK[plane]);
            let rows = pixels[start..].chunks_exact_mut(width).skip(top);
            for (to, from) in rows.zip(from.chunks_exact(inner_width)) {
                to[left..left + inner_width].copy_from_slice(from);
            }
        }
        VideoFrame::new(size, pixels, frame.captured_at).unwrap_or(inner)
    }

    fn resize(&mut self, from: &[u8], source: (u32, u32), to: &mut [u8], size: (u32, u32)) {
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).use_alpha(false);
        let from = images::ImageRef::new(source.0, source.1, from, PixelType::U8);
        let to = images::Image::from_slice_u8(size.0, size.1, to, PixelType::U8);
        if let (Ok(from), Ok(mut to)) = (from, to)
            && let Err(error) = self.resizer.resize(&from, &mut to, &options)
        {
            tracing::warn!(%error, "a plane cannot be scaled");
        }
    }
}

/// Averages squares of 2x2: many times as fast as the general way.
fn halve(from: &[u8], width: usize, to: &mut [u8]) {
    for (rows, to) in from.chunks_exact(width * 2).zip(to.chunks_exact_mut(width / 2)) {
        let (upper, lower) = rows.split_at(width);
        let pairs = upper.as_chunks().0.iter().zip(lower.as_chunks().0);
        for ((upper, lower), to) in pairs.zip(to) {
            // Two pixels in a number: so the compiler adds many of them at once, which is five times as fast.
            let [upper, lower] = [*upper, *lower].map(u16::from_le_bytes);
            let sum = (upper & 0xff) + (upper >> 8) + (lower & 0xff) + (lower >> 8);
            *to = ((sum + 2) / 4) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn colours_come_out_as_rgba() {
        let red = plain(Size::new(4, 4), [81, 90, 240]);
        let mut rgba = vec![0; 4 * 4 * 4];

        to_rgba(&red, &mut rgba).unwrap();

        let [r, g, b, a] = [rgba[0], rgba[1], rgba[2], rgba[3]];
        assert!(r > 250 && g < 5 && b < 5 && a == 255, "{r} {g} {b} {a}");
    }

    #[test]
    fn a_buffer_of_the_wrong_length_is_refused() {
        let frame = plain(Size::new(4, 4), BLACK);

        assert!(to_rgba(&frame, &mut [0; 63]).is_err());
    }

    #[test]
    fn an_exact_half_averages_four_pixels() {
        let size = Size::new(4, 4);
        let mut pixels = vec![128; size.i420_bytes()];
        pixels[..2].copy_from_slice(&[10, 20]);
        pixels[4..6].copy_from_slice(&[30, 40]);
        let frame = VideoFrame::new(size, pixels, Instant::now()).unwrap();

        let half = scale(&frame, Size::new(2, 2));

        assert_eq!(half.planes()[0], [25, 128, 128, 128]);
    }

    #[test]
    fn halves_and_quarters_are_made_once_for_all_who_ask() {
        let frame = plain(Size::new(64, 32), [100, 50, 200]);

        let quarter = scale(&frame, Size::new(16, 8));
        let half = scale(&frame.clone().taken_at(Instant::now()), Size::new(32, 16));

        assert!(scale(&frame, Size::new(32, 16)).same_pixels(&half));
        assert!(scale(&half, Size::new(16, 8)).same_pixels(&quarter));
        assert_eq!(quarter.size(), Size::new(16, 8));
    }

    #[test]
    fn every_size_can_become_every_other_and_stays_the_same_colour() {
        let sides = [2, 6, 90, 180, 358];
        for (from, to) in sides.into_iter().flat_map(|from| sides.map(|to| (from, to))) {
            let frame = plain(Size::new(from, to), [100, 50, 200]);

            let scaled = scale(&frame, Size::new(to, from));

            assert_eq!(scaled.size(), Size::new(to, from));
            for (plane, colour) in scaled.planes().into_iter().zip([100, 50, 200]) {
                assert!(plane.iter().all(|pixel| *pixel == colour), "{from} {to}");
            }
        }
    }

    #[test]
    fn a_picture_keeps_its_aspect_when_it_is_fitted() {
        let wanted = Size::new(640, 360);

        assert_eq!(fitted(Size::new(1280, 720), wanted), wanted);
        assert_eq!(fitted(Size::new(640, 480), wanted), Size::new(480, 360));
        assert_eq!(fitted(Size::new(720, 1280), wanted), Size::new(202, 360));
        assert_eq!(fitted(Size::new(320, 240), wanted), Size::new(320, 240));
        assert_eq!(fitted(Size::new(4096, 2), wanted), Size::new(640, 2));
    }

    #[test]
    fn a_letterbox_has_black_bars_and_the_picture_in_the_middle() {
        let frame = plain(Size::new(80, 60), [200, 90, 90]);

        let boxed = Scaler::default().letterbox(&frame, Size::new(160, 90));

        let middle_row = &boxed.planes()[0][160 * 45..160 * 46];
        assert_eq!(boxed.size(), Size::new(160, 90));
        assert_eq!((middle_row[0], middle_row[80], middle_row[159]), (16, 200, 16));
        assert_eq!(boxed.planes()[1][80 * 22], 128);
    }

    fn plain(size: Size, colour: [u8; 3]) -> VideoFrame {
        let luma = size.width as usize * size.height as usize;
        let mut pixels = vec![colour[0]; luma];
        pixels.resize(luma + luma / 4, colour[1]);
        pixels.resize(luma + luma / 2, colour[2]);
        VideoFrame::new(size, pixels, Instant::now()).unwrap()
    }
}
