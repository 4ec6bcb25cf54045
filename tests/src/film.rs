//! Looks at recorded films: with ffprobe and ffmpeg, which know nothing of Parlor, and with Parlor's own sources.
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use parlor_media::video::{
    pattern::{self, PatternMark},
    source::{VideoSource, file::FileSource},
};
use serde_json::Value;

/// How long a picture of a film may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What ffprobe finds in a film.
#[derive(Debug)]
pub struct Film {
    /// When the packets of its pictures are due, in seconds.
    pub pictures: Vec<f64>,
    /// When the packets of its sound are due, in seconds.
    pub sound: Vec<f64>,
    /// Whether the packets of its pictures are keyframes.
    pub keyframes: Vec<bool>,
    /// What it says of its own length, in seconds.
    pub duration: Option<f64>,
}

impl Film {
    /// Reads a film.
    ///
    /// # Panics
    /// Where ffprobe finds anything to complain of, or something else than VP8 and Opus.
    pub fn probe(path: &Path) -> Self {
        let entries = "format=duration:stream=index,codec_name:packet=stream_index,pts_time,flags";
        let arguments = ["-v", "warning", "-of", "json", "-show_entries", entries];
        let output = Command::new("ffprobe").args(arguments).arg(path).output().expect("ffprobe runs");
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaints.is_empty(), "{}: {complaints}", path.display());
        let probed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let index = |codec: &str| {
            let streams = probed["streams"].as_array().into_iter().flatten();
            streams.filter(|stream| stream["codec_name"] == codec).map(|stream| stream["index"].clone()).next()
        };
        let (vp8, opus) = (index("vp8"), index("opus"));
        let streams = probed["streams"].as_array().map_or(0, Vec::len);
        assert_eq!(streams, usize::from(vp8.is_some()) + usize::from(opus.is_some()), "{probed}");
        let packets = |index: &Option<Value>| {
            let packets = probed["packets"].as_array().into_iter().flatten();
            packets.filter(|packet| Some(&packet["stream_index"]) == index.as_ref()).collect::<Vec<_>>()
        };
        let times = |index| packets(index).into_iter().map(|packet| seconds(&packet["pts_time"])).collect();
        Self {
            pictures: times(&vp8),
            sound: times(&opus),
            keyframes: packets(&vp8)
                .into_iter()
                .map(|packet| packet["flags"].as_str().is_some_and(|flags| flags.starts_with('K')))
                .collect(),
            duration: probed["format"]["duration"].as_str().and_then(|duration| duration.parse().ok()),
        }
    }
}

/// Decodes everything in a film with ffmpeg.
///
/// # Panics
/// Where it finds anything to complain of.
pub fn assert_decodes(path: &Path) {
    // Pictures come when they come: in even steps, two of them may fall together.
    let as_timed = ["-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-f", "null", "-"];
    let output = Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(as_timed).output();
    let output = output.expect("ffmpeg runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{}: {complaints}", path.display());
}

/// The left and the right channel of a film's sound, 48 kHz, -1 to 1, as ffmpeg decodes them.
///
/// # Panics
/// Where it finds no sound.
pub fn channels(path: &Path) -> [Vec<f32>; 2] {
    let as_samples = ["-map", "0:a", "-f", "f32le", "-ac", "2", "-ar", "48000", "-"];
    let output = Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(as_samples).output();
    let output = output.expect("ffmpeg runs");
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    let samples: Vec<_> = output
        .stdout
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    let channel = |first: usize| samples.iter().skip(first).step_by(2).copied().collect();
    [channel(0), channel(1)]
}

/// The marks of the first test pictures of a film, as the source of files in Parlor gives them.
///
/// # Panics
/// Where there are not so many, or one without a mark.
pub fn first_marks(path: &Path, count: usize) -> Vec<PatternMark> {
    let mut source = FileSource::open(path).unwrap_or_else(|error| panic!("{error}"));
    let mut marks = Vec::new();
    while marks.len() < count {
        if let Some(picture) = source.next_frame(PATIENCE).expect("a film that goes on") {
            marks.push(pattern::read(&picture).expect("a test picture"));
        }
    }
    marks
}

/// The one folder in a folder.
///
/// # Panics
/// Where there is none, or more than one.
pub fn only_folder(folder: &Path) -> PathBuf {
    let mut folders: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders.remove(0)
}

fn seconds(time: &Value) -> f64 {
    time.as_str().and_then(|time| time.parse().ok()).unwrap_or_else(|| panic!("{time} is no time"))
}
