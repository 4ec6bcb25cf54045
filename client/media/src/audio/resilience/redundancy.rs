//! How many copies of the packets before it each packet brings to one peer.

/// The most copies in a packet.
pub const MOST_COPIES: usize = 2;

/// From this share of lost packets on there is one copy, and two; and below the other shares no longer.
const FROM: [f32; MOST_COPIES] = [0.12, 0.3];
const UNTIL: [f32; MOST_COPIES] = [0.06, 0.2];

/// How much of the way to a higher and to a lower loss one report makes.
const UP: f32 = 0.5;
const DOWN: f32 = 0.1;

/// What one copy takes of the way, in bit/s.
const COPY_BITS: f64 = 40e3;

/// The share of what the way takes that all copies may have: where packets are lost because there is no room, copies
/// would take room from what they repeat.
const SHARE: f64 = 0.25;

/// Decides that. Told once a second what the peer reports: what others lose costs this one nothing.
#[derive(Debug, Default)]
pub struct Redundancy {
    loss: f32,
    copies: usize,
}

impl Redundancy {
    /// Takes in the share of packets that was `lost` on the way since the last report, 0 to 1, and how much the way
    /// takes, in bits a second, where that is known. Returns the number of copies.
    pub fn decide(&mut self, lost: f32, target: Option<f64>) -> usize {
        let lost = lost.clamp(0.0, 1.0);
        self.loss += (lost - self.loss) * if lost > self.loss { UP } else { DOWN };
        let worth = |number: usize| {
            let limit = if number < self.copies { UNTIL[number] } else { FROM[number] };
            self.loss >= limit
        };
        self.copies = (0..MOST_COPIES).take_while(|number| worth(*number)).count();
        let room = target.map_or(MOST_COPIES, |target| (SHARE * target / COPY_BITS) as usize);
        self.copies.min(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided after so many seconds of the same reports.
    fn after(redundancy: &mut Redundancy, seconds: u32, lost: f32) -> usize {
        (0..seconds).map(|_| redundancy.decide(lost, None)).last().unwrap_or_default()
    }

    #[test]
    fn few_losses_are_left_to_what_costs_less() {
        let mut redundancy = Redundancy::default();

        assert_eq!(after(&mut redundancy, 60, 0.08), 0);
    }

    #[test]
    fn heavy_loss_brings_two_copies_within_two_reports_and_less_loss_one() {
        assert_eq!(after(&mut Redundancy::default(), 2, 0.5), 2);
        assert_eq!(after(&mut Redundancy::default(), 10, 0.2), 1);
    }

    #[test]
    fn the_copies_go_when_the_losses_have_been_over_for_a_while() {
        let mut redundancy = Redundancy::default();
        after(&mut redundancy, 10, 0.5);

        let soon = after(&mut redundancy, 3, 0.0);
        let later = after(&mut redundancy, 60, 0.0);

        assert_eq!((soon, later), (2, 0));
    }

    #[test]
    fn losses_that_come_and_go_do_not_switch_to_and_fro() {
        let mut redundancy = Redundancy::default();
        after(&mut redundancy, 5, 0.2);

        let decisions: Vec<_> = (0..60).map(|n| redundancy.decide([0.05, 0.2][n % 2], None)).collect();

        assert!(decisions.iter().all(|copies| *copies == 1), "{decisions:?}");
    }

    #[test]
    fn a_narrow_way_gets_no_more_copies_than_it_has_room_for() {
        let on = |bits: f64| {
            let mut redundancy = Redundancy::default();
            (0..10).map(|_| redundancy.decide(0.5, Some(bits))).last()
        };

        assert_eq!([on(100e3), on(200e3), on(1e6)], [Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn nonsense_is_not_believed() {
        let mut redundancy = Redundancy::default();

        assert_eq!(after(&mut redundancy, 5, 1e9), 2);
        assert_eq!(redundancy.decide(-1e9, Some(-5.0)), 0);
        assert_eq!(redundancy.decide(1.0, Some(f64::NAN)), 0);
        assert_eq!(after(&mut redundancy, 5, 0.5), 2);
    }
}
