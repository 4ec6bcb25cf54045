//! What is installed beside the program: complete, and as the rules of the desktop want it.
use std::{
    collections::BTreeSet,
    fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use parlor_tests::{
    binary,
    licences::{Bundled, FILE, PLATFORMS, linked, repository},
};

const ICON_SIZES: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

#[test]
fn make_install_puts_everything_where_desktops_and_shells_look() {
    let place = tempfile::tempdir().expect("a folder");
    let program = PathBuf::from(binary("parlor").get_program());
    let programs = program.parent().expect("it is in a folder");
    let mut make = Command::new("make");
    // What is built is tested, not the building.
    make.args(["--old-file=release", "--old-file=packages", "install", "PREFIX=/usr"]).current_dir(repository());
    make.arg(format!("PROGRAMS={}", programs.display())).arg(format!("DESTDIR={}", place.path().display()));
    make.arg(format!("DIST={}", place.path().join("dist").display()));

    let made = make.output().expect("make runs");

    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let usr = place.path().join("usr");
    let desktop = fs::read_to_string(usr.join("share/applications/parlor.desktop")).expect("a desktop file");
    assert!(desktop.contains("\nExec=/usr/bin/parlor %u\n"), "{desktop}");
    for file in [
        "bin/parlor",
        "share/metainfo/parlor.metainfo.xml",
        "share/icons/hicolor/scalable/apps/parlor.svg",
        "share/man/man1/parlor.1",
        "share/man/man1/parlor-join.1",
        "share/bash-completion/completions/parlor",
        "share/zsh/site-functions/_parlor",
        "share/fish/vendor_completions.d/parlor.fish",
    ] {
        let size = fs::metadata(usr.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")).len();
        assert!(size > 200, "{file} has {size} bytes");
    }
    for size in ICON_SIZES {
        let icon = usr.join(format!("share/icons/hicolor/{size}x{size}/apps/parlor.png"));
        assert_eq!(size_of_png(&icon), (size, size));
    }
}

#[test]
fn desktop_file_and_metadata_keep_to_the_rules() {
    let assets = repository().join("assets");

    check("desktop-file-validate", &[], &assets.join("parlor.desktop"));
    check("appstreamcli", &["validate", "--no-net"], &assets.join("parlor.metainfo.xml"));

    let metadata = fs::read_to_string(assets.join("parlor.metainfo.xml")).expect("metadata");
    let release = format!("<release version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(metadata.contains(&release), "the newest version is not among the releases");
}

#[test]
fn the_licence_of_everything_that_the_program_links_is_bundled() {
    let packed = fs::read(repository().join(FILE)).expect("bundled licences");
    let bundled = Bundled::unpack(&packed).expect("they can be read");
    let listed: BTreeSet<_> = bundled.packages.iter().map(|package| (&package.name, &package.version)).collect();

    let mut tested = 0;
    for platform in PLATFORMS {
        // The packages of other platforms may never have been downloaded to this machine.
        let Ok(linked) = linked(platform, true) else { continue };
        tested += 1;
        let missing: Vec<_> =
            linked.iter().filter(|package| !listed.contains(&(&package.name, &package.version))).collect();
        assert!(missing.is_empty(), "run `make licences`: {platform} also links {missing:#?}");
    }

    assert!(tested > 0, "cargo tells nothing about any platform");
    for package in &bundled.packages {
        assert!(!package.texts.is_empty(), "{} has no licence", package.name);
    }
}

/// Has a checker look at a file. Where the checker is not installed it says so.
fn check(checker: &str, arguments: &[&str], file: &Path) {
    let output = match Command::new(checker).args(arguments).arg(file).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let _ = writeln!(io::stderr(), "SKIPPED: there is no {checker} on this machine");
            return;
        }
        output => output.expect("the checker runs"),
    };
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{checker}: {said}");
}

/// From the head that every PNG begins with.
fn size_of_png(file: &Path) -> (u32, u32) {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}
