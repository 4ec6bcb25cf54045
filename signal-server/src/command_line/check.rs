//! Shows every setting and where it comes from, in the language of the file.
use std::fmt::Write;

use clap::Arg;

use super::{
    file::{self, Kind},
    layers::{Layers, table},
};

/// Width at which the origins stand below each other.
const WIDTH: usize = 44;

/// All settings, one a line.
pub(super) fn report(layers: &Layers) -> String {
    let file = layers.file.as_ref().map_or("no file".to_owned(), |file| file.display().to_string());
    // Writing to a string does not fail.
    let mut lines = format!("# The settings are good. Read: {file}\n");
    for setting in table().get_arguments().filter(|flag| file::is_setting(flag)) {
        let said = said(setting, layers);
        let origin = layers.origin(setting.get_id().as_str());
        let _ = writeln!(lines, "{said:WIDTH$} # {origin}");
    }
    lines
}

fn said(setting: &Arg, layers: &Layers) -> String {
    let (id, name) = (setting.get_id().as_str(), setting.get_long().unwrap_or_default());
    let raw = layers.values.get_raw(id).into_iter().flatten();
    let values: Vec<_> = raw.map(|value| value.to_string_lossy().into_owned()).collect();
    let value = match (Kind::of(setting), values.as_slice()) {
        (Kind::Switch, _) => layers.values.get_flag(id).to_string(),
        (Kind::List, values) => format!("{values:?}"),
        (_, []) => return format!("# {name} is not set"),
        (_, [_, ..]) if setting.is_hide_env_values_set() => return format!("# {name} is set, and is not shown"),
        (Kind::Number, [value, ..]) => value.clone(),
        (Kind::Text, [value, ..]) => format!("{value:?}"),
    };
    format!("{name} = {value}")
}
