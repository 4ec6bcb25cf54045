use std::{collections::BTreeMap, fs};

use tempfile::TempDir;

use super::*;

#[test]
fn a_second_start_has_the_same_key_certificate_and_secret() {
    let folder = TempDir::new().unwrap();

    let (first, second) = (open(&folder).unwrap(), open(&folder).unwrap());

    assert_eq!(first.identity.pin(), second.identity.pin());
    assert_eq!(first.identity.certificate_pem(), second.identity.certificate_pem());
    assert_eq!(first.secret, second.secret);
}

#[test]
fn two_servers_that_start_at_once_have_the_same_key() {
    let folder = TempDir::new().unwrap();

    let pins: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| open(&folder).unwrap().identity.pin())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });

    assert!(pins.windows(2).all(|pair| pair[0] == pair[1]), "{pins:?}");
    assert_eq!(names_in(&folder), [CERTIFICATE_FILE, KEY_FILE, SECRET_FILE]);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_files_or_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;

    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("state");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    ServerState::open(&StatePlace::Folder(folder.clone()), &[]).unwrap();

    assert_eq!(mode(&folder), 0o700);
    for file in [KEY_FILE, SECRET_FILE, CERTIFICATE_FILE] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    open(&folder).unwrap();
    fs::set_permissions(folder.path().join(KEY_FILE), fs::Permissions::from_mode(0o640)).unwrap();

    let error = open(&folder).unwrap_err();

    assert!(matches!(error, StateError::Exposed { mode: 0o640, .. }), "{error}");
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_damaged_key_stops_the_start_and_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    open(&folder).unwrap();
    let file = folder.path().join(KEY_FILE);
    fs::write(&file, "half a k").unwrap();

    let error = open(&folder).unwrap_err();

    assert!(matches!(&error, StateError::Damaged { file: damaged } if *damaged == file), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "half a k");
}

#[test]
fn a_damaged_secret_stops_the_start() {
    let folder = TempDir::new().unwrap();
    open(&folder).unwrap();
    fs::write(folder.path().join(SECRET_FILE), [1, 2, 3]).unwrap();

    assert!(matches!(open(&folder).unwrap_err(), StateError::Damaged { .. }));
}

#[test]
fn a_certificate_that_is_lost_is_made_again_for_the_same_key() {
    let folder = TempDir::new().unwrap();
    let first = open(&folder).unwrap();
    fs::write(folder.path().join(CERTIFICATE_FILE), "nothing").unwrap();

    let second = open(&folder).unwrap();

    assert_eq!(first.identity.pin(), second.identity.pin());
    assert_ne!(first.identity.certificate_pem(), second.identity.certificate_pem());
}

#[test]
fn a_server_without_a_folder_has_a_new_key_every_time() {
    let open = || ServerState::open(&StatePlace::Memory, &[]).unwrap();

    let (first, second) = (open(), open());

    assert_ne!(first.identity.pin(), second.identity.pin());
    assert_ne!(first.secret, second.secret);
}

#[test]
fn a_folder_that_cannot_be_made_is_answered_with_the_remedy() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();

    let error = ServerState::open(&StatePlace::Folder(file.join("state")), &[]).unwrap_err();

    assert!(error.to_string().contains("--state-dir"), "{error}");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn the_usual_folder_is_the_first_that_somebody_named() {
    let all = [
        ("PARLOR_STATE_DIR", "/chosen"),
        ("STATE_DIRECTORY", "/var/lib/parlor:/var/lib/other"),
        ("XDG_STATE_HOME", "/xdg"),
        ("HOME", "/home/ada"),
    ];
    let found = |from: usize| {
        let variables: BTreeMap<_, _> = all[from..].iter().copied().collect();
        usual_folder(|name| variables.get(name).map(OsString::from)).ok()
    };

    let folders: Vec<_> = (0..5).map(found).collect();

    let expected = ["/chosen", "/var/lib/parlor", "/xdg/parlor", "/home/ada/.local/state/parlor"];
    assert_eq!(folders[..4], expected.map(|folder| Some(PathBuf::from(folder))));
    assert_eq!(folders[4], None);
}

fn open(folder: &TempDir) -> Result<ServerState, StateError> {
    ServerState::open(&StatePlace::Folder(folder.path().to_owned()), &["parlor".to_owned()])
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
