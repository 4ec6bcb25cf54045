//! What a file from somebody else is called, made harmless.
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::FILE_NAME_BYTES;

/// What a file without a usable name is called.
const NAMELESS: &str = "file";
/// An ending that is longer is none, and is cut off with the rest.
const ENDING_BYTES: usize = 32;
/// Names that Windows keeps for its devices, whatever ending they have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The beginnings of more of them, of which each has a number.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// The name of a file, without a folder. It leads nowhere, hides nothing, fits every file system, and is what it looks
/// like: whatever is not so is changed as it is parsed.
///
/// ```
/// use parlor_protocol::FileName;
///
/// assert_eq!(FileName::clean("../../etc/passwd").as_str(), "passwd");
/// assert_eq!(FileName::clean("photo\u{202E}gpj.exe").as_str(), "photogpj.exe");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// Makes a name of any text.
    pub fn clean(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown: String =
            last.chars().filter(|c| !is_hidden(*c)).map(|c| if is_special(c) { '_' } else { c }).collect();
        let name = trim(&shown);
        let name = if is_device(name) { format!("_{name}") } else { name.to_owned() };
        let name = shorten(&name);
        Self(if name.is_empty() { NAMELESS.to_owned() } else { name })
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its ending, and the ending with its dot, which may be empty.
    pub fn parts(&self) -> (&str, &str) {
        parts(&self.0)
    }

    /// The same with a number before its ending, as `report (2).pdf`.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let (stem, ending) = self.parts();
        Self(format!("{stem} ({number}){ending}"))
    }
}

impl From<String> for FileName {
    fn from(text: String) -> Self {
        Self::clean(&text)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is not seen but changes what is: control characters, marks that turn the direction of writing, and marks of
/// no width, except the two that join letters and pictures.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{E0000}'..='\u{E007F}')
}

/// What means something else to Windows.
fn is_special(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// A name that begins with a dot is hidden, and Windows forgets dots and spaces at the end.
fn trim(name: &str) -> &str {
    let blank = |c: char| c == '.' || c.is_whitespace();
    name.trim_matches(blank)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = |prefix: &&str| {
        let mut rest = stem.strip_prefix(*prefix).unwrap_or_default().chars();
        let digit = rest.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
        digit && rest.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(numbered)
}

/// Cuts the name, not its ending.
fn shorten(name: &str) -> String {
    if name.len() <= FILE_NAME_BYTES {
        return name.to_owned();
    }
    let (stem, ending) = parts(name);
    let room = FILE_NAME_BYTES - ending.len();
    let end = (0..=room).rev().find(|end| stem.is_char_boundary(*end)).unwrap_or_default();
    trim(&format!("{}{ending}", stem[..end].trim_end())).to_owned()
}

fn parts(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= ENDING_BYTES => name.split_at(dot),
        Some(_) | None => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_out_of_no_folder() {
        for (written, name) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/", NAMELESS),
            ("..", NAMELESS),
            ("C:\\Users\\ada\\a.txt", "a.txt"),
            ("C:a.txt", "C_a.txt"),
            (".bashrc", "bashrc"),
            ("a/", NAMELESS),
        ] {
            assert_eq!(FileName::clean(written).as_str(), name, "{written:?}");
        }
    }

    #[test]
    fn a_name_is_what_it_looks_like() {
        for (written, name) in [
            ("photo\u{202E}gpj.exe", "photogpj.exe"),
            ("a\u{0}b\nc\t.txt", "abc.txt"),
            ("report.pdf   .", "report.pdf"),
            ("\u{200B}\u{FEFF}", NAMELESS),
            ("보고서 최종.hwp", "보고서 최종.hwp"),
            ("👩\u{200D}👧.png", "👩\u{200D}👧.png"),
        ] {
            assert_eq!(FileName::clean(written).as_str(), name, "{written:?}");
        }
    }

    #[test]
    fn the_names_of_devices_are_no_files() {
        for written in ["CON", "nul.txt", "Com1", "lpt9.tar.gz", "COM¹", "aux ", "con .txt"] {
            assert!(FileName::clean(written).as_str().starts_with('_'), "{written:?}");
        }
        for written in ["console.log", "com10", "lpt", "null"] {
            assert!(!FileName::clean(written).as_str().starts_with('_'), "{written:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = FileName::clean(&format!("{}.tar", "가".repeat(300)));

        assert!(name.as_str().len() <= FILE_NAME_BYTES);
        assert!(name.as_str().ends_with("가.tar"), "{name}");
    }

    #[test]
    fn a_number_goes_before_the_ending() {
        assert_eq!(FileName::clean("report.pdf").numbered(2).as_str(), "report (2).pdf");
        assert_eq!(FileName::clean("Makefile").numbered(3).as_str(), "Makefile (3)");
    }
}
