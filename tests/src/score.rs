//! Scores of what a call really delivered, from what `--save` kept and what the programs wrote to their logs.
//!
//! Used by the trial of bad networks (`tests/impairment`) and by the tests that keep it honest.
pub mod chirps;
mod journal;
mod lips;
mod pictures;
mod ssim;

pub use chirps::Delay;
pub use journal::{Journal, Packet, field, lines_with};
pub use lips::LipScore;
pub use pictures::{Arrival, Film, PictureScore, Shown, Window};
pub use ssim::ssim;

/// The value that a share (0 to 1) of the sorted values do not exceed; none where there are none.
pub fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied()
}

/// The mean; none of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values = [1.0, 2.0, 3.0, 4.0];

        let found = [0.0, 0.25, 0.5, 0.95, 1.0].map(|share| percentile(&values, share));

        assert_eq!(found, [1.0, 1.0, 2.0, 4.0, 4.0].map(Some));
        assert_eq!((percentile(&[], 0.5), mean(&[]), mean(&values)), (None, None, Some(2.5)));
    }
}
