//! Video4Linux: every `/dev/videoN` that captures pictures. Most cameras have a second node, for metadata only.
use std::{collections::BTreeMap, fs, path::Path};

use v4l::{FourCC, video::Capture};

use super::CameraNode;
use crate::device::Device;

/// What a camera must offer one of, as V4L2 calls it: the formats that the capture thread converts.
const USABLE: [&[u8; 4]; 3] = [b"YUYV", b"NV12", b"MJPG"];

/// Names that stay the same when the camera is unplugged and plugged in again: by serial number, else by USB port.
const LINKS: [&str; 2] = ["/dev/v4l/by-id", "/dev/v4l/by-path"];

pub(super) fn nodes() -> Vec<CameraNode> {
    let mut indices: Vec<u32> = list("/dev").filter_map(|name| name.strip_prefix("video")?.parse().ok()).collect();
    indices.sort_unstable();
    let links = stable_names();
    let node = |index| {
        let path = format!("/dev/video{index}");
        let id = links.get(&index).unwrap_or(&path).clone();
        let device = Device { id, label: label(index, &path) };
        CameraNode { device, index, path: Some(path) }
    };
    indices.into_iter().filter(|index| is_camera(*index)).map(node).collect()
}

/// Whether the node offers pictures. One that cannot be opened is judged by its place: the first node of a device is
/// the camera, the next is its metadata.
fn is_camera(index: u32) -> bool {
    let formats = v4l::Device::new(index as usize).and_then(|device| Capture::enum_formats(&device));
    match formats {
        Ok(formats) => {
            let usable = USABLE.map(FourCC::new);
            formats.iter().any(|format| usable.contains(&format.fourcc))
        }
        Err(error) if matches!(error.raw_os_error(), Some(EBUSY | EACCES | EPERM)) => {
            attribute(index, "index").is_none_or(|place| place == "0")
        }
        Err(_) => false,
    }
}

const EPERM: i32 = 1;
const EACCES: i32 = 13;
const EBUSY: i32 = 16;

fn label(index: u32, path: &str) -> String {
    // The kernel joins the names of device and function; where both are the same, "C920: C920" tells no more.
    let name = attribute(index, "name").filter(|name| !name.is_empty());
    match name.as_deref().map(|name| name.split_once(": ").unwrap_or((name, ""))) {
        Some((device, function)) if function.is_empty() || device.starts_with(function) => device.to_owned(),
        Some((device, function)) => format!("{device}: {function}"),
        None => format!("Camera {path}"),
    }
}

fn attribute(index: u32, name: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/sys/class/video4linux/video{index}/{name}")).ok()?;
    Some(text.trim().to_owned())
}

/// From the number of a node to the name of the first link to it.
fn stable_names() -> BTreeMap<u32, String> {
    let mut names = BTreeMap::new();
    for folder in LINKS {
        let mut links: Vec<_> = list(folder).collect();
        links.sort_unstable();
        for link in links {
            let target = fs::read_link(Path::new(folder).join(&link));
            let index = target.ok().as_deref().and_then(Path::file_name).and_then(|name| {
                let number = name.to_str()?.strip_prefix("video")?;
                number.parse::<u32>().ok()
            });
            if let Some(index) = index {
                names.entry(index).or_insert(link);
            }
        }
    }
    names
}

fn list(folder: &str) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
