//! The real window, driven by what its controls are called: what a person does and sees.
mod call;
mod chat;
mod devices;
mod files;
mod host;
mod lobby;
mod people;
mod recording;
mod screen_reader;
mod settings;
mod share;
mod stage;

/// Devices that no machine has, so that the window starts with the same troubles everywhere, and nobody's camera is
/// switched on by a test.
const NO_DEVICES: &str = r#"
nickname = "window"
camera = "camera:none-of-this-name"
microphone = "mic:none-of-this-name"
speaker = "speaker:none-of-this-name"
theme = "dark"
"#;

/// The test picture and the test tone, heard by nobody.
const TEST_DEVICES: &str = r#"
nickname = "window"
camera = "pattern:1"
microphone = "tone:440"
speaker = "null"
theme = "dark"
"#;
