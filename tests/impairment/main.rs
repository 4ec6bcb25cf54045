//! Tries calls on bad networks and scores what arrived: `make bench-impairment`. Writes a report in Markdown.
//!
//! Two real programs, a real server, `--impair` for the network, and `--save` for what arrived: pictures are compared
//! with the film that was sent, picture by picture, and sound with the speech, by sound.py. All on one machine, so that
//! times can be compared.
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a benchmark tells how far it is, and ends where it cannot go on"
)]

mod cases;
mod measured;
mod plot;
mod report;
mod sound;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::{Parser, builder::PossibleValuesParser};
use parlor_tests::{clip, score::Film, trial::Trial};

use self::{
    cases::{CASES, Case},
    measured::Measured,
    sound::SoundScorer,
};

const TAG: u8 = 7;

/// Tries calls on bad networks and writes a report.
#[derive(Debug, Parser)]
struct Arguments {
    /// The speech to send: 48 kHz, one channel, 16 bit
    #[arg(long, value_name = "FILE.wav")]
    speech: PathBuf,
    /// The film to send, 640x360; without one, one is drawn
    #[arg(long, value_name = "FILE.y4m")]
    film: Option<PathBuf>,
    /// A Python that has the packages of tests/impairment/requirements.txt
    #[arg(long, value_name = "PROGRAM")]
    python: PathBuf,
    /// Where the report goes; its plots go beside it. By default docs/performance/impairment.md, or, where not everything
    /// is tried, target/impairment.md
    #[arg(long, value_name = "FILE.md")]
    report: Option<PathBuf>,
    /// What else readers of the report should know of this run
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// Try only this; may be given several times
    #[arg(long, value_name = "CASE", value_parser = PossibleValuesParser::new(CASES.iter().map(|case| case.name)))]
    only: Vec<String>,
}

fn main() {
    let arguments = Arguments::parse();
    // What is measured is what is there now, whatever is written meanwhile.
    let mut about = about(&arguments);

    let measured = try_all(&arguments);

    about.load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    write_report(&arguments, &about, &measured);
}

fn about(arguments: &Arguments) -> report::About {
    report::About {
        film: arguments.film.as_ref().map_or_else(|| "drawn".into(), |film| name_of(film)),
        speech: name_of(&arguments.speech),
        commit: said_by("git", &["describe", "--always", "--dirty"]),
        date: said_by("date", &["--utc", "+%Y-%m-%d %H:%M UTC"]),
        system: said_by("uname", &["-sr"]),
        note: arguments.note.clone(),
        load: String::new(),
    }
}

fn try_all(arguments: &Arguments) -> Vec<(&'static Case, Measured)> {
    let folder = tempfile::tempdir().expect("a folder");
    let source = clip::given_or_drawn(arguments.film.clone(), folder.path());
    let film = Film::read(&source, TAG);
    let marked = folder.path().join("film.y4m");
    film.write(&marked);
    let camera = format!("file:{}", marked.display());
    let microphone = format!("file:{}", arguments.speech.display());
    let scorer = SoundScorer { python: &arguments.python, said: &arguments.speech };

    let chosen = |case: &&Case| arguments.only.is_empty() || arguments.only.iter().any(|name| name == case.name);
    let measured = CASES.iter().filter(chosen).map(|case| {
        eprintln!("{}: {}", case.name, case.title);
        let trial = Trial {
            camera: if case.video_kbps.is_some() { &camera } else { "none" },
            microphone: &microphone,
            sound: case.sound,
            there: case.there,
            back: case.back,
            video_kbps: case.video_kbps.unwrap_or(800),
            time: case.time,
        };
        let result = Measured::of(case, &trial.run(), &film, &scorer);
        eprintln!("    {:?}\n    {:?}", result.pictures, result.sound);
        (case, result)
    });
    measured.collect()
}

fn write_report(arguments: &Arguments, about: &report::About, measured: &[(&Case, Measured)]) {
    let usual = if arguments.only.is_empty() { "docs/performance/impairment.md" } else { "target/impairment.md" };
    let report = arguments.report.clone().unwrap_or_else(|| PathBuf::from(usual));
    let folder = report.parent().expect("a report is in a folder");
    fs::create_dir_all(folder).expect("a folder for the report");
    for (case, result) in measured {
        if let Some(plot) = plot::of(case, result) {
            fs::write(folder.join(report::plot_name(case)), plot).expect("the plot can be written");
        }
    }
    fs::write(&report, report::text(about, measured)).expect("the report can be written");
    eprintln!("{}", report.display());
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a program prints; nothing where there is none.
fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
