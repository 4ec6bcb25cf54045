//! Where the built programs are.
use std::{env, path::PathBuf, process::Command};

/// A command for a program of this workspace, built beside this test.
///
/// # Panics
/// Where it was not built.
pub fn binary(name: &str) -> Command {
    let test = env::current_exe().expect("a test has a path");
    let folder: PathBuf = test.ancestors().nth(2).expect("a test is built two folders deep").into();
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built: run `make build` first", path.display());
    let mut command = Command::new(path);
    // Never the state of the person who runs the tests.
    command.env("PARLOR_STATE_DIR", folder.join("test-state"));
    command
}
