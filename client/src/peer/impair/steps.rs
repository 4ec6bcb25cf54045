//! A value that changes at set times.
use std::time::Duration;

/// A value to begin with, and what it becomes when.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps<T> {
    first: T,
    /// In the order of their times, each time once.
    later: Vec<(Duration, T)>,
}

impl<T: Copy> Steps<T> {
    /// Always the same.
    pub const fn new(value: T) -> Self {
        Self { first: value, later: Vec::new() }
    }

    /// From that time on, counted from the beginning, it is this. What was set for the same time is replaced.
    pub fn set(&mut self, from: Duration, value: T) {
        if from.is_zero() {
            self.first = value;
            return;
        }
        match self.later.binary_search_by_key(&from, |(time, _)| *time) {
            Ok(same) => self.later[same].1 = value,
            Err(place) => self.later.insert(place, (from, value)),
        }
    }

    /// What it is at that time.
    pub fn at(&self, time: Duration) -> T {
        let passed = self.later.partition_point(|(from, _)| *from <= time);
        passed.checked_sub(1).map_or(self.first, |last| self.later[last].1)
    }

    /// When it changes next, after that time.
    pub fn next_change(&self, time: Duration) -> Option<Duration> {
        let passed = self.later.partition_point(|(from, _)| *from <= time);
        self.later.get(passed).map(|(from, _)| *from)
    }
}

impl<T: Copy> From<T> for Steps<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_value_holds_until_the_next_one() {
        let mut steps = Steps::new('a');
        steps.set(4 * SECOND, 'c');
        steps.set(2 * SECOND, 'b');

        let seen: String = (0..6).map(|second| steps.at(second * SECOND)).collect();

        assert_eq!(seen, "aabbcc");
        assert_eq!(steps.next_change(Duration::ZERO), Some(2 * SECOND));
        assert_eq!(steps.next_change(2 * SECOND), Some(4 * SECOND));
        assert_eq!(steps.next_change(4 * SECOND), None);
    }

    #[test]
    fn what_is_set_last_for_a_time_counts() {
        let mut steps = Steps::new('a');

        for value in ['b', 'c'] {
            steps.set(Duration::ZERO, value);
            steps.set(SECOND, value);
        }

        assert_eq!(steps, Steps { first: 'c', later: vec![(SECOND, 'c')] });
    }
}
