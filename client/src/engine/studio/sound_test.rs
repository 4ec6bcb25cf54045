//! Runs the test of speaker and microphone.
use std::time::Instant;

use parlor_media::audio::clip::Clip;

use super::{DeviceStatus, Studio};
use crate::engine::{SoundTest, sound_test::RECORDING};

impl Studio {
    /// Plays a melody through the speaker.
    pub(in crate::engine) fn test_speaker(&mut self, now: Instant) {
        self.stop_sound_test();
        let melody = Clip::melody();
        self.view.sound_test = SoundTest::speaker(melody.length(), now);
        self.playback.play(melody);
    }

    /// Listens to the microphone, to play that back. Does nothing while it is not open.
    pub(in crate::engine) fn test_microphone(&mut self, now: Instant) {
        self.stop_sound_test();
        if matches!(self.view.microphone.status, DeviceStatus::Running { .. }) {
            self.microphone.record(RECORDING);
            self.view.sound_test = SoundTest::microphone(now);
        }
    }

    /// Ends whichever test runs.
    pub(in crate::engine) fn stop_sound_test(&mut self) {
        match std::mem::take(&mut self.view.sound_test) {
            SoundTest::Off => {}
            SoundTest::Recording { .. } => drop(self.microphone.take_recording()),
            SoundTest::Speaker { .. } | SoundTest::Playing { .. } => self.playback.stop_playing(),
        }
    }

    /// How loud the test is that is played.
    pub(in crate::engine) fn test_level(&self) -> f32 {
        if self.view.sound_test.is_audible() { self.playback.level() } else { 0.0 }
    }

    pub(super) fn go_on_with_test(&mut self, now: Instant) {
        if self.view.sound_test.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        self.view.sound_test = match self.view.sound_test {
            SoundTest::Off | SoundTest::Speaker { .. } | SoundTest::Playing { .. } => SoundTest::Off,
            SoundTest::Recording { .. } => match self.microphone.take_recording() {
                Some(recording) => {
                    let length = recording.length();
                    self.playback.play(recording);
                    SoundTest::playback(length, now)
                }
                None => SoundTest::Off,
            },
        };
    }
}
