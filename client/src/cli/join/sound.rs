//! The arguments about what is done to sound.
use clap::{ArgAction, Args};
use parlor_media::audio::{processing::Noise, spec::AudioSpec};

use crate::settings::{NoiseChoice, SoundChoice};

/// What is done to our sound, and to that of the others.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SoundArguments {
    /// Take what the speaker plays out of our sound. [default: on for microphones, in the window what was set there]
    #[arg(long, value_name = "on|off", action = ArgAction::Set, value_parser = parse_switch)]
    echo_cancellation: Option<bool>,
    /// Take noise out of our sound: off, standard or strong. [default: standard for microphones]
    #[arg(long, value_name = "STRENGTH")]
    noise: Option<Noise>,
    /// Bring our sound to an even loudness. [default: on for microphones]
    #[arg(long, value_name = "on|off", action = ArgAction::Set, value_parser = parse_switch)]
    gain: Option<bool>,
    /// Send music: both channels, 128 kbit/s, and nothing done to it.
    #[arg(long)]
    music: bool,
    /// Bring the voices of the others to the same loudness. [default: off, in the window what was set there]
    #[arg(long, value_name = "on|off", action = ArgAction::Set, value_parser = parse_switch)]
    level_voices: Option<bool>,
}

impl SoundArguments {
    /// Whether anything about our own voice is asked for by name: then tones and files are processed too.
    pub(super) fn is_given(&self) -> bool {
        self.echo_cancellation.is_some() || self.noise.is_some() || self.gain.is_some()
    }

    /// What is asked for. A microphone gets what is usual besides; a tone or a file only that.
    pub(super) fn choice(&self, defaults: SoundChoice, microphone: &AudioSpec) -> SoundChoice {
        let rest = match microphone {
            AudioSpec::Microphone(_) => defaults,
            AudioSpec::Tone(_) | AudioSpec::File(_) | AudioSpec::None if self.is_given() => {
                SoundChoice { echo_cancellation: false, noise: NoiseChoice::Off, gain: false, ..defaults }
            }
            AudioSpec::Tone(_) | AudioSpec::File(_) | AudioSpec::None => defaults,
        };
        SoundChoice {
            echo_cancellation: self.echo_cancellation.unwrap_or(rest.echo_cancellation),
            noise: self.noise.map_or(rest.noise, NoiseChoice::from),
            gain: self.gain.unwrap_or(rest.gain),
            music: self.music || rest.music,
            level_voices: self.level_voices.unwrap_or(rest.level_voices),
        }
    }
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("{text:?} is neither \"on\" nor \"off\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_gets_what_was_asked_for_and_nothing_else() {
        let arguments = SoundArguments { noise: Some(Noise::Strong), ..SoundArguments::default() };

        let tone = arguments.choice(SoundChoice::default(), &AudioSpec::Tone(440));
        let microphone = arguments.choice(SoundChoice::default(), &AudioSpec::Microphone(None));

        let strong = SoundChoice { noise: NoiseChoice::Strong, ..SoundChoice::default() };
        assert_eq!(tone, SoundChoice { echo_cancellation: false, gain: false, ..strong });
        assert_eq!(microphone, strong);
        assert!(arguments.is_given() && !SoundArguments::default().is_given());
    }

    #[test]
    fn a_switch_is_on_or_off() {
        assert_eq!(parse_switch("on"), Ok(true));
        assert_eq!(parse_switch("off"), Ok(false));
        assert!(parse_switch("maybe").unwrap_err().contains("maybe"));
    }
}
