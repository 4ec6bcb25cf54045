//! Where pictures come from, in one word that a person can type.
use std::{fmt, path::PathBuf, str::FromStr};

/// A source of pictures: `camera`, `camera:ID`, `pattern`, `pattern:N`, `file:PATH` or `none`.
///
/// What [`fmt::Display`] writes parses back to the same value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VideoSpec {
    /// The camera with this id (see [`Device`](crate::device::Device)), or the first one listed.
    Camera(Option<String>),
    /// The moving test picture. The tag is drawn into it, so that a program that sees it knows whose it is.
    Pattern(u8),
    /// A `.y4m`, `.webm` or `.mkv` file, looped.
    File(PathBuf),
    /// No pictures: the camera is off.
    None,
}

/// Why a word names no source of pictures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is no source of pictures: use \"camera\", \"camera:ID\" (\"parlor devices\" lists the ids), \
     \"pattern\", \"pattern:N\" with N from 0 to 255, \"file:PATH\" (.y4m, .webm or .mkv), or \"none\""
)]
pub struct ParseVideoSpecError {
    given: String,
}

impl FromStr for VideoSpec {
    type Err = ParseVideoSpecError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let (kind, detail) = match given.split_once(':') {
            Some((kind, detail)) => (kind, Some(detail)),
            None => (given, None),
        };
        let error = || ParseVideoSpecError { given: given.to_owned() };
        match (kind, detail) {
            ("camera", None) => Ok(Self::Camera(None)),
            ("camera", Some(id)) if !id.is_empty() => Ok(Self::Camera(Some(id.to_owned()))),
            ("pattern", None) => Ok(Self::Pattern(0)),
            ("pattern", Some(tag)) => tag.parse().map(Self::Pattern).map_err(|_| error()),
            ("file", Some(path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            ("none", None) => Ok(Self::None),
            _ => Err(error()),
        }
    }
}

impl fmt::Display for VideoSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Camera(None) => f.write_str("camera"),
            Self::Camera(Some(id)) => write!(f, "camera:{id}"),
            Self::Pattern(0) => f.write_str("pattern"),
            Self::Pattern(tag) => write!(f, "pattern:{tag}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_of_source_has_a_word() {
        let parsed = |word: &str| word.parse::<VideoSpec>().unwrap();

        assert_eq!(parsed("camera"), VideoSpec::Camera(None));
        assert_eq!(parsed("camera:usb-Cam_1:0"), VideoSpec::Camera(Some("usb-Cam_1:0".to_owned())));
        assert_eq!(parsed("pattern"), VideoSpec::Pattern(0));
        assert_eq!(parsed("pattern:255"), VideoSpec::Pattern(255));
        assert_eq!(parsed("file:C:/clip.y4m"), VideoSpec::File(PathBuf::from("C:/clip.y4m")));
        assert_eq!(parsed("none"), VideoSpec::None);
    }

    #[test]
    fn a_wrong_word_is_answered_with_what_is_allowed() {
        for word in ["", "cam", "camera:", "pattern:256", "pattern:-1", "pattern:", "file", "file:", "none:1", "Camera"]
        {
            let error = word.parse::<VideoSpec>().unwrap_err().to_string();

            assert!(error.starts_with(&format!("{word:?}")), "{error}");
            assert!(error.contains("pattern:N") && error.contains("file:PATH"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_displayed_parses_back(spec in any_spec()) {
            prop_assert_eq!(spec.to_string().parse::<VideoSpec>(), Ok(spec));
        }

        #[test]
        fn whatever_parses_is_displayed_so_that_it_parses_back(word in "\\PC{0,20}") {
            if let Ok(spec) = word.parse::<VideoSpec>() {
                prop_assert_eq!(spec.to_string().parse::<VideoSpec>(), Ok(spec));
            }
        }
    }

    fn any_spec() -> impl Strategy<Value = VideoSpec> {
        prop_oneof![
            proptest::option::of("\\PC{1,30}").prop_map(VideoSpec::Camera),
            any::<u8>().prop_map(VideoSpec::Pattern),
            "\\PC{1,30}".prop_map(|path| VideoSpec::File(PathBuf::from(path))),
            Just(VideoSpec::None),
        ]
    }
}
