//! Opens a camera through Video4Linux.
//!
//! nokhwa gives up on a camera whose *present* format it cannot name, such as 29.97 pictures a second. So the camera is
//! brought into a format that suits us before nokhwa sees it.
use std::{io, ops::RangeInclusive};

use nokhwa::{
    Camera,
    utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution},
};
use v4l::{
    Device, Format, FourCC, frameinterval::FrameIntervalEnum, framesize::FrameSizeEnum, video::Capture,
    video::capture::Parameters,
};

use super::{OpenVideoError, format::ranked, why};
use crate::{frame::Size, video::devices::CameraNode};

const FORMATS: [(FrameFormat, &[u8; 4]); 3] =
    [(FrameFormat::NV12, b"NV12"), (FrameFormat::YUYV, b"YUYV"), (FrameFormat::MJPEG, b"MJPG")];

/// How many formats are tried before a camera is given up: drivers promise more than they keep.
const ATTEMPTS: usize = 6;

/// Opens the camera in the best format it grants, and says how far apart its rows are.
pub(super) fn open(node: &CameraNode, wanted: (Size, u32)) -> Result<(Camera, Option<usize>), OpenVideoError> {
    let name = &node.device.label;
    let (format, stride) = negotiate(node, wanted)?;
    let decoders = FORMATS.map(|(format, _)| format);
    let request = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &decoders);
    let camera = Camera::new(CameraIndex::Index(node.index), request).map_err(|error| why(name, &error.to_string()))?;
    Ok((camera, Some(stride)))
}

/// Sets the best format that the driver really grants. The device keeps it while nobody has it open.
fn negotiate(node: &CameraNode, wanted: (Size, u32)) -> Result<(CameraFormat, usize), OpenVideoError> {
    let name = &node.device.label;
    let device = Device::new(node.index as usize).map_err(|error| why(name, &error.to_string()))?;
    let mut refusal = None;
    for format in ranked(offered(&device, wanted), wanted).into_iter().take(ATTEMPTS) {
        match apply(&device, format) {
            Ok(Some(granted)) => return Ok(granted),
            Ok(None) => {}
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.map_or_else(|| OpenVideoError::NoFormat { name: name.clone() }, |error| why(name, &error.to_string())))
}

/// What the driver makes of the format: another size perhaps, or nothing that nokhwa can name.
fn apply(device: &Device, format: CameraFormat) -> io::Result<Option<(CameraFormat, usize)>> {
    let Some(code) = fourcc(format.format()) else { return Ok(None) };
    let granted = Capture::set_format(device, &Format::new(format.width(), format.height(), code))?;
    let interval = Capture::set_params(device, &Parameters::with_fps(format.frame_rate()))?.interval;
    if granted.fourcc != code || interval.numerator != 1 {
        return Ok(None);
    }
    let resolution = Resolution::new(granted.width, granted.height);
    Ok(Some((CameraFormat::new(resolution, format.format(), interval.denominator), granted.stride as usize)))
}

/// Every usable combination of format, size and rate that the driver lists.
fn offered(device: &Device, (size, fps): (Size, u32)) -> Vec<CameraFormat> {
    let listed = Capture::enum_formats(device).unwrap_or_default();
    let mut formats = Vec::new();
    for (format, code) in FORMATS.map(|(format, code)| (format, FourCC::new(code))) {
        if !listed.iter().any(|listed| listed.fourcc == code) {
            continue;
        }
        for offer in Capture::enum_framesizes(device, code).unwrap_or_default() {
            let (width, height) = match offer.size {
                FrameSizeEnum::Discrete(size) => (size.width, size.height),
                FrameSizeEnum::Stepwise(steps) => (
                    nearest(size.width, steps.min_width..=steps.max_width, steps.step_width),
                    nearest(size.height, steps.min_height..=steps.max_height, steps.step_height),
                ),
            };
            let rates = rates(device, code, (width, height), fps);
            formats.extend(rates.into_iter().map(|fps| CameraFormat::new(Resolution::new(width, height), format, fps)));
        }
    }
    formats
}

/// The whole numbers of pictures a second. A driver that lists none is asked for the wanted one.
fn rates(device: &Device, code: FourCC, (width, height): (u32, u32), wanted: u32) -> Vec<u32> {
    let intervals = Capture::enum_frameintervals(device, code, width, height).unwrap_or_default();
    if intervals.is_empty() {
        return vec![wanted];
    }
    let rate = |interval: FrameIntervalEnum| match interval {
        FrameIntervalEnum::Discrete(interval) => {
            let whole = interval.numerator > 0 && interval.denominator.is_multiple_of(interval.numerator);
            whole.then(|| interval.denominator / interval.numerator)
        }
        FrameIntervalEnum::Stepwise(steps) => {
            let fastest = steps.min.denominator / steps.min.numerator.max(1);
            let slowest = steps.max.denominator / steps.max.numerator.max(1);
            Some(wanted.clamp(slowest.min(fastest).max(1), fastest.max(1)))
        }
    };
    intervals.into_iter().filter_map(|offer| rate(offer.interval)).collect()
}

/// The allowed length next to the wanted one, rather longer than shorter.
fn nearest(wanted: u32, allowed: RangeInclusive<u32>, step: u32) -> u32 {
    let (least, most) = (*allowed.start(), *allowed.end().max(allowed.start()));
    let steps = wanted.clamp(least, most).saturating_sub(least).div_ceil(step.max(1));
    least.saturating_add(steps.saturating_mul(step.max(1))).min(most)
}

fn fourcc(format: FrameFormat) -> Option<FourCC> {
    FORMATS.iter().find(|(candidate, _)| *candidate == format).map(|(_, code)| FourCC::new(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_rounded_to_what_the_driver_allows() {
        assert_eq!(nearest(640, 48..=4096, 16), 640);
        assert_eq!(nearest(641, 48..=4096, 16), 656);
        assert_eq!(nearest(10, 48..=4096, 16), 48);
        assert_eq!(nearest(9000, 48..=4096, 16), 4096);
        assert_eq!(nearest(100, 1..=200, 0), 100);
    }
}
