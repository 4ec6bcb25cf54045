//! Names of files from names of people, who may be called anything.
use std::collections::BTreeSet;

/// More letters would not fit beside a number and an ending on every system.
const LONGEST: usize = 60;

/// A name that stays inside its folder, and that every operating system takes.
pub fn safe_name(name: &str) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() || " -_.".contains(letter) { letter } else { '_' };
    let name: String = name.chars().take(LONGEST).map(safe).collect();
    let name = name.trim_matches(|letter| letter == '.' || letter == ' ');
    if name.is_empty() || is_device(name) { format!("_{name}") } else { name.to_owned() }
}

/// Names that Windows keeps for devices, whatever follows a dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |prefix| {
        let number = stem.strip_prefix(prefix).unwrap_or_default();
        number.len() == 1 && number.bytes().all(|digit| digit.is_ascii_digit())
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// The names of the files of one recording, none of them twice on any file system.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// The name, or the name with a number.
    pub(super) fn unused(&mut self, name: &str) -> String {
        let name = safe_name(name);
        let numbered = (2_u64..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let unused = names.find(|name| self.0.insert(name.to_lowercase()));
        unused.unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_inside_its_folder_and_is_taken_everywhere() {
        assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe_name("..\\x"), "_x");
        assert_eq!(safe_name("김민수"), "김민수");
        assert_eq!(safe_name(" . "), "_");
        assert_eq!(safe_name("nul"), "_nul");
        assert_eq!(safe_name("COM1.txt"), "_COM1.txt");
        assert_eq!(safe_name("Comet"), "Comet");
        assert_eq!(safe_name(&"x".repeat(500)).len(), LONGEST);
    }

    #[test]
    fn whoever_comes_back_gets_a_number() {
        let mut names = Names::default();

        let given = ["Ada", "ada", "Ada", "Bob"].map(|name| names.unused(name));

        assert_eq!(given, ["Ada", "ada (2)", "Ada (3)", "Bob"]);
    }
}
