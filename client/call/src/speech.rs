//! Whether we speak: what the microphone hears, and whether anybody may know.
use parlor_protocol::TrackState;

/// What is known of our speech, and what was told of it.
#[derive(Debug, Default)]
pub(crate) struct Speech {
    /// None before anything was heard of the detector.
    heard: Option<bool>,
    told: Option<bool>,
}

impl Speech {
    /// The detector has changed its mind.
    pub(crate) fn heard(&mut self, heard: bool) {
        self.heard = Some(heard);
    }

    /// Whether we speak, as far as others may know: whoever is muted does not. None where nothing detects it.
    pub(crate) fn speaking(&self, microphone: TrackState) -> Option<bool> {
        self.heard.map(|heard| heard && microphone == TrackState::On)
    }

    /// What everybody is to be told now, if anything.
    pub(crate) fn news(&mut self, microphone: TrackState) -> Option<bool> {
        let speaking = self.speaking(microphone);
        let news = std::mem::replace(&mut self.told, speaking) != speaking;
        speaking.filter(|_| news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_once() {
        let mut speech = Speech::default();

        let before = speech.news(TrackState::On);
        speech.heard(true);
        let begins = [speech.news(TrackState::On), speech.news(TrackState::On)];
        speech.heard(false);
        let ends = [speech.news(TrackState::On), speech.news(TrackState::On)];

        assert_eq!((before, begins, ends), (None, [Some(true), None], [Some(false), None]));
    }

    #[test]
    fn whoever_is_muted_does_not_speak() {
        let mut speech = Speech::default();
        speech.heard(true);

        let (muted, off) = (speech.news(TrackState::Muted), speech.news(TrackState::Off));
        let again = speech.news(TrackState::On);

        assert_eq!((muted, off, again), (Some(false), None, Some(true)));
    }
}
