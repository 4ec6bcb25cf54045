//! The report, in Markdown.
use std::fmt::Write as _;

use crate::{
    cases::{Case, Target},
    measured::Measured,
};

/// On what all was measured.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) film: String,
    pub(crate) speech: String,
    pub(crate) commit: String,
    pub(crate) date: String,
    pub(crate) system: String,
    pub(crate) note: String,
    pub(crate) load: String,
}

const HEAD: &str = "\
# Calls on bad networks

`make bench-impairment` writes this. One program sends a film and speech to another one on the same machine, through
`--impair`; what arrives is compared with what was sent.

";

const HOW: &str = "
## How it is measured

- Losses begin two seconds after the connection; what is scored begins after six.
- *SSIM* compares the brightness of every third picture that arrived with the same picture of the film, found by the
  number in its mark, above the mark: the mean, and what one picture in twenty stays below.
- *Frozen* is the share of the time during which a picture was shown for more than 150 ms longer than usual.
- *Picture to picture* is from the moment at which the sender takes a picture from its source until the receiver has
  decoded it: half of the pictures, and nineteen in twenty, take no longer. Drawing it on a screen is not in it.
- *STOI* (intelligibility, 0 to 1) and *PESQ* (wideband, 1 to 4.6) compare speech in stretches of half a second, each laid
  beside the original by cross-correlation, as a jitter buffer stretches time. How much later a stretch of two seconds is
  found is its way from *mouth to ear*, without sound cards.
- *Pictures later than sound*: each stretch of speech of two seconds, and the pictures that were taken meanwhile, from ten
  seconds on: the way of the picture in the middle less the way from mouth to ear. *Apart* is that without its sign; 19 of
  20 stretches are no further. The receiver knows it from sender reports alone.
- *Gaps* are stretches over 20 ms in which speech is 30 dB below what was said.
- *Sent* is everything that the sender hands to the network, with headers, feedback and what is sent again. *Waiting* is
  how long a packet that passes waits for the rate of the link, 95 of 100 packets no longer.
- *Cores* are those of the whole programs, the one that sends and the one that receives.
";

pub(crate) fn text(about: &About, measured: &[(&Case, Measured)]) -> String {
    let mut text = HEAD.to_owned();
    write_about(&mut text, about);
    write_targets(&mut text, measured);
    write_sound(&mut text, measured);
    write_pictures(&mut text, measured);
    write_lips(&mut text, measured);
    write_network(&mut text, measured);
    write_plots(&mut text, measured);
    text.push_str(HOW);
    text
}

/// The name of the file of a plot.
pub(crate) fn plot_name(case: &Case) -> String {
    format!("impairment-{}.svg", case.name)
}

fn write_about(text: &mut String, about: &About) {
    let About { film, speech, commit, date, system, note, load } = about;
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let build = if cfg!(debug_assertions) { "development build" } else { "release build" };
    let load = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    let _ = writeln!(
        text,
        "Commit {commit}, {build}; {date}; {system}, {processors} processors, load at the end {load}. Film: {film}, 640x360 \
         at 30 pictures a second; speech: {speech}."
    );
    if !note.is_empty() {
        let _ = writeln!(text, "\n{note}");
    }
}

fn write_targets(text: &mut String, measured: &[(&Case, Measured)]) {
    text.push_str("\n## What is wanted\n\n| network | | wanted | measured | |\n|---|---|---|---|---|\n");
    let clean = measured.iter().find(|(case, _)| case.name == "clean").map(|(_, clean)| clean);
    for (case, result) in measured {
        for target in case.targets {
            let value = result.value(target.measure, case, clean);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                case.title,
                target.measure.title(),
                target.wanted(),
                value.map_or_else(|| "–".to_owned(), |value| shown(target, value)),
                if value.is_some_and(|value| target.is_met_by(value)) { "met" } else { "**missed**" },
            );
        }
    }
}

fn shown(target: &Target, value: f64) -> String {
    format!("{value:.*}{}", target.measure.digits(), target.measure.unit())
}

fn write_sound(text: &mut String, measured: &[(&Case, Measured)]) {
    text.push_str(
        "\n## Sound\n\n| network | STOI | PESQ | gaps | longest gap, ms | mouth to ear, ms | p95 |\n|---|---|---|---|---|---|---|\n",
    );
    for (case, result) in measured {
        let Some(sound) = &result.sound else {
            let _ = writeln!(text, "| {} | – | – | – | – | – | – |", case.title);
            continue;
        };
        let _ = writeln!(
            text,
            "| {} | {:.3} | {} | {} | {:.0} | {} | {} |",
            case.title,
            sound.stoi,
            number(sound.pesq, 2),
            sound.gaps,
            sound.longest_gap_ms,
            number(sound.delay_ms, 0),
            number(sound.delay_high_ms, 0),
        );
    }
}

fn write_pictures(text: &mut String, measured: &[(&Case, Measured)]) {
    text.push_str(
        "\n## Pictures\n\n| network | SSIM | lowest 5 % | pictures/s | rows | frozen | longest, ms | picture to picture, ms | \
         p95 |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for (case, result) in measured {
        let Some(pictures) = &result.pictures else { continue };
        let rows = match pictures.rows {
            Some((least, most)) if least == most => most.to_string(),
            Some((least, most)) => format!("{least} to {most}"),
            None => "–".to_owned(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.1} | {rows} | {:.1} % | {:.0} | {} | {} |",
            case.title,
            number(pictures.ssim, 3),
            number(pictures.ssim_low, 3),
            pictures.fps,
            100.0 * pictures.frozen,
            pictures.longest_freeze_ms,
            number(pictures.latency_ms, 0),
            number(pictures.latency_ms_high, 0),
        );
    }
}

fn write_lips(text: &mut String, measured: &[(&Case, Measured)]) {
    text.push_str(
        "\n## Lips\n\n| network | pictures later than sound, ms: median | apart, ms: p95 | as the receiver knows it, ms \
         |\n|---|---|---|---|\n",
    );
    for (case, result) in measured.iter().filter(|(case, _)| case.video_kbps.is_some()) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            case.title,
            number(result.lips.map(|lips| lips.skew_ms), 0),
            number(result.lips.map(|lips| lips.apart_ms), 0),
            number(result.told_skew_ms, 0),
        );
    }
}

fn write_network(text: &mut String, measured: &[(&Case, Measured)]) {
    text.push_str(
        "\n## Network and processors\n\n| network | `--impair` of the sender | sent, kbit/s | waiting, ms: median | p95 | cores: \
         sends | receives |\n|---|---|---|---|---|---|---|\n",
    );
    for (case, result) in measured {
        let _ = writeln!(
            text,
            "| {} | `{}` | {:.0} | {} | {} | {} | {} |",
            case.title,
            case.there,
            result.sent_kbps,
            number(result.queued_ms, 0),
            number(result.queued_high_ms, 0),
            number(result.sender_cores, 2),
            number(result.receiver_cores, 2),
        );
    }
}

fn write_plots(text: &mut String, measured: &[(&Case, Measured)]) {
    for (case, _) in measured.iter().filter(|(case, _)| !case.rates.is_empty()) {
        let _ = write!(text, "\n![{}: over time]({})\n\n*{}*\n", case.title, plot_name(case), case.title);
    }
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::CASES;

    #[test]
    fn what_did_not_arrive_is_missed_and_not_left_out() {
        let [film, speech, commit, date, system, note, load] = [(); 7].map(|()| "x".to_owned());
        let about = About { film, speech, commit, date, system, note, load };
        let measured: Vec<_> = CASES.iter().map(|case| (case, nothing())).collect();

        let text = text(&about, &measured);

        let targets: usize = CASES.iter().map(|case| case.targets.len()).sum();
        assert_eq!(text.matches("| **missed** |").count(), targets, "{text}");
        assert!(CASES.iter().all(|case| text.contains(case.title)), "{text}");
    }

    fn nothing() -> Measured {
        Measured {
            pictures: None,
            sound: None,
            lips: None,
            told_skew_ms: None,
            sent_kbps: 0.0,
            queued_ms: None,
            queued_high_ms: None,
            down_seconds: None,
            up_seconds: None,
            sender_cores: None,
            receiver_cores: None,
            seconds: Vec::new(),
        }
    }
}
