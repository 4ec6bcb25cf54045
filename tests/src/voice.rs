//! Something to say.
use std::path::Path;

use parlor_media::audio::{SAMPLE_RATE, artificial::speech};

/// Writes ten seconds of a voice into a folder, and gives what makes it somebody's microphone.
///
/// # Panics
/// Where the disk does not take it.
pub fn voice(folder: &Path) -> String {
    let path = folder.join("voice.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(&path, spec).expect("a file for the voice");
    for sample in speech(1, 10.0) {
        file.write_sample(sample).expect("a sample");
    }
    file.finalize().expect("the voice is written");
    format!("file:{}", path.display())
}
