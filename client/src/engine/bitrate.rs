//! How many bits our pictures may take, so that all that we send stays below what the person allows.

/// What our sound takes for each of the others, with its headers.
const SOUND_KBPS: u32 = 60;
/// Below this a picture is no picture any more; who wants less turns the camera off.
const LEAST_KBPS: u32 = 50;

/// Thousands of bits a second for the pictures: what is `wanted`, or less where so many `receivers`, who each get a
/// copy, would together get more than `upload` allows.
pub(super) fn picture_kbps(wanted: u32, upload: Option<u32>, receivers: usize) -> u32 {
    let receivers = u32::try_from(receivers).unwrap_or(u32::MAX).max(1);
    let share = upload.map_or(wanted, |upload| (upload / receivers).saturating_sub(SOUND_KBPS));
    wanted.min(share).max(LEAST_KBPS.min(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_limit_everybody_gets_the_picture_that_is_wanted() {
        assert_eq!([0, 1, 7].map(|receivers| picture_kbps(800, None, receivers)), [800; 3]);
    }

    #[test]
    fn a_limit_is_shared_by_all_who_get_a_copy_and_their_sound_comes_first() {
        assert_eq!(picture_kbps(800, Some(2000), 1), 800);
        assert_eq!(picture_kbps(800, Some(2000), 4), 440);
        assert_eq!(4 * (picture_kbps(800, Some(2000), 4) + SOUND_KBPS), 2000);
    }

    #[test]
    fn however_many_there_are_something_is_left_to_be_seen() {
        assert_eq!(picture_kbps(800, Some(500), 100), LEAST_KBPS);
        assert_eq!(picture_kbps(30, Some(500), usize::MAX), 30);
    }
}
