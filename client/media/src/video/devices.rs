//! The cameras that the operating system lists.
use crate::device::{self, Device};

#[cfg_attr(target_os = "linux", path = "devices/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "devices/other.rs")]
mod system;

/// Every camera that is plugged in and offers pictures, in the system's order. Opening devices to look at them may
/// take a tenth of a second each, so no window calls this on its own thread.
pub fn cameras() -> Vec<Device> {
    nodes().into_iter().map(|node| node.device).collect()
}

/// The node with this id, or the first one where no id is given.
pub(crate) fn find(id: Option<&str>) -> Option<CameraNode> {
    let mut nodes = nodes();
    let position = match id {
        None => 0,
        Some(id) => nodes.iter().position(|node| node.device.id == id || node.path.as_deref() == Some(id))?,
    };
    (position < nodes.len()).then(|| nodes.swap_remove(position))
}

/// A camera as it can be opened.
#[derive(Debug, Clone)]
pub(crate) struct CameraNode {
    pub(crate) device: Device,
    /// The number by which nokhwa opens it.
    pub(crate) index: u32,
    /// The device file, where the system has one.
    pub(crate) path: Option<String>,
}

/// Every camera, under the name by which a person finds it in the list.
fn nodes() -> Vec<CameraNode> {
    let mut nodes = system::nodes();
    tell_apart(&mut nodes);
    device::remember(nodes.iter().map(|node| &node.device));
    nodes
}

/// Numbers the second and every further camera of the same name.
fn tell_apart(nodes: &mut [CameraNode]) {
    let labels: Vec<_> = nodes.iter().map(|node| node.device.label.clone()).collect();
    for (position, CameraNode { device, .. }) in nodes.iter_mut().enumerate() {
        let before = labels[..position].iter().filter(|label| **label == device.label).count();
        if before > 0 {
            device.label = format!("{} ({})", device.label, before + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_of_the_same_name_are_numbered() {
        let mut nodes = ["C920", "Brio", "C920", "C920"].map(|label| CameraNode {
            device: Device { id: String::new(), label: label.to_owned() },
            index: 0,
            path: None,
        });

        tell_apart(&mut nodes);

        assert_eq!(nodes.map(|node| node.device.label), ["C920", "Brio", "C920 (2)", "C920 (3)"]);
    }

    #[test]
    fn an_id_that_nobody_has_is_not_found() {
        assert!(find(Some("no-such-camera")).is_none());
    }
}
