//! A bad network, pure: for each packet, whether and when it arrives.
use std::time::{Duration, Instant};

use super::conditions::{Cut, Impairment};

/// What every packet carries beside what we hand over: IPv4 and UDP headers.
const HEADER_BYTES: usize = 28;
/// How long packets are held back that others are to overtake: a few packets of a call.
const HELD_BACK_MS: std::ops::RangeInclusive<u64> = 10..=40;

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrives.
    Arrives {
        /// When.
        at: Instant,
        /// Whether a copy of it does, too.
        twice: bool,
        /// How long it waits for those before it, of that time.
        queued: Duration,
    },
    /// It vanishes by chance.
    Lost,
    /// It vanishes because nothing passes now.
    Cut,
    /// It vanishes because too much waits already.
    QueueFull,
}

/// One direction of a bad network.
#[derive(Debug)]
pub(super) struct Link {
    impairment: Impairment,
    dice: fastrand::Rng,
    /// From when on the times of the impairment count.
    begun: Instant,
    /// Whether the packet before was lost.
    losing: bool,
    /// When the last bit of what was sent so far has left.
    free_at: Instant,
    /// When the newest packet in order arrives.
    newest: Instant,
}

impl Link {
    /// `number` tells links of the same impairment apart: each has its own luck.
    pub(super) fn new(impairment: Impairment, number: u64, begun: Instant) -> Self {
        let dice = fastrand::Rng::with_seed(impairment.seed.wrapping_add(number));
        Self { impairment, dice, begun, losing: false, free_at: begun, newest: begun }
    }

    /// What becomes of a packet of so many bytes that is sent now.
    pub(super) fn send(&mut self, bytes: usize, now: Instant) -> Fate {
        let time = now.saturating_duration_since(self.begun);
        if self.impairment.cuts.iter().copied().any(|cut: Cut| cut.covers(time)) {
            return Fate::Cut;
        }
        if self.loses(self.impairment.loss.at(time)) {
            return Fate::Lost;
        }
        let start = self.free_at.max(now);
        let queued = start - now;
        if queued > self.impairment.queue {
            return Fate::QueueFull;
        }
        let sent = self.transmit(bytes, start);
        let jitter = self.impairment.jitter.at(time).mul_f64(self.dice.f64());
        let at = self.newest.max(sent + self.impairment.delay.at(time) + jitter);
        let twice = self.dice.f64() < self.impairment.duplicate;
        if self.dice.f64() < self.impairment.reorder {
            let held_back = Duration::from_millis(self.dice.u64(HELD_BACK_MS));
            return Fate::Arrives { at: at + held_back, twice, queued };
        }
        self.newest = at;
        Fate::Arrives { at, twice, queued }
    }

    /// Throws the dice for one packet: each by itself, or, in bursts, as a chain of two states (E. N. Gilbert, "Capacity
    /// of a Burst-Noise Channel", 1960). The share is always kept: where losses are so many that they cannot come in
    /// bursts so short, the bursts are longer.
    fn loses(&mut self, share: f64) -> bool {
        let dice = self.dice.f64();
        self.losing = match self.impairment.burst {
            _ if share <= 0.0 => false,
            None => dice < share,
            Some(_) if share >= 1.0 => true,
            Some(burst) => {
                let odds = share / (1.0 - share);
                let ends = (1.0 / burst).min(1.0 / odds);
                if self.losing { dice >= ends } else { dice < ends * odds }
            }
        };
        self.losing
    }

    /// When the last bit of a packet has left whose first one leaves at `start`, however the rate changes meanwhile.
    fn transmit(&mut self, bytes: usize, start: Instant) -> Instant {
        let mut bits = (bytes + HEADER_BYTES) as f64 * 8.0;
        let mut time = start.saturating_duration_since(self.begun);
        while let Some(rate) = self.impairment.rate.at(time) {
            let needed = Duration::from_secs_f64(bits / rate);
            match self.impairment.rate.next_change(time) {
                Some(change) if time + needed > change => {
                    bits = (bits - rate * (change - time).as_secs_f64()).max(0.0);
                    time = change;
                }
                Some(_) | None => {
                    time += needed;
                    break;
                }
            }
        }
        self.free_at = start.max(self.begun + time);
        self.free_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    /// With its headers it has 10,000 bits.
    const PACKET: usize = 1_222;

    #[test]
    fn the_share_of_lost_packets_is_the_one_asked_for_and_repeats() {
        let lost = |seed| losses(&format!("loss=5%,seed={seed}")).into_iter().filter(|lost| *lost).count();

        assert!((400..600).contains(&lost(1)), "{}", lost(1));
        assert_eq!(lost(1), lost(1));
        assert_ne!(lost(1), lost(2));
    }

    #[test]
    fn bursts_are_as_long_as_asked_for_and_leave_the_share_as_it_is() {
        for (text, share, length) in [
            ("loss=5%", 0.05, 1.05),
            ("loss=5%,burst=4", 0.05, 4.0),
            ("loss=20%,burst=10", 0.2, 10.0),
            // Three of four in bursts of one is impossible: the bursts grow.
            ("loss=75%,burst=1", 0.75, 3.0),
        ] {
            let losses = losses(text);

            let lost = losses.iter().filter(|lost| **lost).count() as f64;
            let bursts = losses.windows(2).filter(|pair| !pair[0] && pair[1]).count() as f64;
            assert!((lost / losses.len() as f64 / share - 1.0).abs() < 0.25, "{text}: {lost}");
            assert!((lost / bursts / length - 1.0).abs() < 0.25, "{text}: {}", lost / bursts);
        }
    }

    #[test]
    fn a_loss_of_all_and_of_none_is_certain_with_bursts_too() {
        assert!(losses("loss=100%,burst=3").into_iter().all(|lost| lost));
        assert!(!losses("loss=0%,burst=3").into_iter().any(|lost| lost));
    }

    #[test]
    fn jitter_does_not_change_the_order() {
        let (mut link, start) = link("jitter=20ms");

        let arrivals: Vec<_> = (0..100).map(|n| arrival(link.send(100, start + n * MS))).collect();

        assert!(arrivals.is_sorted());
        assert!(arrivals.iter().zip(0..).any(|(at, n)| *at > start + (n + 10) * MS), "nothing is ever late");
    }

    #[test]
    fn what_is_reordered_is_overtaken_without_any_delay_too() {
        let (mut link, start) = link("reorder=10%");

        let arrivals: Vec<_> = (0..1_000).map(|n| arrival(link.send(100, start + n * MS))).collect();

        let overtaken = arrivals.windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert!((60..140).contains(&overtaken), "{overtaken}");
    }

    #[test]
    fn the_share_of_doubled_packets_is_the_one_asked_for() {
        let (mut link, start) = link("duplicate=10%");

        let twice = |fate| matches!(fate, Fate::Arrives { twice: true, .. });
        let doubled = (0..1_000).filter(|_| twice(link.send(100, start))).count();

        assert!((60..140).contains(&doubled), "{doubled}");
    }

    #[test]
    fn what_exceeds_the_rate_waits_and_then_is_dropped() {
        let (mut link, now) = link("rate=1mbit,queue=100ms");

        let fates: Vec<_> = (0..12).map(|_| link.send(PACKET, now)).collect();

        let expected = |n: u32| Fate::Arrives { at: now + (n + 1) * 10 * MS, twice: false, queued: n * 10 * MS };
        assert_eq!(fates[..11], (0..11).map(expected).collect::<Vec<_>>());
        assert_eq!(fates[11], Fate::QueueFull);
    }

    #[test]
    fn a_packet_under_way_feels_that_the_rate_changes() {
        let (mut link, now) = link("rate=1mbit,rate=500kbit@5ms,rate=none@100ms");

        let slowed = arrival(link.send(PACKET, now));
        let freed = arrival(link.send(10 * PACKET, now));
        let free = arrival(link.send(PACKET, now + 200 * MS));

        assert_eq!(slowed, now + 15 * MS, "half of it at the full rate, half of it at half the rate");
        assert_eq!(freed, now + 100 * MS, "what is left when the limit falls passes at once");
        assert_eq!(free, now + 200 * MS);
    }

    #[test]
    fn a_delay_that_changes_keeps_the_order() {
        let (mut link, start) = link("delay=50ms,delay=120ms@1s,delay=20ms@2s");

        let times = [0, 999, 1_000, 1_999, 2_000, 2_150].map(|ms| (ms, arrival(link.send(100, start + ms * MS))));

        let took = times.map(|(ms, at)| (at - start - ms * MS).as_millis());
        assert_eq!(took, [50, 50, 120, 120, 119, 20]);
    }

    #[test]
    fn nothing_passes_in_a_cut_and_everything_before_and_behind_it() {
        let (mut link, start) = link("cut=1s+500ms,cut=3s+1s");

        let passes = [0, 999, 1_000, 1_499, 1_500, 2_999, 3_000, 3_999, 4_000]
            .map(|ms| link.send(100, start + ms * MS) != Fate::Cut);

        assert_eq!(passes, [true, true, false, false, true, true, false, false, true]);
    }

    fn link(text: &str) -> (Link, Instant) {
        let start = Instant::now();
        (Link::new(text.parse().expect("a network"), 0, start), start)
    }

    /// Of ten thousand packets, whether each was lost.
    fn losses(text: &str) -> Vec<bool> {
        let (mut link, start) = link(text);
        (0..10_000).map(|_| link.send(PACKET, start) == Fate::Lost).collect()
    }

    fn arrival(fate: Fate) -> Instant {
        match fate {
            Fate::Arrives { at, .. } => at,
            Fate::Lost | Fate::Cut | Fate::QueueFull => panic!("{fate:?}"),
        }
    }
}
