//! AVFoundation and Media Foundation, as nokhwa lists them.
use nokhwa::utils::{ApiBackend, CameraIndex};

use super::CameraNode;
use crate::device::Device;

pub(super) fn nodes() -> Vec<CameraNode> {
    let cameras = nokhwa::query(ApiBackend::Auto).unwrap_or_else(|error| {
        tracing::warn!(%error, "the cameras cannot be listed");
        Vec::new()
    });
    let node = |camera: nokhwa::utils::CameraInfo| {
        let CameraIndex::Index(index) = *camera.index() else { return None };
        // Both systems have a lasting name for a camera; nokhwa gives it in `misc`.
        let id = if camera.misc().is_empty() { index.to_string() } else { camera.misc() };
        Some(CameraNode { device: Device { id, label: camera.human_name() }, index, path: None })
    };
    cameras.into_iter().filter_map(node).collect()
}
