//! Opens a camera through AVFoundation or Media Foundation.
use nokhwa::{
    Camera,
    utils::{CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType},
};

use super::{OpenVideoError, format::ranked, why};
use crate::{frame::Size, video::devices::CameraNode};

const FORMATS: [FrameFormat; 3] = [FrameFormat::NV12, FrameFormat::YUYV, FrameFormat::MJPEG];

/// How many formats are tried before a camera is given up.
const ATTEMPTS: usize = 6;

/// Opens the camera in the best format it grants. These systems do not say how far apart its rows are.
pub(super) fn open(node: &CameraNode, wanted: (Size, u32)) -> Result<(Camera, Option<usize>), OpenVideoError> {
    let name = &node.device.label;
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
    let mut camera = Camera::new(CameraIndex::Index(node.index), any).map_err(|error| why(name, &error.to_string()))?;
    let offered = camera.compatible_camera_formats().unwrap_or_default();
    let mut refusal = None;
    for format in ranked(offered, wanted).into_iter().take(ATTEMPTS) {
        let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &FORMATS);
        match camera.set_camera_requset(exact) {
            Ok(_) => return Ok((camera, None)),
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.map_or_else(|| OpenVideoError::NoFormat { name: name.clone() }, |error| why(name, &error.to_string())))
}
