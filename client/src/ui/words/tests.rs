//! No sentence is missing, in no language, and none is left over.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use eframe::egui::RawInput;

use super::*;
use crate::ui::theme;

#[test]
fn every_file_of_words_is_without_mistakes() {
    for file in ENGLISH.iter().chain(KOREAN) {
        if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
            panic!("{errors:?} in\n{file}");
        }
    }
}

#[test]
fn every_language_has_the_same_sentences_with_the_same_values_each_once() {
    let (english, korean) = (sentences(ENGLISH), sentences(KOREAN));

    for (id, values) in &english {
        let translated = korean.get(id).unwrap_or_else(|| panic!("{id} is missing in Korean"));
        assert_eq!(translated, values, "{id} has other values in Korean");
    }
    for id in korean.keys() {
        assert!(english.contains_key(id), "{id} is there in Korean alone");
    }
}

#[test]
fn every_sentence_that_the_window_says_is_there_and_none_is_left_over() {
    let english = sentences(ENGLISH);
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));

    for id in said(&sources) {
        assert!(english.contains_key(&id), "the window says {id:?}, which is in no file of words");
    }
    for id in english.keys() {
        assert!(sources.contains(&format!("\"{id}\"")), "nobody says {id:?}");
    }
}

#[test]
fn the_bundled_font_has_every_letter() {
    let ctx = Context::default();
    theme::install(&ctx);
    let letters: BTreeSet<char> = ENGLISH.iter().chain(KOREAN).flat_map(|file| file.chars()).collect();

    let mut missing: Vec<char> = Vec::new();
    let mut output = ctx.run_ui(RawInput::default(), |ui| {
        let has = |letter: &char| ui.ctx().fonts_mut(|fonts| fonts.has_glyph(&theme::body(), *letter));
        missing = letters.iter().filter(|letter| !letter.is_whitespace() && !has(letter)).copied().collect();
    });
    // Nobody draws: egui wants to be told so.
    output.textures_delta.clear();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_language_of_the_system_is_spoken_where_we_can() {
    assert_eq!(Language::of_locale("ko-KR"), Language::Korean);
    assert_eq!(Language::of_locale("ko"), Language::Korean);
    assert_eq!(Language::of_locale("kok-IN"), Language::English);
    assert_eq!(Language::of_locale("de-DE"), Language::English);
}

/// Every id of a language, with the names of its values.
fn sentences(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut sentences = BTreeMap::new();
    let mut id = String::new();
    for line in files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            name.trim().clone_into(&mut id);
            assert!(sentences.insert(id.clone(), BTreeSet::new()).is_none(), "{id} is there twice");
        }
        for piece in line.split('$').skip(1) {
            let value: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            sentences.get_mut(&id).expect("a sentence").insert(value);
        }
    }
    sentences
}

/// The ids that stand right behind `say(` or `say!(…, `.
fn said(sources: &str) -> BTreeSet<String> {
    let literal = |text: &str| text.strip_prefix('"').and_then(|text| text.split('"').next()).map(str::to_owned);
    let plain = sources.split(".say(").skip(1).filter_map(|rest| literal(rest.trim_start()));
    let with_values = sources.split("say!(").skip(1).filter_map(|rest| literal(rest.split_once(',')?.1.trim_start()));
    plain.chain(with_values).collect()
}

/// All our code but this folder, as one text.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.ends_with("ui/words") {
            text += &sources(&entry);
        } else if entry.extension().is_some_and(|ending| ending == "rs") && !entry.ends_with("ui/words.rs") {
            text += &fs::read_to_string(&entry).unwrap();
        }
    }
    text
}
