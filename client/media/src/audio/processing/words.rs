//! The choices as people write them.
use std::{fmt, str::FromStr};

use thiserror::Error;

use super::Noise;

/// A word that names no strength.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no noise suppression: use off, standard or strong")]
pub struct ParseNoiseError(String);

impl FromStr for Noise {
    type Err = ParseNoiseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "standard" => Ok(Self::Standard),
            "strong" => Ok(Self::Strong),
            _ => Err(ParseNoiseError(text.to_owned())),
        }
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Standard => "standard",
            Self::Strong => "strong",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_strength_is_written_as_it_is_read() {
        for text in ["off", "standard", "strong"] {
            assert_eq!(text.parse::<Noise>().unwrap().to_string(), text);
        }
        assert!("loud".parse::<Noise>().unwrap_err().to_string().contains("standard"));
    }
}
