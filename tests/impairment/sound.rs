//! Has sound.py score the speech that arrived.
use std::{path::Path, process::Command};

use parlor_tests::{
    score::{Delay, Window},
    trial::Outcome,
};
use serde::Deserialize;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/impairment/sound.py");

/// How to score.
#[derive(Debug)]
pub(crate) struct SoundScorer<'a> {
    /// A Python with what the script needs.
    pub(crate) python: &'a Path,
    /// What was said.
    pub(crate) said: &'a Path,
}

/// How good the sound of a call was.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SoundScore {
    /// How much of it can be understood, 0 to 1 (Taal, Hendriks, Heusdens and Jensen, 2011).
    pub(crate) stoi: f64,
    /// How good it sounds, 1 to 4.6 (ITU-T P.862.2).
    pub(crate) pesq: Option<f64>,
    /// From mouth to ear: half of the stretches, and nineteen in twenty, take no longer.
    pub(crate) delay_ms: Option<f64>,
    pub(crate) delay_high_ms: Option<f64>,
    /// When each stretch was said, in microseconds since 1970, and its milliseconds from mouth to ear.
    delays: Vec<(u64, f64)>,
    /// Stretches over 20 ms in which speech is missing, and the longest of them.
    pub(crate) gaps: u32,
    pub(crate) longest_gap_ms: f64,
}

impl SoundScore {
    /// How long each stretch took from mouth to ear.
    pub(crate) fn delays(&self) -> Vec<Delay> {
        self.delays.iter().map(|(unix_us, ms)| Delay { unix_us: *unix_us, ms: *ms }).collect()
    }
}

impl SoundScorer<'_> {
    /// Scores what arrived in that time. `None` where nothing did.
    pub(crate) fn score(&self, outcome: &Outcome, window: Window) -> Option<SoundScore> {
        let seconds = |unix_us: u64| format!("{:.6}", unix_us as f64 / 1e6);
        let output = Command::new(self.python)
            .args([Path::new(SCRIPT), Path::new("--said"), self.said, Path::new("--heard"), &outcome.sound()])
            .args(["--heard-from", &format!("{:.6}", outcome.sound_from()?)])
            .args(["--start", &seconds(window.from_us), "--until", &seconds(window.to_us), "--began"])
            .args(outcome.sound_began().iter().map(|began| format!("{began:.6}")))
            .output()
            .expect("Python runs");
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "sound.py: {complaints}");
        Some(serde_json::from_slice(&output.stdout).expect("scores"))
    }
}
