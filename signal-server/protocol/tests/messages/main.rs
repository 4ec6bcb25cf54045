//! Every message as it looks on the wire: in the golden files, in the documentation, and broken.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod documentation;
mod golden;
mod hostile;
mod variants;
