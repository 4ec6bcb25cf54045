//! The jitter buffer in virtual time: scripted calls, and random networks that must never break its promises.
use std::time::{Duration, Instant};

use bytes::Bytes;
use parlor_media::audio::jitter::{AudioPacket, JitterBuffer, JitterStats, MAX_PACKETS, Pace, Pulled};
use proptest::prelude::*;

const PACKET: Duration = Duration::from_millis(20);

/// A packet of 20 ms (SILK, wide band, one frame) that says that it has a copy of the one before: the buffer looks at
/// no more of it than that.
fn packet(n: u32) -> AudioPacket {
    AudioPacket {
        sequence: (n as u16).wrapping_add(65_500),
        timestamp: n.wrapping_mul(960).wrapping_add(u32::MAX - 4_800),
        payload: Bytes::from_static(&[0x48, 0xc0, 2, 3]),
    }
}

/// Which packet this was.
fn number(packet: &AudioPacket) -> u16 {
    packet.sequence.wrapping_sub(65_500)
}

/// One packet on its way: when it arrives, and which it is.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    at: Duration,
    n: u32,
}

fn on_time(packets: std::ops::Range<u32>) -> Vec<Delivery> {
    packets.map(|n| Delivery { at: PACKET * n, n }).collect()
}

/// A listener in virtual time: takes deliveries in as they come and pulls as a decoder does, each time for the moment
/// when everything pulled before has been played.
struct Listener {
    buffer: JitterBuffer,
    start: Instant,
    playing: Duration,
    deliveries: std::iter::Peekable<std::vec::IntoIter<Delivery>>,
    /// From this packet on, the timestamps are so much higher.
    timestamp_after: Option<(u32, u32)>,
    /// What the packets are made of.
    payload: Bytes,
    /// How many copies of the ones before it a packet brings along.
    copies: u32,
}

/// A packet of 20 ms whose padding may carry other sound along: code 3, one frame, padding.
const CARRYING: &[u8] = &[0x4b, 0x41, 1, 0x80, 2, 3];

/// A packet of 20 ms without a copy of the one before, and without padding.
const COPY: &[u8] = &[0x48, 0x80, 2, 3];

/// What an encoder says of silence.
const NOTHING_TO_HEAR: &[u8] = &[0x48];

impl Listener {
    fn new(mut deliveries: Vec<Delivery>) -> Self {
        deliveries.sort_by_key(|delivery| delivery.at);
        let deliveries = deliveries.into_iter().peekable();
        Self {
            buffer: JitterBuffer::new(),
            start: Instant::now(),
            playing: Duration::ZERO,
            deliveries,
            timestamp_after: None,
            payload: packet(0).payload,
            copies: 0,
        }
    }

    /// The same with packets that carry other sound along.
    fn carrying(deliveries: Vec<Delivery>) -> Self {
        Self { payload: Bytes::from_static(CARRYING), ..Self::new(deliveries) }
    }

    fn play_until(&mut self, end: Duration) -> Vec<Pulled> {
        let mut played = Vec::new();
        while self.playing < end {
            while let Some(delivery) = self.deliveries.next_if(|delivery| delivery.at <= self.playing) {
                let mut packet = AudioPacket { payload: self.payload.clone(), ..packet(delivery.n) };
                if let Some((_, later)) = self.timestamp_after.filter(|(from, _)| delivery.n >= *from) {
                    packet.timestamp = packet.timestamp.wrapping_add(later);
                }
                self.buffer.push(packet, self.start + delivery.at);
                self.push_copies(delivery);
            }
            let pulled = self.buffer.pull(self.start + self.playing);
            self.playing += match &pulled {
                // As much as a splice takes away or adds in a voice of 200 Hz.
                Pulled::Packet { pace: Pace::Faster, .. } => Duration::from_millis(15),
                Pulled::Packet { pace: Pace::Slower, .. } => Duration::from_millis(25),
                Pulled::Packet { pace: Pace::Steady, .. } => PACKET,
                Pulled::Fec { samples, .. } | Pulled::Dred { samples, .. } | Pulled::Conceal { samples } => {
                    PACKET * *samples as u32 / 960
                }
                Pulled::Comfort | Pulled::Silence => Duration::from_millis(10),
            };
            played.push(pulled);
        }
        played
    }

    /// The newest first, as a packet is taken apart.
    fn push_copies(&mut self, delivery: Delivery) {
        for n in (0..delivery.n).rev().take(self.copies as usize) {
            let copy = AudioPacket { payload: Bytes::from_static(COPY), ..packet(n) };
            self.buffer.push_copy(copy, self.start + delivery.at);
        }
    }

    fn stats(&self) -> JitterStats {
        self.buffer.stats()
    }
}

fn count(played: &[Pulled], is: impl Fn(&Pulled) -> bool) -> usize {
    played.iter().filter(|pulled| is(pulled)).count()
}

fn numbers(played: &[Pulled]) -> Vec<u16> {
    let number = |pulled: &Pulled| match pulled {
        Pulled::Packet { packet, .. } => Some(number(packet)),
        Pulled::Fec { .. } | Pulled::Dred { .. } | Pulled::Conceal { .. } | Pulled::Comfort | Pulled::Silence => None,
    };
    played.iter().filter_map(number).collect()
}

fn is_packet(pulled: &Pulled) -> bool {
    matches!(pulled, Pulled::Packet { .. })
}

fn is_concealment(pulled: &Pulled) -> bool {
    matches!(pulled, Pulled::Conceal { .. })
}

#[test]
fn every_packet_of_an_even_network_is_played_in_order_over_both_wraps() {
    let mut listener = Listener::new(on_time(0..400));

    let played = listener.play_until(PACKET * 403);

    assert_eq!(numbers(&played), (0..400).collect::<Vec<_>>());
    assert_eq!(listener.stats().lost, 0);
    assert_eq!(listener.stats().target_ms, 20.0);
}

#[test]
fn packets_in_the_wrong_order_are_put_right() {
    let mut deliveries = on_time(0..300);
    deliveries.iter_mut().skip(4).step_by(10).for_each(|late| late.at += Duration::from_millis(25));
    let mut listener = Listener::new(deliveries);

    let played = listener.play_until(PACKET * 310);

    let stats = listener.stats();
    assert_eq!(count(&played, is_packet) as u64, 300 - stats.late);
    assert!(stats.late <= 3, "{stats:?}");
}

#[test]
fn jitter_of_sixty_milliseconds_conceals_nothing_once_it_is_known() {
    let mut random = fastrand::Rng::with_seed(1);
    let mut deliveries = on_time(0..1_500);
    deliveries.iter_mut().for_each(|delivery| delivery.at += Duration::from_millis(random.u64(0..60)));
    let mut listener = Listener::new(deliveries);

    listener.play_until(PACKET * 250);
    let played = listener.play_until(PACKET * 1_500);

    let stats = listener.stats();
    assert_eq!(count(&played, is_concealment), 0);
    assert!((50.0..=90.0).contains(&stats.target_ms), "{stats:?}");
    assert!(listener.buffer.len() <= 7, "{} packets wait", listener.buffer.len());
}

#[test]
fn single_losses_are_filled_from_the_packet_after() {
    let mut deliveries = on_time(0..2_000);
    deliveries.retain(|delivery| delivery.n % 20 != 19);
    let mut listener = Listener::new(deliveries);

    let played = listener.play_until(PACKET * 1_990);

    let (stats, recovered) = (listener.stats(), count(&played, |pulled| matches!(pulled, Pulled::Fec { .. })));
    assert_eq!(stats.lost, 99);
    assert!(recovered >= 95, "{recovered} of 99, {stats:?}");
    assert_eq!(stats.recovered, recovered as u64);
}

#[test]
fn a_burst_of_losses_is_concealed_in_real_time() {
    let mut deliveries = on_time(0..400);
    deliveries.retain(|delivery| !(200..205).contains(&delivery.n));
    let mut listener = Listener::new(deliveries);

    let played = listener.play_until(PACKET * 405);

    assert_eq!(count(&played, is_packet), 395);
    assert_eq!(listener.stats().lost, 5);
    let first = played.iter().position(is_packet).unwrap();
    let last = played.iter().rposition(is_packet).unwrap();
    let made_up = count(&played[first..last], |pulled| !is_packet(pulled));
    assert!((4..=7).contains(&made_up), "{made_up}");
}

#[test]
fn a_burst_is_rebuilt_packet_by_packet_from_what_the_next_one_carries_along() {
    let mut deliveries = on_time(0..400);
    deliveries.retain(|delivery| !(200..205).contains(&delivery.n));
    let mut listener = Listener::carrying(deliveries);
    // The packet behind the gap is there in time.
    listener.buffer.set_extra(Duration::from_millis(120));

    let played = listener.play_until(PACKET * 410);

    let rebuilt = |pulled: &Pulled| match pulled {
        Pulled::Dred { before, samples: 960, .. } => Some(*before),
        Pulled::Dred { .. }
        | Pulled::Packet { .. }
        | Pulled::Fec { .. }
        | Pulled::Conceal { .. }
        | Pulled::Comfort
        | Pulled::Silence => None,
    };
    let befores: Vec<_> = played.iter().filter_map(rebuilt).collect();
    assert_eq!(befores, [5 * 960, 4 * 960, 3 * 960, 2 * 960, 960]);
    assert_eq!((listener.stats().lost, listener.stats().recovered), (5, 5));
    assert_eq!(count(&played, is_packet), 395);
}

#[test]
fn half_of_all_packets_are_enough_where_they_carry_the_others_along() {
    let mut random = fastrand::Rng::with_seed(6);
    let mut deliveries = on_time(0..3_000);
    deliveries.retain(|_| random.bool());
    let mut listener = Listener::carrying(deliveries);

    listener.play_until(PACKET * 3_000);

    let stats = listener.stats();
    assert!(stats.recovered * 100 >= stats.lost * 93, "{stats:?}");
    assert!(stats.concealed_samples * 100 < stats.played_samples * 5, "{stats:?}");
    assert!(stats.target_ms <= 160.0, "{stats:?}");
}

#[test]
fn a_fifth_of_loss_is_filled_from_the_copies_with_little_delay() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut deliveries = on_time(0..3_000);
    deliveries.retain(|_| random.u8(0..100) >= 20);
    let mut listener = Listener::new(deliveries);

    listener.play_until(PACKET * 3_000);

    let stats = listener.stats();
    // A copy reaches one packet back: the first of two lost ones is made up.
    assert!(stats.recovered * 100 >= stats.lost * 75, "{stats:?}");
    assert!(stats.target_ms <= 60.0, "{stats:?}");
}

#[test]
fn copies_in_later_packets_stand_in_for_half_of_all() {
    let mut random = fastrand::Rng::with_seed(9);
    let mut deliveries = on_time(0..3_000);
    deliveries.retain(|_| random.bool());
    let mut listener = Listener { copies: 2, payload: Bytes::from_static(COPY), ..Listener::new(deliveries) };

    let played = listener.play_until(PACKET * 3_000);

    let stats = listener.stats();
    assert!((1_400..1_600).contains(&stats.lost), "{stats:?}");
    // One of four is lost with both of its copies.
    assert!(stats.recovered * 100 >= stats.lost * 70, "{stats:?}");
    assert!(count(&played, is_packet) as u64 > stats.received + stats.lost / 2, "{stats:?}");
    assert!(stats.target_ms <= 80.0, "{stats:?}");
}

#[test]
fn what_no_copy_is_there_for_is_rebuilt_from_the_packet_that_brought_the_others() {
    let mut deliveries = on_time(0..400);
    deliveries.retain(|delivery| !(200..205).contains(&delivery.n));
    let mut listener = Listener { copies: 2, ..Listener::carrying(deliveries) };
    listener.buffer.set_extra(Duration::from_millis(120));

    let played = listener.play_until(PACKET * 410);

    let revived = |pulled: &Pulled| if let Pulled::Dred { before, .. } = pulled { Some(*before) } else { None };
    let befores: Vec<_> = played.iter().filter_map(revived).collect();
    assert_eq!(befores, [5 * 960, 4 * 960, 3 * 960]);
    assert_eq!(numbers(&played), (0..200).chain(203..400).collect::<Vec<_>>());
    assert_eq!((listener.stats().lost, listener.stats().recovered), (5, 5));
}

#[test]
fn copies_of_what_arrives_anyway_change_nothing() {
    let mut listener = Listener { copies: 2, ..Listener::new(on_time(0..400)) };

    let played = listener.play_until(PACKET * 403);

    let stats = listener.stats();
    assert_eq!(numbers(&played), (0..400).collect::<Vec<_>>());
    assert_eq!((stats.received, stats.lost, stats.recovered, stats.target_ms), (400, 0, 0, 20.0));
}

#[test]
fn a_packet_that_comes_after_its_copy_is_not_lost() {
    let mut deliveries = on_time(0..400);
    deliveries.iter_mut().skip(5).step_by(10).for_each(|late| late.at += Duration::from_millis(25));
    let mut listener = Listener { copies: 1, ..Listener::new(deliveries) };

    listener.play_until(PACKET * 50);
    let before = listener.stats();
    listener.play_until(PACKET * 410);

    let stats = listener.stats();
    assert_eq!((stats.lost, stats.recovered), (before.lost, before.recovered), "{stats:?}");
    assert_eq!(stats.concealed_samples, before.concealed_samples, "{stats:?}");
}

#[test]
fn jitter_of_120_milliseconds_is_covered_with_at_most_150_of_delay() {
    let mut random = fastrand::Rng::with_seed(8);
    let mut deliveries = on_time(0..1_500);
    deliveries.iter_mut().for_each(|delivery| delivery.at += Duration::from_millis(random.u64(0..120)));
    let mut listener = Listener::new(deliveries);

    listener.play_until(PACKET * 250);
    let before = listener.stats();
    listener.play_until(PACKET * 1_500);

    let stats = listener.stats();
    assert!(stats.target_ms <= 150.0, "{stats:?}");
    let made_up = stats.concealed_samples - before.concealed_samples;
    assert!(made_up * 100 < stats.played_samples - before.played_samples, "{stats:?}");
}

#[test]
fn a_clock_that_runs_fast_or_slow_is_followed_for_minutes() {
    for millionths in [-200i64, 200] {
        let drift = |n: u32| i64::from(n) * 20 * millionths / 1_000;
        let deliver = |n: u32| Delivery { at: Duration::from_micros((i64::from(n) * 20_000 + drift(n)) as u64), n };
        let mut listener = Listener::new((0..15_000).map(deliver).collect());

        let played = listener.play_until(PACKET * 14_900);

        let stats = listener.stats();
        assert_eq!((stats.lost, stats.late), (0, 0), "{stats:?}");
        assert!(count(&played, is_concealment) <= 10, "{} made up, {stats:?}", count(&played, is_concealment));
        assert!(listener.buffer.len() <= 4, "{} wait at {millionths}", listener.buffer.len());
    }
}

#[test]
fn a_sender_that_says_there_is_nothing_to_hear_leaves_its_background_and_no_loss() {
    let mut buffer = JitterBuffer::new();
    let start = Instant::now();
    let mut played = Vec::new();
    let mut playing = Duration::ZERO;
    // One second of sound, two of silence that is said twice more, and one of sound.
    let sent = (0..100).chain([100, 120, 140, 160, 180]).chain(200..250);
    let mut sent = sent.enumerate().peekable();

    while playing < PACKET * 252 {
        while let Some((sequence, n)) = sent.next_if(|(_, n)| PACKET * *n <= playing) {
            let payload = if (100..200).contains(&n) { Bytes::from_static(NOTHING_TO_HEAR) } else { packet(0).payload };
            let packet = AudioPacket { sequence: sequence as u16, timestamp: n * 960, payload };
            buffer.push(packet, start + PACKET * n);
        }
        let pulled = buffer.pull(start + playing);
        playing += if pulled == Pulled::Comfort || pulled == Pulled::Silence { PACKET / 2 } else { PACKET };
        played.push(pulled);
    }

    assert_eq!(count(&played, is_packet), 155);
    assert_eq!(count(&played, |pulled| *pulled == Pulled::Comfort), 2 * 95);
    assert_eq!(count(&played, is_concealment), 0);
    assert_eq!((buffer.stats().lost, buffer.stats().late, buffer.stats().concealed_samples), (0, 0, 0));
}

#[test]
fn the_first_word_after_a_silence_is_rebuilt_where_the_packet_behind_it_is_in_time() {
    let mut buffer = JitterBuffer::new();
    let start = Instant::now();
    for n in 0..100u32 {
        let payload = Bytes::from_static(if n < 99 { CARRYING } else { NOTHING_TO_HEAR });
        buffer.push(AudioPacket { sequence: n as u16, timestamp: n * 960, payload }, start + PACKET * n);
        buffer.pull(start + PACKET * n);
    }
    buffer.set_extra(Duration::from_millis(100));
    let mut at = start + PACKET * 100;
    while buffer.pull(at) != Pulled::Comfort {
        at += PACKET;
    }

    // Number 100 is lost.
    let packet = AudioPacket { sequence: 101, timestamp: 201 * 960, payload: Bytes::from_static(CARRYING) };
    buffer.push(packet, start + PACKET * 201);
    let mut at = start + PACKET * 201;
    let first = loop {
        match buffer.pull(at) {
            Pulled::Comfort => at += PACKET / 2,
            other => break other,
        }
    };

    assert!(matches!(first, Pulled::Dred { before: 960, .. }), "{first:?}");
    assert!(matches!(buffer.pull(at + PACKET), Pulled::Packet { .. }));
    assert_eq!(buffer.stats().recovered, 1);
}

#[test]
fn a_sender_that_stops_is_silence_and_no_loss() {
    let pause = Duration::from_secs(120);
    let before = on_time(0..100);
    let after = (0..100).map(|n| Delivery { at: pause + PACKET * n, n: 100 + n });
    let mut listener = Listener::new(before.into_iter().chain(after).collect());
    // The numbers go on after the pause; the timestamps tell how long it was.
    listener.timestamp_after = Some((100, (pause - PACKET * 100).as_millis() as u32 * 48));

    let until_the_pause = listener.play_until(pause);
    let resumed = listener.play_until(pause + PACKET * 110);

    let bridged = count(&until_the_pause, is_concealment);
    assert!((8..=11).contains(&bridged), "{bridged} packets of concealment are about 200 ms");
    assert_eq!(until_the_pause.last(), Some(&Pulled::Silence));
    assert_eq!(count(&resumed, is_packet), 100);
    assert_eq!((listener.stats().lost, listener.stats().concealed_samples), (0, 0));
}

#[test]
fn packets_lost_in_an_outage_are_loss_although_the_sender_seemed_to_have_stopped() {
    let mut deliveries = on_time(0..300);
    deliveries.retain(|delivery| !(100..130).contains(&delivery.n));
    let mut listener = Listener::new(deliveries);

    listener.play_until(PACKET * 303);

    assert_eq!(listener.stats().lost, 30);
    assert!(listener.stats().concealed_samples >= 9_600);
}

#[test]
fn what_piled_up_in_an_outage_is_dropped_so_that_the_call_is_live_again() {
    let mut deliveries = on_time(0..500);
    deliveries[200..240].iter_mut().for_each(|delivery| delivery.at = PACKET * 240);
    let mut listener = Listener::new(deliveries);

    let played = listener.play_until(PACKET * 500);

    assert!(listener.stats().late >= 20, "{:?}", listener.stats());
    assert!(listener.buffer.len() <= 25, "{} packets wait", listener.buffer.len());
    assert_eq!(played.iter().rev().take(20).filter(|pulled| is_packet(pulled)).count(), 20);
}

#[test]
fn the_delay_goes_down_again_when_the_jitter_ends() {
    let mut random = fastrand::Rng::with_seed(2);
    let mut deliveries = on_time(0..2_100);
    deliveries[..500].iter_mut().for_each(|delivery| delivery.at += Duration::from_millis(random.u64(0..120)));
    let mut listener = Listener::new(deliveries);

    listener.play_until(PACKET * 500);
    let shaken = listener.stats().target_ms;
    listener.play_until(PACKET * 2_000);

    assert!((100.0..=160.0).contains(&shaken), "{shaken}");
    assert_eq!(listener.stats().target_ms, 20.0);
    assert!(listener.buffer.len() <= 3, "{} packets wait", listener.buffer.len());
}

#[test]
fn a_new_stream_with_other_numbers_and_times_starts_afresh() {
    let mut listener = Listener::new(on_time(0..100));
    listener.play_until(PACKET * 103);
    let Listener { mut buffer, start, .. } = listener;

    let mut played = Vec::new();
    for n in 0..100u32 {
        let now = start + PACKET * (110 + n);
        let packet = AudioPacket {
            sequence: 40_000 + n as u16,
            timestamp: 3_000_000_000u32.wrapping_add(n * 960),
            payload: packet(0).payload,
        };
        buffer.push(packet, now);
        played.push(buffer.pull(now));
    }

    assert!(count(&played, is_packet) >= 85, "{:?}", buffer.stats());
    assert_eq!(buffer.stats().lost, 0);
}

#[test]
fn what_is_no_opus_packet_is_not_taken_in() {
    let mut buffer = JitterBuffer::new();

    // Nothing at all; then code 3 with 63 frames of 60 ms, which is far over the limit of 120 ms.
    for payload in [&[][..], &[0x1b, 63]] {
        buffer.push(AudioPacket { sequence: 0, timestamp: 0, payload: Bytes::from_static(payload) }, Instant::now());
    }

    assert!(buffer.is_empty());
    assert_eq!(buffer.stats().received, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_packet_is_played_twice_or_out_of_order_whatever_the_network_does(
        fates in prop::collection::vec((0u64..400, 0u8..100, any::<bool>()), 1..400),
        copies in 0u32..3,
        carrying in any::<bool>(),
    ) {
        let mut deliveries = Vec::new();
        for (n, (delay, luck, twice)) in fates.iter().enumerate() {
            let delivery = Delivery { at: PACKET * n as u32 + Duration::from_millis(*delay), n: n as u32 };
            if *luck >= 15 {
                deliveries.push(delivery);
            }
            if *twice {
                deliveries.push(Delivery { at: delivery.at + Duration::from_millis(*luck as u64), ..delivery });
            }
        }

        let sent = fates.len() as u64;
        let listener = if carrying { Listener::carrying(deliveries) } else { Listener::new(deliveries) };
        let mut listener = Listener { copies, ..listener };
        let played = listener.play_until(PACKET * sent as u32 + Duration::from_secs(2));

        let numbers = numbers(&played);
        prop_assert!(numbers.is_sorted_by(|before, after| before < after), "{numbers:?}");
        let stats = listener.stats();
        prop_assert!(stats.received <= sent && stats.lost + stats.late <= sent, "{stats:?}");
        prop_assert!(stats.concealed_samples <= stats.played_samples);
    }

    #[test]
    fn garbage_neither_panics_nor_fills_the_memory(
        packets in prop::collection::vec((any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..8), 0u64..3_000, 0u8..8), 0..500),
    ) {
        let mut buffer = JitterBuffer::new();
        let mut now = Instant::now();
        for (sequence, timestamp, payload, wait, pulls) in packets {
            let packet = AudioPacket { sequence, timestamp, payload: payload.into() };
            if pulls >= 4 { buffer.push_copy(packet, now) } else { buffer.push(packet, now) }
            prop_assert!(buffer.len() <= MAX_PACKETS);
            now += Duration::from_millis(wait);
            for _ in 0..pulls % 4 {
                let pulled = buffer.pull(now);
                if let Pulled::Dred { before, .. } = &pulled {
                    prop_assert!((1..=49_920).contains(before));
                }
                if let Pulled::Fec { samples, .. } | Pulled::Dred { samples, .. } | Pulled::Conceal { samples } = pulled {
                    prop_assert!((1..=5_760).contains(&samples));
                }
            }
        }
    }
}
