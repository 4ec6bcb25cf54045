use bytes::Bytes;
use proptest::prelude::*;

use super::*;

#[test]
fn a_stream_in_order_comes_out_frame_by_frame() {
    let mut stream = Stream::default();

    stream.send(0..3, &[]);

    assert_eq!(stream.shown, [0, 1, 2]);
    assert_eq!(stream.requests, 0);
}

#[test]
fn frames_are_put_together_from_packets_in_any_order() {
    let mut stream = Stream::default();
    let mut packets: Vec<_> = (0..3).flat_map(packets_of).collect();

    packets.swap(0, 2);
    packets.swap(4, 5);
    packets.into_iter().for_each(|packet| stream.push(packet));

    assert_eq!(stream.shown, [0, 1, 2]);
}

#[test]
fn a_packet_that_comes_twice_counts_once() {
    let mut stream = Stream::default();

    for packet in (0..3).flat_map(packets_of).flat_map(|packet| [packet.clone(), packet]) {
        stream.push(packet);
    }

    assert_eq!(stream.shown, [0, 1, 2]);
    assert_eq!(stream.assembly.stats().received, 9);
}

#[test]
fn a_packet_that_is_sent_again_in_time_repairs_the_gap() {
    let mut stream = Stream::default();
    stream.send(0..4, &[4]);
    assert_eq!(stream.shown, [0]);

    stream.wait(PATIENCE / 2);
    stream.push(packets_of(1).remove(1));

    assert_eq!(stream.shown, [0, 1, 2, 3]);
    assert_eq!(stream.requests, 0);
    let stats = stream.assembly.stats();
    assert_eq!((stats.recovered, stats.lost), (1, 0));
}

#[test]
fn an_unrepaired_gap_holds_the_picture_until_a_keyframe() {
    let mut stream = Stream::default();
    stream.send(0..4, &[4]);

    stream.wait(PATIENCE);

    assert_eq!((stream.shown.as_slice(), stream.requests), (&[0][..], 1));
    stream.send(4..8, &[]);
    assert_eq!(stream.shown, [0]);
    stream.send(KEYFRAME_EVERY..KEYFRAME_EVERY + 2, &[]);
    assert_eq!(stream.shown, [0, KEYFRAME_EVERY, KEYFRAME_EVERY + 1]);
}

#[test]
fn a_whole_keyframe_ends_the_wait_for_what_is_missing_before_it() {
    let mut stream = Stream::default();

    stream.send(0..KEYFRAME_EVERY + 1, &[4]);

    assert_eq!(stream.shown, [0, KEYFRAME_EVERY]);
    assert_eq!(stream.assembly.stats().lost, 1);
}

#[test]
fn a_late_packet_of_a_frame_that_was_given_up_changes_nothing() {
    let mut stream = Stream::default();
    stream.send(0..KEYFRAME_EVERY + 1, &[4]);

    stream.push(packets_of(1).remove(1));

    assert_eq!(stream.shown, [0, KEYFRAME_EVERY]);
    assert_eq!(stream.assembly.stats().recovered, 0);
}

#[test]
fn who_comes_in_the_middle_asks_for_a_keyframe_at_once_and_twice_a_second() {
    let mut stream = Stream { keyframes_every: u32::MAX, ..Stream::default() };

    for frame in 1..61 {
        stream.send(frame..frame + 1, &[]);
        stream.wait(Duration::from_millis(33));
    }

    assert_eq!(stream.shown, [0; 0]);
    assert_eq!(stream.requests, 4);
}

#[test]
fn nobody_is_asked_while_nothing_comes() {
    let mut stream = Stream::default();
    let [first, second, _] = <[_; 3]>::try_from(packets_of(1)).unwrap();
    stream.push(first);

    stream.wait(Duration::from_secs(10));

    assert_eq!((stream.requests, stream.assembly.poll_timeout()), (1, None));
    stream.push(second);
    assert_eq!(stream.requests, 2);
}

#[test]
fn frames_before_the_first_keyframe_are_not_waited_for() {
    let mut stream = Stream::default();

    stream.send(KEYFRAME_EVERY - 2..KEYFRAME_EVERY + 1, &[3 * KEYFRAME_EVERY as usize - 5]);

    assert_eq!(stream.shown, [KEYFRAME_EVERY]);
}

#[test]
fn a_keyframe_that_arrives_slowly_is_waited_for() {
    let mut stream = Stream::default();

    for packet in packets_of(0) {
        stream.push(packet);
        stream.wait(PATIENCE * 2);
    }

    assert_eq!(stream.shown, [0]);
}

#[test]
fn a_keyframe_that_stays_incomplete_is_given_up_for_another_one() {
    let mut stream = Stream::default();
    stream.send(0..3, &[1]);

    stream.wait(PATIENCE + KEYFRAME_RETRY);
    stream.send(3..4, &[]);

    assert_eq!((stream.shown.len(), stream.requests), (0, 1));
}

#[test]
fn a_sender_that_starts_anew_is_followed() {
    let mut stream = Stream::default();
    stream.send(0..3, &[]);

    let far = packets_of(KEYFRAME_EVERY).into_iter().map(|packet| packet_at(packet, 20_000));
    far.for_each(|packet| stream.push(packet));

    assert_eq!(stream.shown, [0, 1, 2, KEYFRAME_EVERY]);
}

#[test]
fn a_stray_packet_from_far_away_is_ignored() {
    let mut stream = Stream::default();
    stream.send(0..2, &[]);

    stream.push(packet_at(packets_of(0).remove(0), 20_000));
    stream.send(2..4, &[]);

    assert_eq!(stream.shown, [0, 1, 2, 3]);
}

#[test]
fn padding_between_frames_is_skipped() {
    let mut stream = Stream::default();
    stream.send(0..1, &[]);
    let padding = VideoPacket { payload: Bytes::new(), starts_frame: false, ..packets_of(1).remove(0) };

    stream.push(padding);
    packets_of(1).into_iter().for_each(|packet| stream.push(packet_at(packet, 1)));

    assert_eq!(stream.shown, [0, 1]);
}

#[test]
fn a_frame_without_a_marker_ends_where_the_next_one_begins() {
    let mut stream = Stream::default();

    for packet in (0..3).flat_map(packets_of) {
        stream.push(VideoPacket { marker: false, ..packet });
    }

    assert_eq!(stream.shown, [0, 1]);
}

#[test]
fn a_decoder_that_cannot_go_on_gets_a_keyframe() {
    let mut stream = Stream::default();
    stream.send(0..2, &[]);

    stream.assembly.require_keyframe(stream.now);
    stream.drain();
    stream.send(2..5, &[]);

    assert_eq!((stream.shown.as_slice(), stream.requests), (&[0, 1][..], 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_comes_out_can_always_be_decoded(
        first: u16,
        fates in proptest::collection::vec(fate(), 300),
        keyframes_every in 3_u32..40,
    ) {
        let mut stream = Stream { first, keyframes_every, ..Stream::default() };

        stream.send_over_a_bad_network(&fates);

        let mut previous = None;
        for frame in &stream.shown {
            prop_assert!(frame % keyframes_every == 0 || previous == frame.checked_sub(1), "{:?}", stream.shown);
            prop_assert!(previous < Some(*frame), "{:?}", stream.shown);
            previous = Some(*frame);
        }
        let stats = stream.assembly.stats();
        prop_assert!(stats.received + stats.lost <= 300);
    }

    #[test]
    fn nothing_is_lost_to_a_network_that_only_delays_and_repeats(
        first: u16,
        fates in proptest::collection::vec((0_u64..200, any::<bool>()), 300),
    ) {
        let fates: Vec<_> =
            fates.into_iter().map(|(delay, twice)| Fate { delay: Some(delay), again: twice.then_some(delay / 2) }).collect();
        let mut stream = Stream { first, keyframes_every: u32::MAX, ..Stream::default() };

        stream.send_over_a_bad_network(&fates);

        prop_assert_eq!(&stream.shown, &(0..100).collect::<Vec<_>>());
        prop_assert_eq!(stream.assembly.stats().lost, 0);
    }

    #[test]
    fn nonsense_does_no_harm_and_memory_stays_bounded(packets in proptest::collection::vec(any_packet(), 0..3000)) {
        let mut assembly = Assembly::default();
        let mut now = Instant::now();
        for (packet, millis) in packets {
            now += Duration::from_millis(millis);
            assembly.push(packet, now);
            let mut steps = 0;
            loop {
                while assembly.poll_frame(now).is_some() {}
                assembly.poll_keyframe_request();
                if assembly.poll_timeout().is_none_or(|timeout| timeout > now) {
                    break;
                }
                assembly.handle_timeout(now);
                steps += 1;
                prop_assert!(steps < 100, "handling a timeout leads nowhere");
            }

            let (count, bytes) = assembly.waiting();
            prop_assert!(count <= MAX_PACKETS && bytes <= MAX_BYTES);
            prop_assert!(assembly.missing.len() as u64 <= MAX_SPAN);
            prop_assert_eq!(bytes, assembly.packets.values().map(|waiting| waiting.packet.payload.len()).sum::<usize>());
        }
    }
}

const KEYFRAME_EVERY: u32 = 10;
const PACKETS: u16 = 3;

/// A sender, a network and a receiver. Frame `n` has three packets that carry its number.
struct Stream {
    assembly: Assembly,
    now: Instant,
    first: u16,
    keyframes_every: u32,
    shown: Vec<u32>,
    requests: u32,
}

/// What the network does to a packet: when it arrives, in milliseconds after it was sent, and when once more.
#[derive(Debug, Clone, Copy)]
struct Fate {
    delay: Option<u64>,
    again: Option<u64>,
}

impl Default for Stream {
    fn default() -> Self {
        let (assembly, now) = (Assembly::default(), Instant::now());
        Self { assembly, now, first: 0, keyframes_every: KEYFRAME_EVERY, shown: Vec::new(), requests: 0 }
    }
}

impl Stream {
    /// Sends whole frames, but not the packets with these numbers.
    fn send(&mut self, frames: std::ops::Range<u32>, lost: &[usize]) {
        let numbers = |frame: u32| (0..PACKETS).map(move |piece| (frame, frame as u16 * PACKETS + piece));
        for (frame, number) in frames.flat_map(numbers) {
            let packet = packet(frame, number, self.first, self.keyframes_every);
            if !lost.contains(&usize::from(packet.sequence)) {
                self.push(packet);
            }
        }
    }

    /// Sends a packet every 11 ms: 30 frames a second.
    fn send_over_a_bad_network(&mut self, fates: &[Fate]) {
        let mut arrivals = Vec::new();
        for (number, fate) in fates.iter().enumerate() {
            let frame = u32::try_from(number).unwrap() / u32::from(PACKETS);
            let packet = packet(frame, number as u16, self.first, self.keyframes_every);
            let arrivals_of = fate.delay.into_iter().chain(fate.again);
            arrivals.extend(arrivals_of.map(|delay| (number as u64 * 11 + delay, packet.clone())));
        }
        arrivals.sort_by_key(|(at, _)| *at);
        let start = self.now;
        for (at, packet) in arrivals {
            let at = start + Duration::from_millis(at);
            self.wait(at - self.now);
            self.push(packet);
        }
        self.wait(Duration::from_secs(5));
    }

    fn push(&mut self, packet: VideoPacket) {
        self.assembly.push(packet, self.now);
        self.drain();
    }

    /// Lets time pass, as the receive stage does: with a stop at every timeout.
    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(timeout) = self.assembly.poll_timeout().filter(|timeout| *timeout <= end) {
            self.now = self.now.max(timeout);
            self.assembly.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(frame) = self.assembly.poll_frame(self.now) {
            let number = frame.timestamp / 3000;
            let expected: Vec<u8> = (0..PACKETS as u8).flat_map(|piece| [number as u8, piece]).collect();
            assert_eq!(frame.payload, expected, "frame {number} is not whole");
            assert_eq!(frame.keyframe, number % self.keyframes_every == 0);
            self.shown.push(number);
        }
        self.requests += u32::from(self.assembly.poll_keyframe_request());
    }
}

fn packets_of(frame: u32) -> Vec<VideoPacket> {
    let first = frame as u16 * PACKETS;
    (first..first + PACKETS).map(|number| packet(frame, number, 0, KEYFRAME_EVERY)).collect()
}

fn packet(frame: u32, number: u16, first: u16, keyframes_every: u32) -> VideoPacket {
    let piece = number % PACKETS;
    VideoPacket {
        sequence: first.wrapping_add(number),
        timestamp: frame * 3000,
        marker: piece == PACKETS - 1,
        starts_frame: piece == 0,
        keyframe: piece == 0 && frame.is_multiple_of(keyframes_every),
        payload: Bytes::from(vec![frame as u8, piece as u8]),
    }
}

fn packet_at(packet: VideoPacket, offset: u16) -> VideoPacket {
    VideoPacket { sequence: packet.sequence.wrapping_add(offset), ..packet }
}

fn fate() -> impl Strategy<Value = Fate> {
    let delay = prop_oneof![8 => (0_u64..30).prop_map(Some), 1 => (30_u64..600).prop_map(Some), 1 => Just(None)];
    (delay, proptest::option::weighted(0.1, 0_u64..600)).prop_map(|(delay, again)| Fate { delay, again })
}

fn any_packet() -> impl Strategy<Value = (VideoPacket, u64)> {
    let sequence = prop_oneof![20 => 0_u16..200, 5 => 0_u16..4000, 1 => any::<u16>()];
    let payload = prop_oneof![10 => 0_usize..20, 1 => Just(200_000)];
    (sequence, 0_u32..50, any::<[bool; 3]>(), payload, 0_u64..20).prop_map(
        |(sequence, timestamp, flags, length, millis)| {
            let [marker, starts_frame, keyframe] = flags;
            let payload = Bytes::from(vec![0; length]);
            (VideoPacket { sequence, timestamp, marker, starts_frame, keyframe, payload }, millis)
        },
    )
}
