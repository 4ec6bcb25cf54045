//! Where pictures come from, in one word that a person can type.
use std::{fmt, path::PathBuf, str::FromStr};

/// A source of pictures: `camera`, `camera:ID`, `screen`, `screen:ID`, `window:ID`, `region:ID,X,Y,WIDTHxHEIGHT`,
/// `pattern`, `pattern:N`, `file:PATH` or `none`.
///
/// What [`fmt::Display`] writes parses back to the same value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VideoSpec {
    /// The camera with this id (see [`Device`](crate::device::Device)), or the first one listed.
    Camera(Option<String>),
    /// The screen with this id (see [`screens`](crate::video::screens)), or the main one.
    Screen(Option<u32>),
    /// The window with this id.
    Window(u32),
    /// A part of a screen.
    Region(ScreenRegion),
    /// The moving test picture. The tag is drawn into it, so that a program that sees it knows whose it is.
    Pattern(u8),
    /// A `.y4m`, `.webm` or `.mkv` file, looped.
    File(PathBuf),
    /// No pictures: the camera is off.
    None,
}

/// A part of a screen, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScreenRegion {
    /// The id of the screen.
    pub screen: u32,
    /// Pixels from its left edge.
    pub x: u32,
    /// Pixels from its top.
    pub y: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl VideoSpec {
    /// Whether pictures come from a screen or a part of it, so that our own windows may be in them.
    pub fn shows_desktop(&self) -> bool {
        match self {
            Self::Screen(_) | Self::Region(_) => true,
            Self::Window(_) | Self::Camera(_) | Self::Pattern(_) | Self::File(_) | Self::None => false,
        }
    }
}

impl FromStr for ScreenRegion {
    type Err = ();

    /// Reads `ID,X,Y,WIDTHxHEIGHT`.
    fn from_str(given: &str) -> Result<Self, ()> {
        let number = |text: &str| text.parse::<u32>().map_err(|_| ());
        let [screen, x, y, size] = given.split(',').collect::<Vec<_>>().try_into().map_err(|_| ())?;
        let (width, height) = size.split_once('x').ok_or(())?;
        let (width, height) = (number(width)?, number(height)?);
        if width == 0 || height == 0 {
            return Err(());
        }
        Ok(Self { screen: number(screen)?, x: number(x)?, y: number(y)?, width, height })
    }
}

impl fmt::Display for ScreenRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { screen, x, y, width, height } = self;
        write!(f, "{screen},{x},{y},{width}x{height}")
    }
}

/// Why a word names no source of pictures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is no source of pictures: use \"camera\", \"camera:ID\", \"screen\", \"screen:ID\", \"window:ID\", \
     \"region:ID,X,Y,WIDTHxHEIGHT\" (\"parlor devices\" lists the ids), \"pattern\", \"pattern:N\" with N from 0 to 255, \"file:PATH\" (.y4m, .webm or .mkv), or \"none\""
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
            ("screen", None) => Ok(Self::Screen(None)),
            ("screen", Some(id)) => id.parse().map(|id| Self::Screen(Some(id))).map_err(|_| error()),
            ("window", Some(id)) => id.parse().map(Self::Window).map_err(|_| error()),
            ("region", Some(region)) => region.parse().map(Self::Region).map_err(|()| error()),
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
            Self::Screen(None) => f.write_str("screen"),
            Self::Screen(Some(id)) => write!(f, "screen:{id}"),
            Self::Window(id) => write!(f, "window:{id}"),
            Self::Region(region) => write!(f, "region:{region}"),
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
        assert_eq!(parsed("screen"), VideoSpec::Screen(None));
        assert_eq!(parsed("screen:63"), VideoSpec::Screen(Some(63)));
        assert_eq!(parsed("window:4194307"), VideoSpec::Window(4_194_307));
        let region = ScreenRegion { screen: 63, x: 10, y: 0, width: 800, height: 600 };
        assert_eq!(parsed("region:63,10,0,800x600"), VideoSpec::Region(region));
        assert_eq!(parsed("pattern"), VideoSpec::Pattern(0));
        assert_eq!(parsed("pattern:255"), VideoSpec::Pattern(255));
        assert_eq!(parsed("file:C:/clip.y4m"), VideoSpec::File(PathBuf::from("C:/clip.y4m")));
        assert_eq!(parsed("none"), VideoSpec::None);
    }

    #[test]
    fn a_wrong_word_is_answered_with_what_is_allowed() {
        let cameras =
            ["", "cam", "camera:", "pattern:256", "pattern:-1", "pattern:", "file", "file:", "none:1", "Camera"];
        let screens = ["screen:", "screen:-1", "window", "window:x", "region", "region:1,2,3", "region:1,2,3,0x9"];
        for word in cameras.into_iter().chain(screens) {
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
            proptest::option::of(any::<u32>()).prop_map(VideoSpec::Screen),
            any::<u32>().prop_map(VideoSpec::Window),
            (any::<[u32; 3]>(), 1_u32.., 1_u32..).prop_map(|([screen, x, y], width, height)| {
                VideoSpec::Region(ScreenRegion { screen, x, y, width, height })
            }),
            any::<u8>().prop_map(VideoSpec::Pattern),
            "\\PC{1,30}".prop_map(|path| VideoSpec::File(PathBuf::from(path))),
            Just(VideoSpec::None),
        ]
    }
}
