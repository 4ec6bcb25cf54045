//! The code of a server's key, as somebody reads it from the host's screen and types it.
use std::str::FromStr;

use parlor_protocol::Pin;

/// How many letters and digits a code has.
const LETTERS: usize = 12;

/// A code that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    /// Whether it is the one of this key.
    pub(super) fn is_of(&self, pin: Pin) -> bool {
        pin.code().chars().filter(|c| *c != '-').eq(self.0.chars())
    }
}

impl FromStr for Code {
    type Err = String;

    /// Takes what people make of it: small letters, spaces, no hyphens, and the letters that look like digits.
    fn from_str(text: &str) -> Result<Self, String> {
        let letters = text.chars().filter(|c| *c != '-' && !c.is_whitespace());
        let code: String = letters
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let good = code.len() == LETTERS && code.chars().all(|c| c.is_ascii_alphanumeric());
        if good { Ok(Self(code)) } else { Err(format!("{text:?} is no code: write it as in 7QX9-M2PA-4T8R")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_as_people_write_it() {
        let pin = Pin::new([0; 16]);

        for written in ["0000-0000-0000", "oooo oooo oooo", "000000000000"] {
            assert!(written.parse::<Code>().unwrap().is_of(pin), "{written}");
        }
        assert!(!"0000-0000-0001".parse::<Code>().unwrap().is_of(pin));
        assert!("0000-0000".parse::<Code>().is_err());
    }
}
