//! Which of a camera's formats to take.
use nokhwa::utils::{CameraFormat, FrameFormat};

use crate::frame::Size;

/// The usable formats, the best first: large and fast enough, no larger than needed, and cheap to convert.
pub(super) fn ranked(mut formats: Vec<CameraFormat>, wanted: (Size, u32)) -> Vec<CameraFormat> {
    formats.retain(|format| {
        let [width, height, fps] = [format.width(), format.height(), format.frame_rate()];
        cost_of_conversion(format.format()).is_some() && width >= 2 && height >= 2 && (1..=240).contains(&fps)
    });
    formats.sort_by(|a, b| cost(a, wanted).total_cmp(&cost(b, wanted)));
    formats.dedup();
    formats
}

fn cost(format: &CameraFormat, (size, fps): (Size, u32)) -> f32 {
    let [width, height, wanted_width, wanted_height] =
        [format.width(), format.height(), size.width.max(2), size.height.max(2)].map(|side| side as f32);
    let [rate, wanted_rate] = [format.frame_rate(), fps.max(1)].map(|rate| rate as f32);

    // The part of the wanted width and height that the picture fills; missing pixels are worse than superfluous ones.
    let coverage = (width / wanted_width).min(height / wanted_height);
    let size = if coverage < 1.0 {
        4.0 * (1.0 / coverage - 1.0)
    } else {
        width * height / (wanted_width * wanted_height) - 1.0
    };
    let aspect =
        if (width * wanted_height - height * wanted_width).abs() > 0.02 * width * wanted_height { 0.5 } else { 0.0 };
    let slowness = 3.0 * (wanted_rate / rate - 1.0).max(0.0);
    let haste = 0.1 * (rate / wanted_rate - 1.0).max(0.0);
    size + aspect + slowness + haste + cost_of_conversion(format.format()).unwrap_or(f32::MAX)
}

/// `None`: no conversion is known.
fn cost_of_conversion(format: FrameFormat) -> Option<f32> {
    match format {
        FrameFormat::NV12 => Some(0.0),
        FrameFormat::YUYV => Some(0.01),
        FrameFormat::MJPEG => Some(0.15),
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => None,
    }
}

#[cfg(test)]
mod tests {
    use nokhwa::utils::Resolution;

    use super::*;

    #[test]
    fn the_wanted_format_is_taken_where_it_is_offered() {
        let formats = vec![yuyv(640, 480, 30), yuyv(640, 360, 30), yuyv(1280, 720, 10), yuyv(640, 360, 15)];

        assert_eq!(best(formats, (640, 360), 30), yuyv(640, 360, 30));
    }

    #[test]
    fn a_camera_that_is_slow_without_compression_sends_jpeg() {
        let formats = vec![yuyv(1280, 720, 10), mjpeg(1280, 720, 30), yuyv(640, 480, 30)];

        assert_eq!(best(formats, (1280, 720), 30), mjpeg(1280, 720, 30));
    }

    #[test]
    fn jpeg_is_not_decoded_where_raw_pictures_do() {
        let formats = vec![mjpeg(640, 360, 30), yuyv(640, 360, 30)];

        assert_eq!(best(formats, (640, 360), 30), yuyv(640, 360, 30));
    }

    #[test]
    fn a_larger_picture_is_better_than_a_smaller_one() {
        let formats = vec![yuyv(320, 180, 30), yuyv(960, 540, 30), mjpeg(1920, 1080, 30)];

        assert_eq!(best(formats, (640, 360), 30), yuyv(960, 540, 30));
    }

    #[test]
    fn formats_that_make_no_sense_are_left_out() {
        let grey = CameraFormat::new(Resolution::new(640, 360), FrameFormat::GRAY, 30);

        assert!(
            ranked(vec![grey, yuyv(0, 0, 30), yuyv(640, 360, 0), yuyv(640, 360, 30_000)], (Size::new(640, 360), 30))
                .is_empty()
        );
    }

    fn best(formats: Vec<CameraFormat>, (width, height): (u32, u32), fps: u32) -> CameraFormat {
        ranked(formats, (Size::new(width, height), fps))[0]
    }

    fn yuyv(width: u32, height: u32, fps: u32) -> CameraFormat {
        CameraFormat::new(Resolution::new(width, height), FrameFormat::YUYV, fps)
    }

    fn mjpeg(width: u32, height: u32, fps: u32) -> CameraFormat {
        CameraFormat::new(Resolution::new(width, height), FrameFormat::MJPEG, fps)
    }
}
