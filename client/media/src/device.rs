//! What the operating system lists: cameras, microphones, speakers.

/// One device, as a person picks it from a list and as a settings file remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The stable name that the settings keep; it survives a re-plug where the operating system has such a name.
    pub id: String,
    /// What a person reads, different for every device of a list.
    pub label: String,
}
