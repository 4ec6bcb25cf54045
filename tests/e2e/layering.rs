//! The layering of docs/architecture.md, checked.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module of the client and the sibling modules that it may name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("sleep", &[]),
    ("settings", &[]),
    ("known_servers", &[]),
    ("signaling", &[]),
    ("discovery", &["signaling", "sleep"]),
    ("peer", &[]),
    ("engine", &["discovery", "known_servers", "peer", "settings", "signaling", "sleep"]),
    ("doctor", &["known_servers", "peer", "signaling"]),
    ("ui", &["engine", "settings"]),
    ("cli", &["doctor", "engine", "known_servers", "settings", "sleep", "ui"]),
];

/// Each module of the client and the crates that it may not name.
const MAY_NOT_NAME: &[(&str, &[&str])] = &[
    ("settings", &["webrtc", "rtc", "tokio", "tokio_tungstenite", "eframe", "egui", "parlor_server"]),
    ("known_servers", &["webrtc", "rtc", "tokio", "tokio_tungstenite", "rustls", "eframe", "egui", "parlor_server"]),
    ("signaling", &["webrtc", "rtc", "mdns_sd", "eframe", "egui", "parlor_media", "parlor_server"]),
    ("discovery", &["webrtc", "rtc", "rustls", "eframe", "egui", "parlor_call", "parlor_media", "parlor_server"]),
    ("peer", &["tokio_tungstenite", "eframe", "egui", "parlor_server"]),
    ("engine", &["webrtc", "rtc", "tokio_tungstenite", "rustls", "mdns_sd", "eframe", "egui"]),
    ("doctor", &["webrtc", "eframe", "egui", "parlor_server"]),
    ("ui", &["webrtc", "rtc", "tokio", "tokio_tungstenite", "parlor_server"]),
    ("cli", &["webrtc", "rtc", "tokio_tungstenite", "egui"]),
];

/// Each crate and the crates that its manifest may not ask for.
const MAY_NOT_DEPEND: &[(&str, &[&str])] = &[
    ("signal-server/protocol", &["tokio", "webrtc", "rtc", "eframe", "parlor-call", "parlor-media", "parlor-server"]),
    ("client/call", &["tokio", "webrtc", "rtc", "eframe", "cpal", "nokhwa", "parlor-media"]),
    (
        "client/bandwidth",
        &["tokio", "webrtc", "rtc", "eframe", "parlor-protocol", "parlor-call", "parlor-media", "parlor"],
    ),
    ("client/media", &["tokio", "webrtc", "rtc", "eframe", "parlor-protocol", "parlor-call", "parlor-server"]),
    ("signal-server", &["webrtc", "rtc", "eframe", "parlor-call", "parlor-media", "parlor"]),
    ("tests", &["parlor", "parlor-call", "parlor-server", "webrtc", "rtc"]),
    ("tests/bench", &["parlor", "parlor-call", "parlor-media", "parlor-server", "webrtc", "rtc"]),
];

#[test]
fn modules_of_the_client_only_look_down() {
    let mut broken = Vec::new();
    for (module, allowed) in MAY_USE {
        for (file, line) in lines_of(module) {
            for used in names_behind(&line, "crate::") {
                if used != *module && !allowed.contains(&used.as_str()) {
                    broken.push(format!("{}: {module} names {used}", file.display()));
                }
            }
        }
    }

    assert!(broken.is_empty(), "layering broken:\n{}", broken.join("\n"));
}

#[test]
fn modules_of_the_client_keep_to_their_libraries() {
    let mut broken = Vec::new();
    for (module, forbidden) in MAY_NOT_NAME {
        for (file, line) in lines_of(module) {
            for library in *forbidden {
                let named = line.split(&format!("{library}::")).count() > 1
                    && line
                        .split(&format!("{library}::"))
                        .next()
                        .is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
                if named {
                    broken.push(format!("{}: {module} names {library}", file.display()));
                }
            }
        }
    }

    assert!(broken.is_empty(), "layering broken:\n{}", broken.join("\n"));
}

#[test]
fn crates_depend_only_on_what_lies_below() {
    let mut broken = Vec::new();
    for (package, forbidden) in MAY_NOT_DEPEND {
        let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest.split("[dependencies]").nth(1).expect("dependencies");
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for line in dependencies.lines() {
            let name: String = line.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
            if forbidden.contains(&name.as_str()) {
                broken.push(format!("{package} depends on {name}"));
            }
        }
    }

    assert!(broken.is_empty(), "layering broken:\n{}", broken.join("\n"));
}

#[test]
fn no_source_file_grows_beyond_six_hundred_lines() {
    let mut long = Vec::new();
    for folder in ["client", "signal-server", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let lines = fs::read_to_string(&file).expect("readable").lines().count();
            if lines > 600 {
                long.push(format!("{}: {lines}", file.display()));
            }
        }
    }

    assert!(long.is_empty(), "split by concern:\n{}", long.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// The lines of code of a module of the client, without comments.
fn lines_of(module: &str) -> Vec<(PathBuf, String)> {
    let source = root().join("client/src");
    let mut files = rust_files(&source.join(module));
    files.push(source.join(format!("{module}.rs")));
    assert!(files.iter().any(|file| file.exists()), "there is no module {module}");
    let mut lines = Vec::new();
    for file in files.into_iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(&file).expect("readable");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.extend(code.map(|line| (file.clone(), line.to_owned())));
    }
    lines
}

fn names_behind(line: &str, prefix: &str) -> Vec<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    line.split(prefix).skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}
