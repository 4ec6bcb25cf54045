//! Whole screens, driven as a person drives them: by the names of what is on them.
mod call;
pub(super) mod fixtures;
mod lobby;
mod look;
mod manners;
mod network;
