//! The kernel's devices, and what can be done to them: plug, unplug, keep busy, break.
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_tests::binary;
use serde_json::Value;

/// Where the kernel tells who records from the sound card.
const PROGRAMS_AT_ONCE: &str = "/proc/asound/Loopback/pcm1c";
const CARD_DRIVER: &str = "/sys/bus/platform/drivers/snd_aloop";
const CARD: &str = "snd_aloop.0";

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

/// The sound card of `snd-aloop`: what its speaker plays, its microphone hears.
#[derive(Debug)]
pub(crate) struct SoundCard {
    pub(crate) speaker: Device,
    pub(crate) microphone: Device,
}

/// A speaker or a microphone, as `parlor devices` lists it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) label: String,
}

/// A sound card that is not plugged in. It is plugged in again when this is dropped.
#[derive(Debug)]
pub(crate) struct UnpluggedCard {
    leaving: Child,
}

/// A camera that is not plugged in. It is plugged in again when this is dropped.
#[derive(Debug)]
pub(crate) struct Unplugged {
    // The driver brings a camera back when the last program has closed it.
    _open: File,
}

/// Another program that uses a camera or a sound card. To drop it is to end that program.
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

/// The sound card of `snd-aloop`. `None`, and a word about it, where there is none.
pub(crate) fn sound_card() -> Option<SoundCard> {
    if !Path::new(PROGRAMS_AT_ONCE).exists() {
        return skipped("there is no sound card of the kernel's `snd-aloop` driver (see docs/testing.md)");
    }
    if Command::new("arecord").arg("--version").output().is_err() {
        return skipped("there is no arecord (install alsa-utils)");
    }
    let lists = listed();
    let find = |list: &str, id: &str| {
        let found = lists[list].as_array().into_iter().flatten().find(|device| device["id"] == id);
        let found = found.unwrap_or_else(|| panic!("parlor lists no {id} among the {list}: {lists}"));
        Device { id: id.to_owned(), label: found["label"].as_str().expect("a text").to_owned() }
    };
    // What is played on its first device is captured on its second.
    let speaker = find("speakers", "alsa:plughw:CARD=Loopback,DEV=0");
    let microphone = find("microphones", "alsa:plughw:CARD=Loopback,DEV=1");
    Some(SoundCard { speaker, microphone })
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
        let mut program = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("v4l2-ctl starts");
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

impl SoundCard {
    /// How many programs can record from it at the same time.
    pub(crate) fn programs_at_once(&self) -> usize {
        let entries = fs::read_dir(PROGRAMS_AT_ONCE).expect("the card is plugged in").flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("sub")).count()
    }

    /// Records from it with so many other programs, until they are dropped.
    pub(crate) fn occupy(&self, programs: usize) -> Vec<OtherProgram> {
        let record = |number: usize| {
            let device = format!("hw:CARD=Loopback,DEV=1,SUBDEV={number}");
            let mut command = Command::new("arecord");
            command.args(["--quiet", "--format", "S16_LE", "--rate", "48000", "--channels", "2", "--device", &device]);
            let program = OtherProgram(command.stdout(Stdio::null()).spawn().expect("arecord starts"));
            let status = Path::new(PROGRAMS_AT_ONCE).join(format!("sub{number}/status"));
            let deadline = Instant::now() + Duration::from_secs(20);
            while !fs::read_to_string(&status).is_ok_and(|status| status.contains("RUNNING")) {
                assert!(Instant::now() < deadline, "arecord does not record from {device}");
                sleep(Duration::from_millis(100));
            }
            program
        };
        // The first is left free the longest: it is the one that the speaker is heard by.
        let all = self.programs_at_once();
        (all - programs..all).map(record).collect()
    }

    /// Unplugs it from under the programs that use it.
    pub(crate) fn unplug(&self) -> UnpluggedCard {
        // The kernel waits until every program has closed the card.
        let unbind = format!("echo {CARD} > {CARD_DRIVER}/unbind");
        UnpluggedCard { leaving: Command::new("sh").args(["-c", &unbind]).spawn().expect("sh starts") }
    }
}

impl Drop for UnpluggedCard {
    fn drop(&mut self) {
        let gone = self.leaving.wait();
        let back = fs::write(Path::new(CARD_DRIVER).join("bind"), CARD);
        if !std::thread::panicking() {
            assert!(gone.is_ok_and(|status| status.success()), "every program closes the card");
            back.expect("the card comes back");
        }
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
