//! How alike two pictures look (Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to
//! Structural Similarity", IEEE Transactions on Image Processing, 2004).
use parlor_media::frame::VideoFrame;

/// Pixels a side of what is compared at once, and how far the next one is: as ffmpeg and x264 do it.
const WINDOW: usize = 8;
const STEP: usize = 4;
/// (0.01 × 255)² and (0.03 × 255)²: they keep dark and flat windows from deciding.
const C1: f64 = 6.5025;
const C2: f64 = 58.5225;

/// The similarity of the brightness of the first `rows` rows: 1 for the same picture, about 0 for unrelated ones. `None`
/// where the sizes differ, or there are fewer rows than a window needs.
pub fn ssim(one: &VideoFrame, other: &VideoFrame, rows: usize) -> Option<f64> {
    let (width, height) = (one.size().width as usize, one.size().height as usize);
    let rows = rows.min(height);
    if one.size() != other.size() || rows < WINDOW || width < WINDOW {
        return None;
    }
    let (one, other) = (one.planes()[0], other.planes()[0]);
    let (mut sum, mut windows) = (0.0, 0_u32);
    for top in (0..=rows - WINDOW).step_by(STEP) {
        for left in (0..=width - WINDOW).step_by(STEP) {
            sum += window(one, other, width, top * width + left);
            windows += 1;
        }
    }
    Some(sum / f64::from(windows))
}

fn window(one: &[u8], other: &[u8], width: usize, corner: usize) -> f64 {
    let (mut a, mut b, mut aa, mut bb, mut ab) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for row in 0..WINDOW {
        let start = corner + row * width;
        for (x, y) in one[start..start + WINDOW].iter().zip(&other[start..start + WINDOW]) {
            let (x, y) = (u32::from(*x), u32::from(*y));
            a += x;
            b += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
    }
    let count = (WINDOW * WINDOW) as f64;
    let [a, b, aa, bb, ab] = [a, b, aa, bb, ab].map(|sum| f64::from(sum) / count);
    let (variances, covariance) = (aa - a * a + bb - b * b, ab - a * b);
    ((2.0 * a * b + C1) * (2.0 * covariance + C2)) / ((a * a + b * b + C1) * (variances + C2))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use parlor_media::{frame::Size, video::pattern::TestPattern};

    use super::*;

    const SIZE: Size = Size { width: 320, height: 180 };

    #[test]
    fn a_picture_is_like_itself_less_like_a_coarser_one_and_unlike_noise() {
        let picture = drawn(0);

        let itself = ssim(&picture, &picture, 180).unwrap();
        let dimmed = ssim(&picture, &changed(&picture, |pixel, _| pixel / 2), 180).unwrap();
        let grainy = ssim(&picture, &changed(&picture, |pixel, dice| pixel.saturating_add(dice % 8)), 180).unwrap();
        let noise = ssim(&changed(&picture, |_, dice| dice), &picture, 180).unwrap();

        assert!((itself - 1.0).abs() < 1e-12, "{itself}");
        assert!(noise < 0.1 && noise < grainy && grainy < 0.99, "{noise} {grainy}");
        assert!(dimmed < 0.9, "{dimmed}");
    }

    #[test]
    fn only_the_rows_asked_for_decide() {
        let (one, other) = (drawn(0), drawn(1));
        let alike = changed(&one, |pixel, _| pixel);

        let above = ssim(&one, &alike, 8);
        let nothing = [ssim(&one, &other, 4), ssim(&one, &small(), 180)];

        assert_eq!(above, Some(1.0));
        assert_eq!(nothing, [None, None]);
    }

    fn drawn(counter: u32) -> VideoFrame {
        TestPattern::new(SIZE, 30, 1).draw(counter, Instant::now()).unwrap()
    }

    fn small() -> VideoFrame {
        let size = Size::new(64, 48);
        VideoFrame::new(size, vec![16; size.i420_bytes()], Instant::now()).unwrap()
    }

    /// Each pixel of brightness changed, with a random number for each.
    fn changed(frame: &VideoFrame, change: impl Fn(u8, u8) -> u8) -> VideoFrame {
        let mut dice = 1_u32;
        let mut random = || {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (dice >> 24) as u8
        };
        let pixels = frame.planes().concat().into_iter().map(|pixel| change(pixel, random())).collect();
        VideoFrame::new(frame.size(), pixels, frame.captured_at).unwrap()
    }
}
