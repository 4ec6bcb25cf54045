//! Pages of text, as people share them: the documentation of Parlor in its own font, drawn by ffmpeg.
use std::{fs, path::Path, process::Command, time::Instant};

use parlor_media::frame::{Size, VideoFrame};

/// Height of the letters and of a line, in pixels: usual on a screen.
const LETTERS: u32 = 16;
const LINE: u32 = 22;

/// A page of this size: two columns, which begin at this line of their texts. `folder` takes what ffmpeg reads.
///
/// # Panics
/// Where ffmpeg does not draw it.
pub fn page(folder: &Path, size: Size, first_line: usize) -> VideoFrame {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let lines = (size.height / LINE) as usize;
    let column = |name: &str, left: u32, colour: &str| {
        let text = fs::read_to_string(root.join("docs").join(name)).expect("documentation");
        let part: Vec<_> = text.lines().cycle().skip(first_line).take(lines).collect();
        let path = folder.join(name);
        fs::write(&path, part.join("\n")).expect("a file");
        let font = root.join("assets/fonts/parlor-sans.ttf");
        let (font, path) = (font.display(), path.display());
        format!(
            "drawtext=fontfile={font}:textfile={path}:expansion=none:x={left}:y=8:fontsize={LETTERS}:\
             line_spacing=3:fontcolor={colour}"
        )
    };
    let left = column("protocol.md", 16, "black");
    let right = column("headless.md", size.width / 2, "0x203060");
    let canvas = format!("color=white:size={}x{}:rate=1", size.width, size.height);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &canvas, "-vf", &format!("{left},{right}")])
        .args(["-frames:v", "1", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
        .output()
        .expect("ffmpeg runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    VideoFrame::new(size, output.stdout, Instant::now()).expect("a whole picture")
}
