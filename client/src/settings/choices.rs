//! The choices that have a type of their own.
use parlor_media::audio::{
    Mode,
    processing::{Noise, Processing, Scope},
};
use serde::{Deserialize, Serialize};

/// Which theme was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the operating system has it.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// Which language was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageChoice {
    /// As the operating system has it.
    #[default]
    System,
    /// English.
    English,
    /// Korean.
    Korean,
}

/// How our pictures are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoChoice {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
    /// Bits a second that they take, in thousands.
    pub kbps: u32,
    /// Bits a second that everything we send to everybody may take together, in thousands; none sets no limit.
    pub upload_kbps: Option<u32>,
}

impl Default for VideoChoice {
    fn default() -> Self {
        Self { width: 640, height: 360, fps: 30, kbps: 800, upload_kbps: None }
    }
}

impl VideoChoice {
    /// The same with pictures of another size, and the bits that they usually take.
    pub fn with_size(self, size: PictureSize) -> Self {
        Self { width: size.width, height: size.height, kbps: size.kbps, ..self }
    }

    /// What was written by hand, as near as the encoder can come to it.
    pub(super) fn within_limits(self) -> Self {
        Self {
            // The encoder takes even sides only.
            width: self.width.clamp(64, 3840) & !1,
            height: self.height.clamp(64, 2160) & !1,
            fps: self.fps.clamp(1, 60),
            kbps: self.kbps.clamp(50, 20_000),
            upload_kbps: self.upload_kbps.map(|kbps| kbps.clamp(100, 1_000_000)),
        }
    }
}

/// A size of pictures to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSize {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bits a second that pictures of this size take to look good, in thousands.
    pub kbps: u32,
}

impl PictureSize {
    /// All of them, the smallest first.
    pub const ALL: [Self; 4] = [
        Self { width: 320, height: 180, kbps: 300 },
        Self { width: 640, height: 360, kbps: 800 },
        Self { width: 960, height: 540, kbps: 1400 },
        Self { width: 1280, height: 720, kbps: 2200 },
    ];
}

/// What is done to our sound, and to that of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SoundChoice {
    /// Take what the speaker plays out of what the microphone hears.
    pub echo_cancellation: bool,
    /// How much noise is taken out of it.
    pub noise: NoiseChoice,
    /// Bring our voice to an even loudness.
    pub gain: bool,
    /// Send music: both channels, many bits, and none of the above.
    pub music: bool,
    /// Bring the voices of the others to the same loudness.
    pub level_voices: bool,
}

/// How much noise is taken out of our sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseChoice {
    /// None.
    Off,
    /// What is steady.
    #[default]
    Standard,
    /// Whatever is no voice.
    Strong,
}

impl Default for SoundChoice {
    fn default() -> Self {
        Self { echo_cancellation: true, noise: NoiseChoice::default(), gain: true, music: false, level_voices: true }
    }
}

impl SoundChoice {
    /// The same in the words of the microphone's thread.
    pub(crate) fn processing(self, scope: Scope) -> Processing {
        let mode = if self.music { Mode::Music } else { Mode::Voice };
        Processing { echo: self.echo_cancellation, noise: self.noise.into(), gain: self.gain, mode, scope }
    }
}

impl From<NoiseChoice> for Noise {
    fn from(choice: NoiseChoice) -> Self {
        match choice {
            NoiseChoice::Off => Self::Off,
            NoiseChoice::Standard => Self::Standard,
            NoiseChoice::Strong => Self::Strong,
        }
    }
}

impl From<Noise> for NoiseChoice {
    fn from(noise: Noise) -> Self {
        match noise {
            Noise::Off => Self::Off,
            Noise::Standard => Self::Standard,
            Noise::Strong => Self::Strong,
        }
    }
}

/// How a call starts, and how the microphone is used in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallChoice {
    /// Come in with the microphone muted.
    pub join_muted: bool,
    /// Come in with the camera off.
    pub join_without_camera: bool,
    /// What the key to talk does while it is held.
    pub push: Push,
    /// Do not show our own picture in a call.
    pub hide_self: bool,
    /// Show our own picture as the others see it, not as in a mirror.
    pub unmirrored: bool,
    /// How the stage is divided.
    pub layout: Layout,
}

/// How the stage of a call is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// What is shared is large; where nothing is, all are alike.
    #[default]
    Automatic,
    /// All are alike.
    Grid,
    /// Who speaks is large, or what is shared.
    Speaker,
}

impl Layout {
    /// All of them, as they are offered.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Grid, Self::Speaker];
}

/// What the key to talk does while it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// Nothing.
    #[default]
    Off,
    /// It unmutes the microphone.
    ToTalk,
    /// It mutes the microphone.
    ToMute,
}

/// What draws attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    /// Sounds when somebody comes, goes or writes.
    pub sounds: bool,
    /// The desktop's own notifications while the window is not in front.
    pub desktop: bool,
}

impl Default for Notifications {
    fn default() -> Self {
        Self { sounds: true, desktop: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_brings_its_bits_and_leaves_the_rest() {
        let choice = VideoChoice { fps: 15, upload_kbps: Some(1000), ..VideoChoice::default() };

        let larger = choice.with_size(PictureSize::ALL[3]);

        let expected = VideoChoice { width: 1280, height: 720, fps: 15, kbps: 2200, upload_kbps: Some(1000) };
        assert_eq!(larger, expected);
    }

    #[test]
    fn what_no_encoder_takes_is_brought_near_to_what_it_does() {
        let written = VideoChoice { width: 0, height: 9999, fps: 0, kbps: 0, upload_kbps: Some(0) };
        let odd = VideoChoice { width: 641, height: 361, ..VideoChoice::default() };

        let expected = VideoChoice { width: 64, height: 2160, fps: 1, kbps: 50, upload_kbps: Some(100) };
        assert_eq!(written.within_limits(), expected);
        assert_eq!(odd.within_limits(), VideoChoice::default());
    }
}
