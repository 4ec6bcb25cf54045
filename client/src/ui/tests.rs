//! Whole screens, driven as a person drives them: by the names of what is on them.
mod call;
mod chat;
mod devices;
mod files;
pub(super) mod fixtures;
mod lobby;
mod look;
mod manners;
mod network;
mod people;
mod recording;
mod settings;
mod share;
mod sizes;
mod stage;
