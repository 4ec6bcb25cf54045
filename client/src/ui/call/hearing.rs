//! How loud everybody is to be for the person at this computer, and who is not to be heard at all.
use std::collections::{BTreeMap, BTreeSet};

use parlor_call::ParticipantView;
use parlor_protocol::ParticipantId;

use crate::engine::Command;

/// The loudest that somebody can be made.
pub(crate) const LOUDEST: f32 = 2.0;
/// People who are remembered from one call to the next. Nobody changes more people than that by hand.
const REMEMBERED: usize = 256;

/// Volumes by whom they are remembered under: `NICKNAME@SERVER`.
type Volumes = BTreeMap<String, f32>;
/// Who is not to be heard, by the same.
type Silenced = BTreeSet<String>;

/// Those who are here, as they are heard.
#[derive(Debug, Default)]
pub(crate) struct Hearing(BTreeMap<ParticipantId, Ear>);

#[derive(Debug)]
struct Ear {
    /// Under what the volume is remembered.
    key: String,
    volume: f32,
    silenced: bool,
}

impl Ear {
    fn gain(&self) -> f32 {
        if self.silenced { 0.0 } else { self.volume }
    }
}

impl Hearing {
    /// Takes in who is here, on which server. Returns what to ask for those who came and were changed before.
    pub(crate) fn watch(
        &mut self,
        others: &[ParticipantView],
        server: &str,
        volumes: &Volumes,
        silenced: &Silenced,
    ) -> Vec<Command> {
        self.0.retain(|who, _| others.iter().any(|other| other.id == *who));
        let mut asked = Vec::new();
        for other in others {
            if self.0.contains_key(&other.id) {
                continue;
            }
            let key = format!("{}@{server}", other.nickname);
            let volume = volumes.get(&key).copied().filter(|volume| volume.is_finite()).unwrap_or(1.0);
            let silenced = silenced.contains(&key);
            let ear = Ear { key, volume: volume.clamp(0.0, LOUDEST), silenced };
            if ear.gain() != 1.0 {
                asked.push(Command::SetVolume { who: other.id, gain: ear.gain() });
            }
            self.0.insert(other.id, ear);
        }
        asked
    }

    /// How loud somebody is to be while they are to be heard: 1 as they come.
    pub(crate) fn volume(&self, who: ParticipantId) -> f32 {
        self.0.get(&who).map_or(1.0, |ear| ear.volume)
    }

    /// Whether somebody is not to be heard.
    pub(crate) fn is_silenced(&self, who: ParticipantId) -> bool {
        self.0.get(&who).is_some_and(|ear| ear.silenced)
    }

    /// Makes somebody louder or quieter, and heard. Returns what to ask for.
    pub(crate) fn set_volume(&mut self, who: ParticipantId, volume: f32) -> Option<Command> {
        let ear = self.0.get_mut(&who)?;
        (ear.volume, ear.silenced) = (volume.clamp(0.0, LOUDEST), false);
        Some(Command::SetVolume { who, gain: ear.gain() })
    }

    /// Has somebody not be heard, or be heard again. Returns what to ask for.
    pub(crate) fn set_silenced(&mut self, who: ParticipantId, silenced: bool) -> Option<Command> {
        let ear = self.0.get_mut(&who)?;
        ear.silenced = silenced;
        Some(Command::SetVolume { who, gain: ear.gain() })
    }

    /// Writes down for the next call how somebody is heard.
    pub(crate) fn remember(&self, who: ParticipantId, volumes: &mut Volumes, silenced: &mut Silenced) {
        let Some(Ear { key, volume, silenced: is_silenced }) = self.0.get(&who) else { return };
        volumes.remove(key);
        silenced.remove(key);
        if *volume != 1.0 {
            while volumes.len() >= REMEMBERED {
                volumes.pop_first();
            }
            volumes.insert(key.clone(), *volume);
        }
        if *is_silenced {
            while silenced.len() >= REMEMBERED {
                silenced.pop_first();
            }
            silenced.insert(key.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::fixtures::participant;

    #[test]
    fn whoever_was_made_quieter_once_is_as_quiet_when_they_come_back_to_that_server() {
        let (mut hearing, mut remembered) = (Hearing::default(), Volumes::new());
        let ada = participant(2, "Ada");
        hearing.watch(std::slice::from_ref(&ada), "studio.local", &remembered, &Silenced::new());
        hearing.set_volume(ada.id, 0.4);
        hearing.remember(ada.id, &mut remembered, &mut Silenced::new());

        hearing.watch(&[], "studio.local", &remembered, &Silenced::new());
        let back = hearing.watch(&[participant(7, "Ada")], "studio.local", &remembered, &Silenced::new());
        hearing.watch(&[], "studio.local", &remembered, &Silenced::new());
        let elsewhere = hearing.watch(&[participant(8, "Ada")], "other.org", &remembered, &Silenced::new());

        assert_eq!(back, [Command::SetVolume { who: ParticipantId::new(7), gain: 0.4 }]);
        assert_eq!(elsewhere, []);
    }

    #[test]
    fn somebody_is_asked_for_once_however_often_they_are_seen() {
        let mut hearing = Hearing::default();
        let remembered = Volumes::from([("Ada@s".to_owned(), 1.5)]);
        let ada = [participant(2, "Ada")];

        let first = hearing.watch(&ada, "s", &remembered, &Silenced::new());
        let second = hearing.watch(&ada, "s", &remembered, &Silenced::new());

        assert_eq!((first.len(), second.len()), (1, 0));
    }

    #[test]
    fn who_is_silenced_keeps_their_volume_until_it_is_changed() {
        let mut hearing = Hearing::default();
        let ada = participant(2, "Ada");
        hearing.watch(std::slice::from_ref(&ada), "s", &Volumes::new(), &Silenced::new());
        hearing.set_volume(ada.id, 0.5);

        let silenced = hearing.set_silenced(ada.id, true);
        let heard = hearing.set_silenced(ada.id, false);
        hearing.set_silenced(ada.id, true);
        let changed = hearing.set_volume(ada.id, 0.8);

        let gain = |gain| Some(Command::SetVolume { who: ada.id, gain });
        assert_eq!((silenced, heard, changed), (gain(0.0), gain(0.5), gain(0.8)));
        assert!(!hearing.is_silenced(ada.id));
    }

    #[test]
    fn who_was_not_to_be_heard_once_is_not_heard_when_they_come_back_until_they_are_again() {
        let (mut hearing, mut volumes, mut silenced) = (Hearing::default(), Volumes::new(), Silenced::new());
        let ada = participant(2, "Ada");
        hearing.watch(std::slice::from_ref(&ada), "s", &volumes, &silenced);
        hearing.set_silenced(ada.id, true);
        hearing.remember(ada.id, &mut volumes, &mut silenced);

        hearing.watch(&[], "s", &volumes, &silenced);
        let back = hearing.watch(&[participant(7, "Ada")], "s", &volumes, &silenced);
        let heard = hearing.set_silenced(ParticipantId::new(7), false);
        hearing.remember(ParticipantId::new(7), &mut volumes, &mut silenced);

        assert_eq!(back, [Command::SetVolume { who: ParticipantId::new(7), gain: 0.0 }]);
        assert_eq!(heard, Some(Command::SetVolume { who: ParticipantId::new(7), gain: 1.0 }));
        assert_eq!((volumes, silenced), (Volumes::new(), Silenced::new()));
    }

    #[test]
    fn the_usual_volume_is_not_written_down_and_nonsense_is_not_played() {
        let (mut hearing, ada) = (Hearing::default(), participant(2, "Ada"));
        let mut remembered = Volumes::from([("Ada@s".to_owned(), f32::NAN), ("Bob@s".to_owned(), 99.0)]);

        let asked = hearing.watch(&[ada.clone(), participant(3, "Bob")], "s", &remembered, &Silenced::new());
        hearing.set_volume(ada.id, 1.0);
        hearing.remember(ada.id, &mut remembered, &mut Silenced::new());

        assert_eq!(asked, [Command::SetVolume { who: ParticipantId::new(3), gain: LOUDEST }]);
        assert!(!remembered.contains_key("Ada@s"));
    }

    #[test]
    fn no_more_is_remembered_than_anybody_changes_by_hand() {
        let (mut hearing, ada) = (Hearing::default(), participant(2, "Ada"));
        let mut remembered: Volumes = (0..REMEMBERED).map(|number| (format!("{number:04}@s"), 0.5)).collect();
        hearing.watch(std::slice::from_ref(&ada), "s", &remembered, &Silenced::new());

        hearing.set_volume(ada.id, 0.5);
        hearing.remember(ada.id, &mut remembered, &mut Silenced::new());

        assert_eq!(remembered.len(), REMEMBERED);
        assert_eq!(remembered.get("Ada@s"), Some(&0.5));
    }
}
