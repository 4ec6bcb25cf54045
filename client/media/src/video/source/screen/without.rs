//! In place of everything that sees screens, where the feature `screen` was left out.
use super::{Grabber, OpenScreenError};
use crate::{frame::Size, spec::VideoSpec, video::screens::Shareables};

pub(super) fn open(_spec: &VideoSpec) -> Result<Box<dyn Grabber>, OpenScreenError> {
    Err(OpenScreenError::NotBuilt)
}

pub(in crate::video) fn list(_thumbnails: Option<Size>) -> Result<Shareables, OpenScreenError> {
    Err(OpenScreenError::NotBuilt)
}
