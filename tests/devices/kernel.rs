//! The kernel's devices, and what can be done to them: plug, unplug, keep busy, break.
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use parlor_tests::binary;
use serde_json::Value;

/// A camera of `vivid`, as `parlor devices` lists it.
#[derive(Debug)]
pub(crate) struct Camera {
    pub(crate) id: String,
    pub(crate) label: String,
    node: PathBuf,
}

/// What a camera shows: one colour all over, which tells it from the others after any codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Red,
    Blue,
}

/// A camera that is not plugged in. It is plugged in again when this is dropped.
#[derive(Debug)]
pub(crate) struct Unplugged {
    // The driver brings a camera back when the last program has closed it.
    _open: File,
}

/// Another program that uses a camera. To drop it is to end that program.
#[derive(Debug)]
pub(crate) struct OtherProgram(Child);

/// The first two cameras of `vivid`, the first red, the second blue. `None`, and a word about it, where the test
/// cannot run.
pub(crate) fn two_cameras() -> Option<[Camera; 2]> {
    if count_vivid_cameras() < 2 {
        return skipped("there are no two cameras of the kernel's `vivid` driver (see docs/testing.md)");
    }
    if Command::new("v4l2-ctl").arg("--version").output().is_err() {
        return skipped("there is no v4l2-ctl (install v4l-utils)");
    }
    let lists = listed();
    let cameras = lists["cameras"].as_array().expect("a list");
    let mut cameras = cameras.iter().map(Camera::listed).filter(|camera| camera.label.starts_with("vivid"));
    let (Some(red), Some(blue)) = (cameras.next(), cameras.next()) else {
        panic!("parlor does not list both cameras: {lists}");
    };
    red.show(Colour::Red);
    blue.show(Colour::Blue);
    Some([red, blue])
}

/// The ids of a speaker and of the microphone that hears it. `None`, and a word about it, where there is no
/// `snd-aloop`.
pub(crate) fn loopback() -> Option<(String, String)> {
    if !Path::new("/sys/module/snd_aloop").exists() {
        return skipped("there is no sound card of the kernel's `snd-aloop` driver (see docs/testing.md)");
    }
    let lists = listed();
    let find = |list: &str, id: &str| {
        let found = lists[list].as_array().into_iter().flatten().find(|device| device["id"] == id);
        found.unwrap_or_else(|| panic!("parlor lists no {id} among the {list}: {lists}"));
        id.to_owned()
    };
    // What is played on its first device is captured on its second.
    let speaker = find("speakers", "alsa:plughw:CARD=Loopback,DEV=0");
    let microphone = find("microphones", "alsa:plughw:CARD=Loopback,DEV=1");
    Some((speaker, microphone))
}

/// What `parlor devices --json` says now.
pub(crate) fn listed() -> Value {
    let output = binary("parlor").args(["devices", "--json"]).output().expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

impl Camera {
    /// What `--camera` and `set_camera` call it.
    pub(crate) fn spec(&self) -> String {
        format!("camera:{}", self.id)
    }

    /// Unplugs it, also from under a program that uses it.
    pub(crate) fn unplug(&self) -> Unplugged {
        let open = File::open(&self.node).expect("the camera is plugged in");
        self.set("disconnect=1");
        Unplugged { _open: open }
    }

    /// Unplugs it from under the program that uses it. It is plugged in again when that program has closed it.
    pub(crate) fn unplug_until_closed(&self) {
        self.set("disconnect=1");
    }

    /// Has the next program that starts its stream fail.
    pub(crate) fn fail_next_start(&self) {
        self.set("inject_vidioc_streamon_error=1");
    }

    /// Has it send the given share of its pictures, in percent.
    pub(crate) fn send(&self, percent: u32) {
        self.set(&format!("percentage_of_dropped_buffers={}", 100 - percent));
    }

    /// Uses it from another program, until that is dropped.
    pub(crate) fn occupy(&self) -> OtherProgram {
        let mut command = Command::new("v4l2-ctl");
        command.arg("--device").arg(&self.node);
        command.args(["--set-fmt-video", "width=320,height=180,pixelformat=YUYV", "--set-parm", "5", "--stream-mmap"]);
        let mut program =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("v4l2-ctl starts");
        // It writes a `<` for every picture.
        let mut said = program.stderr.take().expect("it is piped");
        let mut letter = [0];
        while letter != *b"<" {
            said.read_exact(&mut letter).expect("v4l2-ctl gets pictures");
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        OtherProgram(program)
    }

    fn listed(device: &Value) -> Self {
        let text = |field: &str| device[field].as_str().expect("a text").to_owned();
        let (id, label) = (text("id"), text("label"));
        let links = ["/dev/v4l/by-id", "/dev/v4l/by-path"].map(|folder| Path::new(folder).join(&id));
        let node = links.iter().find_map(|link| link.canonicalize().ok()).unwrap_or_else(|| PathBuf::from(&id));
        Self { id, label, node }
    }

    fn show(&self, colour: Colour) {
        let pattern = match colour {
            Colour::Red => 7,
            Colour::Blue => 9,
        };
        self.set(&format!("test_pattern={pattern},osd_text_mode=2,percentage_of_dropped_buffers=0"));
    }

    fn set(&self, controls: &str) {
        let mut command = Command::new("v4l2-ctl");
        let output = command.arg("--device").arg(&self.node).args(["--set-ctrl", controls]).output();
        let output = output.expect("v4l2-ctl runs");
        assert!(output.status.success(), "{controls}: {output:?}");
    }
}

impl Drop for OtherProgram {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn count_vivid_cameras() -> usize {
    let nodes = fs::read_dir("/sys/class/video4linux").into_iter().flatten().flatten();
    let names = nodes.filter_map(|node| fs::read_to_string(node.path().join("name")).ok());
    names.filter(|name| name.starts_with("vivid-") && name.trim().ends_with("-vid-cap")).count()
}

fn skipped<T>(why: &str) -> Option<T> {
    eprintln!("SKIPPED: {why}");
    None
}
