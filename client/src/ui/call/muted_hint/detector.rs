//! Tells from the loudness of a muted microphone whether somebody talks into it. It is told the time.
use std::time::{Duration, Instant};

/// From this loudness on it may be talk, about -36 dB below full scale; below the second it is not any more.
const LOUD: f32 = 0.4;
const QUIET: f32 = 0.3;
/// A cough is shorter than this, a sentence longer.
const TALK: Duration = Duration::from_millis(700);
/// A pause between two words is shorter than this.
const PAUSE: Duration = Duration::from_millis(400);
/// How long it stays once the talk has ended.
const LINGER: Duration = Duration::from_secs(4);

/// What was heard of a muted microphone lately.
#[derive(Debug, Default)]
pub(crate) struct MutedTalk {
    /// The talk that goes on: since when, and when it was loud last.
    talk: Option<(Instant, Instant)>,
    /// Until when the person is told.
    told_until: Option<Instant>,
    /// The person knows, until the microphone is unmuted.
    dismissed: bool,
}

impl MutedTalk {
    /// Takes in the present loudness, 0 to 1. Returns whether the person is to be told.
    pub(crate) fn watch(&mut self, muted: bool, level: f32, now: Instant) -> bool {
        if !muted {
            *self = Self::default();
            return false;
        }
        self.talk = self.talk.filter(|(_, loud)| now.saturating_duration_since(*loud) <= PAUSE);
        let threshold = if self.talk.is_some() { QUIET } else { LOUD };
        if level >= threshold {
            let (since, loud) = self.talk.get_or_insert((now, now));
            *loud = now;
            if now.saturating_duration_since(*since) >= TALK {
                self.told_until = Some(now + LINGER);
            }
        }
        !self.dismissed && self.told_until.is_some_and(|until| now < until)
    }

    /// The person knows, and wants to stay muted.
    pub(crate) fn dismiss(&mut self) {
        self.dismissed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loudness comes fifteen times a second.
    const STEP: Duration = Duration::from_millis(66);

    #[test]
    fn whoever_talks_while_muted_is_told_and_some_seconds_after_no_longer() {
        let (mut talk, start) = (MutedTalk::default(), Instant::now());

        let (told, end) = hear(&mut talk, start, &[0.6; 20]);
        let (later, _) = hear(&mut talk, end, &[0.0; 50]);
        let (at_last, _) = hear(&mut talk, end + LINGER, &[0.0]);

        assert_eq!(told.iter().position(|told| *told), Some(11), "after 0.7 s");
        assert!(later.iter().all(|told| *told));
        assert_eq!(at_last, [false]);
    }

    #[test]
    fn a_cough_is_not_talk() {
        let mut talk = MutedTalk::default();
        let coughs = [vec![0.9; 5], vec![0.0; 15]].concat().repeat(5);

        let (told, _) = hear(&mut talk, Instant::now(), &coughs);

        assert!(!told.contains(&true));
    }

    #[test]
    fn pauses_between_words_and_quieter_syllables_are_part_of_talk() {
        let mut talk = MutedTalk::default();
        let words = [vec![0.5; 2], vec![0.33; 2], vec![0.1; 4]].concat().repeat(3);

        let (told, _) = hear(&mut talk, Instant::now(), &words);

        assert!(told.contains(&true));
    }

    #[test]
    fn the_hum_of_a_room_is_not_talk() {
        let (told, _) = hear(&mut MutedTalk::default(), Instant::now(), &[0.35; 100]);

        assert!(!told.contains(&true));
    }

    #[test]
    fn nobody_who_can_be_heard_is_told_and_who_wants_to_stay_muted_is_left_alone_until_then() {
        let (mut talk, start) = (MutedTalk::default(), Instant::now());
        let (_, end) = hear(&mut talk, start, &[0.6; 20]);

        talk.dismiss();
        let (dismissed, end) = hear(&mut talk, end, &[0.6; 20]);
        let unmuted = talk.watch(false, 0.6, end);
        let (again, _) = hear(&mut talk, end, &[0.6; 20]);

        assert!(!dismissed.contains(&true) && !unmuted);
        assert!(again.contains(&true));
    }

    fn hear(talk: &mut MutedTalk, start: Instant, levels: &[f32]) -> (Vec<bool>, Instant) {
        let mut now = start;
        let told = levels.iter().map(|level| {
            now += STEP;
            talk.watch(true, *level, now)
        });
        (told.collect(), now)
    }
}
