//! The letters that stand for somebody without a picture.

/// The initials of a name: those of the first and the last word, or the first syllable of a Korean, Chinese or
/// Japanese name, where two would not fit.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let Some(first) = words.next() else { return "?".to_owned() };
    if is_wide(first) {
        return first.to_string();
    }
    let last = words.next_back().filter(|last| !is_wide(*last));
    [Some(first), last].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_several_words_gives_the_first_and_the_last_letter() {
        assert_eq!(initials("Priya Nair"), "PN");
        assert_eq!(initials("jean claude van damme"), "JD");
    }

    #[test]
    fn a_single_word_gives_one_letter() {
        assert_eq!(initials("ada"), "A");
    }

    #[test]
    fn a_korean_name_gives_its_first_syllable() {
        assert_eq!(initials("김민수"), "김");
        assert_eq!(initials("지민 Park"), "지");
    }

    #[test]
    fn brackets_and_emoji_are_skipped() {
        assert_eq!(initials("(Ada) 🎉 lovelace"), "AL");
    }

    #[test]
    fn a_name_without_letters_gives_a_question_mark() {
        assert_eq!(initials("🎉"), "?");
        assert_eq!(initials(""), "?");
    }
}
