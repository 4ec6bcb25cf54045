use super::*;

const WORDS: &[u8] = b"what is in the file";

#[test]
fn a_file_gets_its_name_when_it_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let mut part = part(folder.path());

    part.write(0, &WORDS[..7]).unwrap();
    let unfinished = names(folder.path());
    part.write(7, &WORDS[7..]).unwrap();
    let path = part.finish(sum(WORDS)).unwrap();

    assert_eq!(unfinished, ["notes.txt.part"]);
    assert_eq!(path, folder.path().join("notes.txt"));
    assert_eq!(fs::read(path).unwrap(), WORDS);
    assert_eq!(names(folder.path()), ["notes.txt"]);
}

#[test]
fn nothing_is_ever_written_over() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["notes.txt", "notes (2).txt", "notes.txt.part"] {
        fs::write(folder.path().join(name), "mine").unwrap();
    }

    let mut part = part(folder.path());
    part.write(0, WORDS).unwrap();
    // One that appears while the file is on its way.
    fs::write(folder.path().join("notes (3).txt"), "mine").unwrap();
    let path = part.finish(sum(WORDS)).unwrap();

    assert_eq!(path, folder.path().join("notes (4).txt"));
    for name in ["notes.txt", "notes (2).txt", "notes (3).txt", "notes.txt.part"] {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"mine", "{name}");
    }
    assert_eq!(names(folder.path()).len(), 5);
}

#[cfg(unix)]
#[test]
fn a_link_that_waits_under_the_name_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    for name in ["notes.txt", "notes.txt.part"] {
        std::os::unix::fs::symlink(&elsewhere, folder.path().join(name)).unwrap();
    }

    let mut part = part(folder.path());
    part.write(0, WORDS).unwrap();
    let path = part.finish(sum(WORDS)).unwrap();

    assert_eq!(path, folder.path().join("notes (2).txt"));
    assert!(!elsewhere.exists());
}

#[cfg(unix)]
#[test]
fn a_file_that_came_is_no_program() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut part = Part::create(folder.path(), &FileName::clean("run.sh"), WORDS.len() as u64).unwrap();

    part.write(0, WORDS).unwrap();
    let path = part.finish(sum(WORDS)).unwrap();

    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o111, 0);
}

#[test]
fn what_comes_twice_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut part = part(folder.path());

    part.write(0, &WORDS[..10]).unwrap();
    part.write(0, &WORDS[..5]).unwrap();
    part.write(5, &WORDS[5..12]).unwrap();
    part.write(12, &WORDS[12..]).unwrap();

    assert_eq!(part.written(), WORDS.len() as u64);
    assert_eq!(fs::read(part.finish(sum(WORDS)).unwrap()).unwrap(), WORDS);
}

#[test]
fn what_leaves_a_gap_or_goes_beyond_the_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut part = part(folder.path());
    part.write(0, &WORDS[..3]).unwrap();

    let gap = part.write(4, &WORDS[4..6]).unwrap_err();
    let beyond = part.write(3, &[0; 100]).unwrap_err();
    let far = part.write(u64::MAX, &[0; 2]).unwrap_err();

    assert!(matches!(gap, PartError::Gap { expected: 3 }));
    assert!(matches!((beyond, far), (PartError::TooLarge, PartError::TooLarge)));
    assert_eq!(part.written(), 3);
}

#[test]
fn a_damaged_file_and_one_that_is_given_up_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut damaged = part(folder.path());
    damaged.write(0, WORDS).unwrap();
    let mut given_up = part(folder.path());
    given_up.write(0, &WORDS[..3]).unwrap();

    let error = damaged.finish(sum(b"something else")).unwrap_err();
    drop(given_up);

    assert_eq!(error.reason(), TransferEnd::Damaged);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_file_that_does_not_fit_is_refused_before_it_is_made() {
    let folder = tempfile::tempdir().unwrap();

    let error = Part::create(folder.path(), &FileName::clean("huge"), u64::MAX).unwrap_err();

    assert_eq!(error.reason(), TransferEnd::NoRoom);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("a-file");
    fs::write(&blocked, "").unwrap();

    let error = Part::create(&blocked.join("downloads"), &FileName::clean("x"), 1).unwrap_err();

    assert_eq!(error.reason(), TransferEnd::Unwritable);
    assert!(error.to_string().contains("a-file"), "{error}");
}

fn part(folder: &Path) -> Part {
    Part::create(folder, &FileName::clean("notes.txt"), WORDS.len() as u64).unwrap()
}

fn sum(bytes: &[u8]) -> Checksum {
    Checksum::new(Sha256::digest(bytes).into())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
