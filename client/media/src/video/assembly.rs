//! Packets in, whole frames out, in order: a frame comes out only if all that it builds on came out before it.
//!
//! The receive stage drives it: [`Assembly::push`] what arrives, then drain [`Assembly::poll_frame`] and
//! [`Assembly::poll_keyframe_request`], then sleep until [`Assembly::poll_timeout`] at the latest and call
//! [`Assembly::handle_timeout`]. It has no clock and does no input or output: every call is told the time.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::BytesMut;

mod packet;
mod sequence;
#[cfg(test)]
mod tests;

pub use packet::{AssembledFrame, AssemblyStats, VideoPacket};
use sequence::{Unwrapped, Unwrapper};

/// How long a missing packet is waited for: a few round trips of asking for it again on a poor link.
pub const PATIENCE: Duration = Duration::from_millis(250);

/// How long after a request for a keyframe the next one is made.
pub const KEYFRAME_RETRY: Duration = Duration::from_millis(500);

/// More packets than this never wait; a second of 4 Mbit/s has 500.
pub const MAX_PACKETS: usize = 2048;

/// More bytes than this never wait.
pub const MAX_BYTES: usize = 4 << 20;

/// The first and the last packet that wait are never further apart than this.
const MAX_SPAN: u64 = 4 * MAX_PACKETS as u64;

/// Packets up to this far before the very first arrival are still welcome: they were overtaken.
const OVERTAKEN: u64 = 64;

/// Puts the frames of one stream together.
#[derive(Debug)]
pub struct Assembly {
    unwrapper: Unwrapper,
    /// A packet from far away in the sequence: a stray, or the first of a stream that starts anew.
    stray: Option<VideoPacket>,
    /// What waits to become a frame. Every number is at least `floor`.
    packets: BTreeMap<u64, Waiting>,
    bytes: usize,
    /// Numbers that a later packet showed to be missing, and since when. Every number is at least `floor`.
    missing: BTreeMap<u64, Instant>,
    /// Numbers below are settled: handed on, or given up.
    floor: u64,
    mode: Mode,
    patience: Duration,
    requested: bool,
    stats: AssemblyStats,
}

#[derive(Debug)]
struct Waiting {
    packet: VideoPacket,
    arrived: Instant,
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    /// The frame that begins at `floor` builds on what was handed on.
    Flowing,
    /// Something is missing: the last good picture is held, and only a keyframe can be handed on.
    Holding(Asking),
}

/// How far asking for a keyframe has come.
#[derive(Debug, Clone, Copy)]
enum Asking {
    /// Nothing was asked: no packet says that anybody sends.
    NotYet,
    /// It is asked (again) at this time, if the sender was `heard` of since the last time.
    At { time: Instant, heard: bool },
}

/// How much of a frame is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// All of it, up to this number.
    Whole(u64),
    /// All that was sent so far.
    Arriving,
    /// This number is missing.
    Hole(u64),
    /// What begins here is no frame.
    Broken,
}

impl Default for Assembly {
    fn default() -> Self {
        Self {
            unwrapper: Unwrapper::default(),
            stray: None,
            packets: BTreeMap::new(),
            bytes: 0,
            missing: BTreeMap::new(),
            floor: 0,
            mode: Mode::Holding(Asking::NotYet),
            patience: PATIENCE,
            requested: false,
            stats: AssemblyStats::default(),
        }
    }
}

impl Assembly {
    /// Changes how long a missing packet is waited for.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Takes a packet, in whatever order it arrives.
    pub fn push(&mut self, packet: VideoPacket, now: Instant) {
        match self.unwrapper.unwrap(packet.sequence) {
            Unwrapped::Number { number, highest } => self.insert(number, highest, packet, now),
            Unwrapped::Stray => self.stray = Some(packet),
            Unwrapped::Restart => {
                let first = self.stray.take();
                self.restart();
                for packet in first.into_iter().chain([packet]) {
                    self.push(packet, now);
                }
            }
        }
        self.handle_timeout(now);
    }

    /// Forgets everything but the statistics: the stream starts anew, perhaps from another sender.
    pub fn restart(&mut self) {
        let Self { patience, stats, requested, .. } = *self;
        *self = Self { patience, stats, requested, ..Self::default() };
    }

    /// The next frame that can be decoded after all that came out before it.
    pub fn poll_frame(&mut self, now: Instant) -> Option<AssembledFrame> {
        if let Mode::Flowing = self.mode {
            self.skip_padding();
            match self.progress(self.floor) {
                Progress::Whole(end) => return Some(self.take_frame(self.floor, end)),
                Progress::Arriving => return None,
                Progress::Broken => self.hold(now),
                // A keyframe makes what is missing before it superfluous.
                Progress::Hole(_) => {}
            }
        }
        let (start, end) = self.first_whole_keyframe()?;
        self.settle_below(start);
        self.mode = Mode::Flowing;
        Some(self.take_frame(start, end))
    }

    /// Whether the sender must be asked for a keyframe now; true once for every request.
    pub fn poll_keyframe_request(&mut self) -> bool {
        std::mem::take(&mut self.requested)
    }

    /// When to call [`Self::handle_timeout`] at the latest, if no packet arrives before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.mode {
            Mode::Flowing => self.missing.values().next().map(|since| *since + self.patience),
            Mode::Holding(Asking::At { time, heard: true }) => Some(time),
            Mode::Holding(Asking::At { heard: false, .. } | Asking::NotYet) => None,
        }
    }

    /// Gives up what has been missing for too long, and asks again for a keyframe that has not come.
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Mode::Flowing = self.mode {
            let overdue = self.missing.values().next().is_some_and(|since| *since + self.patience <= now);
            if overdue && self.first_whole_keyframe().is_none() {
                self.hold(now);
            }
        }
        let Mode::Holding(asking) = self.mode else { return };
        self.drop_hopeless(now);
        match asking {
            Asking::At { time, heard: true } if time <= now => self.request_keyframe(now),
            Asking::At { .. } | Asking::NotYet => {}
        }
    }

    /// The decoder cannot go on: nothing but a keyframe will do, and one is asked for.
    pub fn require_keyframe(&mut self, now: Instant) {
        match self.mode {
            Mode::Flowing | Mode::Holding(Asking::NotYet) => {
                self.mode = Mode::Holding(Asking::NotYet);
                self.request_keyframe(now);
            }
            Mode::Holding(Asking::At { .. }) => {}
        }
    }

    /// What became of the packets so far.
    pub fn stats(&self) -> AssemblyStats {
        self.stats
    }

    /// How many packets and bytes wait.
    pub fn waiting(&self) -> (usize, usize) {
        (self.packets.len(), self.bytes)
    }

    fn insert(&mut self, number: u64, highest: Option<u64>, packet: VideoPacket, now: Instant) {
        if highest.is_none() {
            self.floor = number.saturating_sub(OVERTAKEN);
        }
        if number < self.floor || self.packets.contains_key(&number) {
            return;
        }
        self.note_missing(number, highest, now);
        self.stats.received += 1;
        self.bytes += packet.payload.len();
        self.hear(packet.starts_frame && packet.keyframe, now);
        self.packets.insert(number, Waiting { packet, arrived: now });
        let too_much = self.packets.len() > MAX_PACKETS || self.bytes > MAX_BYTES;
        let span = highest.unwrap_or(number).max(number) - self.floor;
        if too_much || span > MAX_SPAN {
            self.settle_below(highest.unwrap_or(number).max(number) + 1);
            self.require_keyframe(now);
        }
    }

    /// Keeps the list of what is missing, now that `number` arrived.
    fn note_missing(&mut self, number: u64, highest: Option<u64>, now: Instant) {
        let gap = match highest {
            Some(highest) if number > highest => highest + 1..number,
            _ if self.missing.remove(&number).is_some() => {
                self.stats.recovered += 1;
                return;
            }
            // Overtaken at the very beginning: what lies between it and the next one has not been missed before.
            _ => number + 1..self.packets.range(number..).next().map_or(number, |(next, _)| *next),
        };
        for number in gap.start.max(self.floor)..gap.end {
            self.missing.entry(number).or_insert(now);
        }
    }

    /// Somebody sends: worth asking for a keyframe, unless one is on its way.
    fn hear(&mut self, keyframe: bool, now: Instant) {
        let Mode::Holding(asking) = &mut self.mode else { return };
        match asking {
            Asking::NotYet | Asking::At { .. } if keyframe => {
                *asking = Asking::At { time: now + KEYFRAME_RETRY, heard: true };
            }
            Asking::NotYet => self.request_keyframe(now),
            Asking::At { heard, .. } => *heard = true,
        }
    }

    /// From now on only a keyframe will do. It is asked for, unless one has begun to arrive.
    fn hold(&mut self, now: Instant) {
        let arriving = self.first_keyframe_start().is_some();
        self.mode = Mode::Holding(Asking::At { time: now + KEYFRAME_RETRY, heard: true });
        if !arriving {
            self.request_keyframe(now);
        }
    }

    fn request_keyframe(&mut self, now: Instant) {
        self.requested = true;
        self.stats.keyframes_requested += 1;
        self.mode = Mode::Holding(Asking::At { time: now + KEYFRAME_RETRY, heard: false });
    }

    /// Drops what cannot become a keyframe any more, so that little waits while the picture is held.
    fn drop_hopeless(&mut self, now: Instant) {
        let overdue = |since: Instant, patience| since + patience <= now;
        while let Some(start) = self.first_keyframe_start() {
            self.settle_below(start);
            let hopeless = match self.progress(start) {
                Progress::Hole(hole) => self.missing.get(&hole).is_none_or(|since| overdue(*since, self.patience)),
                Progress::Broken => true,
                Progress::Whole(_) | Progress::Arriving => false,
            };
            if !hopeless {
                return;
            }
            self.settle_below(start + 1);
        }
        // The first packet of a keyframe may yet come; the others wait for it as long as one waits for a lost one.
        while let Some((number, waiting)) = self.packets.first_key_value()
            && overdue(waiting.arrived, self.patience)
        {
            self.settle_below(*number + 1);
        }
    }

    fn keyframe_starts(&self) -> impl Iterator<Item = u64> {
        let starts = self.packets.iter().filter(|(_, waiting)| waiting.packet.starts_frame && waiting.packet.keyframe);
        starts.map(|(number, _)| *number)
    }

    fn first_keyframe_start(&self) -> Option<u64> {
        self.keyframe_starts().next()
    }

    fn first_whole_keyframe(&self) -> Option<(u64, u64)> {
        self.keyframe_starts().find_map(|start| match self.progress(start) {
            Progress::Whole(end) => Some((start, end)),
            Progress::Arriving | Progress::Hole(_) | Progress::Broken => None,
        })
    }

    fn skip_padding(&mut self) {
        while self.packets.get(&self.floor).is_some_and(|waiting| waiting.packet.is_padding()) {
            self.settle_below(self.floor + 1);
        }
    }

    /// How much is there of the frame that begins at `start`. It ends with the marker, or before the next beginning.
    fn progress(&self, start: u64) -> Progress {
        let mut timestamp = None;
        for (expected, (number, Waiting { packet, .. })) in (start..).zip(self.packets.range(start..)) {
            if *number != expected {
                return Progress::Hole(expected);
            }
            match timestamp {
                None if !packet.starts_frame => return Progress::Broken,
                None => timestamp = Some(packet.timestamp),
                Some(_) if packet.is_padding() => {}
                Some(timestamp) if packet.timestamp != timestamp && packet.starts_frame => {
                    return Progress::Whole(number - 1);
                }
                Some(timestamp) if packet.timestamp != timestamp => return Progress::Broken,
                Some(_) => {}
            }
            if packet.marker {
                return Progress::Whole(*number);
            }
        }
        Progress::Arriving
    }

    /// Takes the packets of a whole frame out, and joins their payloads.
    fn take_frame(&mut self, start: u64, end: u64) -> AssembledFrame {
        let rest = self.packets.split_off(&(end + 1));
        let taken = std::mem::replace(&mut self.packets, rest);
        self.floor = end + 1;
        let first = taken.get(&start).map(|waiting| &waiting.packet);
        let (keyframe, timestamp) = first.map_or((false, 0), |first| (first.keyframe, first.timestamp));
        let length: usize = taken.values().map(|waiting| waiting.packet.payload.len()).sum();
        self.bytes -= length;
        let payload = match taken.first_key_value() {
            Some((_, waiting)) if taken.len() == 1 => waiting.packet.payload.clone(),
            _ => {
                let mut joined = BytesMut::with_capacity(length);
                taken.values().for_each(|waiting| joined.extend_from_slice(&waiting.packet.payload));
                joined.freeze()
            }
        };
        AssembledFrame { payload, keyframe, timestamp }
    }

    /// Gives up all that lies below `number` and has not been handed on.
    fn settle_below(&mut self, number: u64) {
        if number <= self.floor {
            return;
        }
        let packets = self.packets.split_off(&number);
        let dropped = std::mem::replace(&mut self.packets, packets);
        self.bytes -= dropped.values().map(|waiting| waiting.packet.payload.len()).sum::<usize>();
        let missing = self.missing.split_off(&number);
        self.stats.lost += std::mem::replace(&mut self.missing, missing).len() as u64;
        self.floor = number;
    }
}
