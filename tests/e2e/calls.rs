//! Two, three and four participants: everybody sees and hears everybody.
use std::{path::Path, thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, saved};

const NICKNAMES: [&str; 4] = ["ada", "bob", "cyd", "dan"];
const TONES: [u32; 4] = [440, 700, 1000, 1300];
const CALL_TIME: Duration = Duration::from_secs(8);

#[test]
fn two_participants_see_and_hear_each_other() {
    everybody_sees_and_hears_everybody(2);
}

#[test]
fn three_participants_see_and_hear_each_other() {
    everybody_sees_and_hears_everybody(3);
}

#[test]
fn four_participants_see_and_hear_each_other() {
    everybody_sees_and_hears_everybody(4);
}

fn everybody_sees_and_hears_everybody(count: usize) {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");

    let mut participants = Vec::new();
    for number in 0..count {
        let save = folder.path().join(NICKNAMES[number]);
        let save = save.to_str().expect("a plain path");
        let extra = ["--size", "320x180", "--video-kbps", "400", "--save", save];
        let participant = Participant::join(&server, NICKNAMES[number], number as u8 + 1, TONES[number], &extra);
        participant.wait_until_in_room();
        participants.push(participant);
    }
    for participant in &participants {
        let others: Vec<_> =
            NICKNAMES[..count].iter().copied().filter(|other| *other != participant.nickname()).collect();
        participant.wait_for_pictures_of(&others);
    }
    sleep(CALL_TIME);
    participants.into_iter().for_each(Participant::leave);

    for watcher in &NICKNAMES[..count] {
        for sender in (0..count).filter(|sender| NICKNAMES[*sender] != *watcher) {
            let folder = folder.path().join(watcher);
            assert_pictures(&folder, watcher, sender);
            assert_sound(&folder, watcher, sender);
        }
    }
}

fn assert_pictures(folder: &Path, watcher: &str, sender: usize) {
    let report = saved::pictures(&folder.join(format!("{}.y4m", NICKNAMES[sender])));
    let what = format!("what {watcher} saw of {}: {report:?}", NICKNAMES[sender]);

    assert_eq!(report.tags, [sender as u8 + 1], "{what}");
    assert!(report.rising, "{what}");
    assert!(report.arrived >= 0.9, "{what}");
    assert!(report.pictures >= 30 * 6, "{what}");
    assert!(report.unreadable * 100 <= report.pictures, "{what}");
}

fn assert_sound(folder: &Path, watcher: &str, sender: usize) {
    let samples = saved::samples(&folder.join(format!("{}.wav", NICKNAMES[sender])));
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let purity = saved::purity(middle, TONES[sender]);

    assert!(purity > 0.9, "what {watcher} heard of {}: {purity}", NICKNAMES[sender]);
}
