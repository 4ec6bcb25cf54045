//! Where sound comes from and where it goes, as a person writes it: one word, or a word and a name after a colon.
use std::{fmt, path::PathBuf, str::FromStr};

use thiserror::Error;

/// The pitch of `tone` where none is given, in Hz.
pub const DEFAULT_TONE_HZ: u32 = 440;

/// The pitches that `tone:HZ` accepts: what Opus carries and an ear hears.
const TONE_HZ: std::ops::RangeInclusive<u32> = 20..=20_000;

/// Where our sound comes from. Written `mic`, `mic:ID`, `tone`, `tone:HZ`, `file:PATH` or `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AudioSpec {
    /// A microphone: the one with this id, or whichever the operating system prefers.
    Microphone(Option<String>),
    /// A steady sine of so many Hz.
    Tone(u32),
    /// A `.wav`, `.webm` or `.mkv` file, over and over.
    File(PathBuf),
    /// No sound at all: every device closed, nothing sent.
    None,
}

/// Where the sound of the others goes. Written `speaker`, `speaker:ID`, `wav:PATH`, `null` or `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SpeakerSpec {
    /// A speaker: the one with this id, or whichever the operating system prefers.
    Speaker(Option<String>),
    /// The mix of everybody into this `.wav` file, in real time and one channel.
    Wav(PathBuf),
    /// Decoded and mixed in real time, then thrown away.
    Null,
}

/// A text that names no audio source.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no audio source: use mic, mic:ID, tone, tone:HZ (20 to 20000), file:PATH or none")]
pub struct ParseAudioSpecError(String);

/// A text that names no audio output.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no audio output: use speaker, speaker:ID, wav:PATH, null or none")]
pub struct ParseSpeakerSpecError(String);

impl FromStr for AudioSpec {
    type Err = ParseAudioSpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ParseAudioSpecError(text.to_owned());
        match text.split_once(':') {
            None => match text {
                "mic" => Ok(Self::Microphone(None)),
                "tone" => Ok(Self::Tone(DEFAULT_TONE_HZ)),
                "none" => Ok(Self::None),
                _ => Err(refused()),
            },
            Some(("mic", id)) if !id.is_empty() => Ok(Self::Microphone(Some(id.to_owned()))),
            Some(("tone", hz)) => {
                let hz = hz.parse().ok().filter(|hz| TONE_HZ.contains(hz)).ok_or_else(refused)?;
                Ok(Self::Tone(hz))
            }
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(_) => Err(refused()),
        }
    }
}

impl fmt::Display for AudioSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Microphone(None) => f.write_str("mic"),
            Self::Microphone(Some(id)) => write!(f, "mic:{id}"),
            Self::Tone(DEFAULT_TONE_HZ) => f.write_str("tone"),
            Self::Tone(hz) => write!(f, "tone:{hz}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for SpeakerSpec {
    type Err = ParseSpeakerSpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None => match text {
                "speaker" => Ok(Self::Speaker(None)),
                "null" | "none" => Ok(Self::Null),
                _ => Err(ParseSpeakerSpecError(text.to_owned())),
            },
            Some(("speaker", id)) if !id.is_empty() => Ok(Self::Speaker(Some(id.to_owned()))),
            Some(("wav", path)) if !path.is_empty() => Ok(Self::Wav(path.into())),
            Some(_) => Err(ParseSpeakerSpecError(text.to_owned())),
        }
    }
}

impl fmt::Display for SpeakerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Speaker(None) => f.write_str("speaker"),
            Self::Speaker(Some(id)) => write!(f, "speaker:{id}"),
            Self::Wav(path) => write!(f, "wav:{}", path.display()),
            Self::Null => f.write_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_written_as_it_is_read() {
        for text in ["mic", "mic:pulseaudio:alsa_input.usb-1", "tone", "tone:1000", "file:/tmp/a b.wav", "none"] {
            let spec: AudioSpec = text.parse().unwrap();

            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn every_output_is_written_as_it_is_read() {
        for text in ["speaker", "speaker:alsa:plughw:CARD=PCH,DEV=0", "wav:out.wav", "null"] {
            let spec: SpeakerSpec = text.parse().unwrap();

            assert_eq!(spec.to_string(), text);
        }
        assert_eq!("none".parse(), Ok(SpeakerSpec::Null));
    }

    #[test]
    fn a_wrong_source_is_refused_with_the_list_of_right_ones() {
        for text in ["", "mike", "mic:", "tone:0", "tone:high", "tone:-1", "file:", "camera", "none:1"] {
            let refused = text.parse::<AudioSpec>().unwrap_err().to_string();

            for allowed in ["mic:ID", "tone:HZ", "file:PATH", "none"] {
                assert!(refused.contains(allowed), "{refused}");
            }
        }
    }

    #[test]
    fn a_wrong_output_is_refused_with_the_list_of_right_ones() {
        for text in ["", "speakers", "speaker:", "wav:", "null:x", "file:x.wav"] {
            let refused = text.parse::<SpeakerSpec>().unwrap_err().to_string();

            for allowed in ["speaker:ID", "wav:PATH", "null"] {
                assert!(refused.contains(allowed), "{refused}");
            }
        }
    }
}
