//! What the window says, in the language of the person in front of it.
//!
//! Every sentence has an id and stands in `assets/words/LANGUAGE/*.ftl`, in Fluent (<https://projectfluent.org>). The
//! language is kept by egui's context, as the theme is, so that whoever draws can ask for it: `words(ui.ctx())`.
use std::{borrow::Cow, sync::LazyLock};

use eframe::egui::{Context, Id};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::settings::LanguageChoice;

/// A sentence with values in it: `say!(words, "people-joined", name = "Ada")`.
macro_rules! say {
    ($words:expr, $id:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let mut values = fluent_bundle::FluentArgs::new();
        $(values.set(stringify!($name), $value);)*
        $words.say_with($id, &values)
    }};
}
pub(crate) use say;

/// The files of a language, one for each part of the window.
macro_rules! files {
    ($language:literal) => {
        files!($language: "common" "lobby" "dialogs" "toasts" "call" "people" "statistics" "share" "chat" "files"
            "recording" "settings" "devices")
    };
    ($language:literal: $($name:literal)*) => {
        &[$(include_str!(concat!("../../../assets/words/", $language, "/", $name, ".ftl"))),*]
    };
}

const ENGLISH: &[&str] = files!("en");
const KOREAN: &[&str] = files!("ko");

static ENGLISH_WORDS: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("en", ENGLISH));
static KOREAN_WORDS: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("ko", KOREAN));

/// A language that the window speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// The language that was chosen, or that of the operating system where we speak it.
    pub(crate) fn of(choice: LanguageChoice) -> Self {
        match choice {
            LanguageChoice::English => Self::English,
            LanguageChoice::Korean => Self::Korean,
            LanguageChoice::System => Self::of_locale(&sys_locale::get_locale().unwrap_or_default()),
        }
    }

    fn of_locale(locale: &str) -> Self {
        if locale == "ko" || locale.starts_with("ko-") || locale.starts_with("ko_") {
            Self::Korean
        } else {
            Self::English
        }
    }
}

/// Speaks a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Words(Language);

/// The language of a window.
pub(crate) fn words(ctx: &Context) -> Words {
    ctx.data(|data| data.get_temp(key())).unwrap_or_default()
}

/// Has a window speak a language from the next frame on.
pub(crate) fn install(ctx: &Context, language: Language) {
    ctx.data_mut(|data| data.insert_temp(key(), Words(language)));
}

fn key() -> Id {
    Id::unique("words")
}

impl Words {
    /// Speaks this language, without a window.
    pub(crate) const fn new(language: Language) -> Self {
        Self(language)
    }

    /// The sentence with this id.
    pub(crate) fn say(self, id: &str) -> Cow<'static, str> {
        self.find(id, None)
    }

    /// The sentence with this id and values in it. See [`say!`].
    pub(crate) fn say_with(self, id: &str, values: &FluentArgs<'_>) -> String {
        self.find(id, Some(values)).into_owned()
    }

    /// An id that is in no file is shown as it is; a test sees to it that there is none.
    fn find(self, id: &str, values: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let bundle: &'static FluentBundle<FluentResource> = match self.0 {
            Language::English => &ENGLISH_WORDS,
            Language::Korean => &KOREAN_WORDS,
        };
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!(id, "there are no words for this");
            return id.to_owned().into();
        };
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, values, &mut errors);
        if !errors.is_empty() {
            tracing::error!(id, ?errors, "these words miss a value");
        }
        match (values, said) {
            (None, Cow::Borrowed(text)) => Cow::Borrowed(text),
            (_, said) => Cow::Owned(said.into_owned()),
        }
    }
}

fn bundle(language: &str, files: &[&str]) -> FluentBundle<FluentResource> {
    let language = language.parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks around values keep apart languages that are written from left and from right; ours are not, and the
    // bundled font has no pictures for them.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, "a file of words has mistakes");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, "words are there twice");
        }
    }
    bundle
}

#[cfg(test)]
mod tests;
