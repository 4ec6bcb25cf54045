//! Which device is used: the one that was chosen by name, or another in its place while it is not plugged in.
//!
//! The studio has one for each kind of device. It is told the time and does nothing itself.
use std::time::{Duration, Instant};

use super::DeviceTrouble;

/// How soon a missing device is looked for.
const SOON: Duration = Duration::from_secs(2);
/// The longest wait, for a device that is listed again and again, and does not open.
const LATE: Duration = Duration::from_secs(60);

/// The choice between a device and what stands in for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum StandIn {
    /// The chosen device is used, as far as it opens.
    #[default]
    None,
    /// The chosen one is missing; the system's choice is used.
    Standing {
        /// What the missing one is called.
        name: String,
        /// When to look for it.
        look_at: Instant,
        /// How long to wait if it does not open then either.
        patience: Duration,
    },
    /// The chosen one is listed again and is being opened.
    Returning {
        /// How long to wait if it does not open.
        patience: Duration,
    },
}

impl StandIn {
    /// What the missing device is called, while something stands in for it.
    pub(super) fn missing(&self) -> Option<&str> {
        match self {
            Self::Standing { name, .. } => Some(name),
            Self::None | Self::Returning { .. } => None,
        }
    }

    /// Another device was chosen.
    pub(super) fn chosen(&mut self) {
        *self = Self::None;
    }

    /// The chosen device does not open, or has stopped. True where another is to be used in its place.
    pub(super) fn failed(&mut self, trouble: &DeviceTrouble, now: Instant) -> bool {
        let Some(name) = trouble.gone() else { return false };
        let patience = match self {
            Self::None => SOON,
            Self::Returning { patience } => *patience,
            Self::Standing { .. } => return false,
        };
        *self = Self::Standing { name: name.to_owned(), look_at: now + patience, patience: (patience * 2).min(LATE) };
        true
    }

    /// The chosen device runs.
    pub(super) fn opened(&mut self) {
        if matches!(self, Self::Returning { .. }) {
            *self = Self::None;
        }
    }

    /// When to look for the missing device.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Self::Standing { look_at, .. } => Some(*look_at),
            Self::None | Self::Returning { .. } => None,
        }
    }

    /// Whether the missing device is to be looked for. It is asked for once, and then again after a while.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> bool {
        match self {
            Self::Standing { look_at, patience, .. } if *look_at <= now => {
                *look_at = now + (*patience).max(SOON);
                true
            }
            Self::None | Self::Standing { .. } | Self::Returning { .. } => false,
        }
    }

    /// The devices were listed, with or without the missing one. True where it is to be used again.
    pub(super) fn listed(&mut self, is_there: bool) -> bool {
        match self {
            Self::Standing { patience, .. } if is_there => {
                *self = Self::Returning { patience: *patience };
                true
            }
            Self::None | Self::Standing { .. } | Self::Returning { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_unplugged_is_replaced_and_used_again_when_it_is_back() {
        let start = Instant::now();
        let mut headset = StandIn::default();

        let replaced = headset.failed(&lost(), start);
        let missing = headset.missing().map(str::to_owned);
        let without_it = headset.listed(false);
        let with_it = headset.listed(true);
        headset.opened();

        assert!(replaced && !without_it && with_it);
        assert_eq!(missing.as_deref(), Some("USB headset"));
        assert_eq!(headset, StandIn::None);
    }

    #[test]
    fn a_device_that_is_busy_or_forbidden_is_waited_for_and_not_replaced() {
        let name = || "USB headset".to_owned();
        for trouble in [
            DeviceTrouble::Busy { name: name() },
            DeviceTrouble::Denied { name: name() },
            DeviceTrouble::Silent { name: name() },
            DeviceTrouble::NoneFound,
            DeviceTrouble::Other,
        ] {
            let mut headset = StandIn::default();

            assert!(!headset.failed(&trouble, Instant::now()), "{trouble:?}");
            assert_eq!(headset.missing(), None);
        }
    }

    #[test]
    fn trouble_with_what_stands_in_changes_nothing() {
        let start = Instant::now();
        let mut headset = StandIn::default();
        headset.failed(&lost(), start);

        assert!(!headset.failed(&DeviceTrouble::Lost { name: "Built-in".to_owned() }, start));
        assert_eq!(headset.missing(), Some("USB headset"));
    }

    #[test]
    fn a_missing_device_is_looked_for_now_and_then() {
        let start = Instant::now();
        let mut headset = StandIn::default();
        headset.failed(&lost(), start);

        let early = headset.handle_timeout(start + SOON / 2);
        let due = headset.handle_timeout(start + SOON);
        let at_once_again = headset.handle_timeout(start + SOON);

        assert!(!early && due && !at_once_again);
        assert!(headset.poll_timeout().is_some_and(|at| at > start + SOON));
    }

    #[test]
    fn a_device_that_is_listed_and_never_opens_is_tried_ever_more_rarely() {
        let start = Instant::now();
        let mut headset = StandIn::default();
        let mut waits = Vec::new();

        for _ in 0..8 {
            headset.failed(&lost(), start);
            waits.push(headset.poll_timeout().unwrap() - start);
            headset.listed(true);
        }

        assert!(waits.is_sorted(), "{waits:?}");
        assert_eq!(waits.last(), Some(&LATE));
    }

    #[test]
    fn choosing_another_device_ends_the_search_for_the_missing_one() {
        let mut headset = StandIn::default();
        headset.failed(&lost(), Instant::now());

        headset.chosen();

        assert_eq!((headset.missing(), headset.poll_timeout()), (None, None));
    }

    fn lost() -> DeviceTrouble {
        DeviceTrouble::Lost { name: "USB headset".to_owned() }
    }
}
