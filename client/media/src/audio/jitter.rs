//! The jitter buffer: puts the packets of one voice in order and decides, 10 to 20 ms at a time, what is played next.
//!
//! It never looks at a clock: arrivals and playing times are arguments, so a whole call can be tried in no time. It
//! does no decoding either: [`crate::audio::decode::VoiceDecoder`] turns its answers into sound.
//!
//! A packet waits until its time plus a delay that follows the network ([`JitterBuffer::pull`]). When its turn comes
//! and it is missing while later ones are there, it is lost, and what stands in is the next packet's own copy of it
//! (in-band FEC), or what a later one carries along of the sound before it (DRED), or plain concealment. When nothing
//! is there at all, concealment bridges the gap without giving up the place in the stream: late packets are then still
//! played, with a longer delay. After 200 ms of nothing the sender is taken to have stopped, which is silence and no
//! loss. A sender that says that there is nothing to hear (DTX) rests: its background goes on until it speaks again,
//! which then begins with exactly the delay aimed for.
mod delay;
mod pulled;
mod rebuild;
mod sequence;
mod waiting;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

pub use self::pulled::{AudioPacket, JitterStats, Pace, Pulled};
use self::{
    delay::{DelayEstimator, Transit},
    sequence::{Arrival, Received, SequenceUnwrapper, TimestampUnwrapper},
    waiting::Waiting,
};
use super::{BLOCK_SAMPLES, PACKET_SAMPLES, SAMPLE_RATE, opus::packet};

/// The most packets that ever wait: 1.3 s of 20 ms each.
pub const MAX_PACKETS: usize = 64;

/// Concealment without any packet after which the sender is taken to have stopped, in samples: 200 ms.
const STOPPED_AFTER: i64 = 9_600;

/// A packet due this much longer ago than the delay aimed for is dropped rather than played, in microseconds.
const STALE: i64 = 250_000;

/// How far the delay may be above and below its aim before sound is sped up or slowed down, in microseconds.
const SLACK_ABOVE: i64 = 20_000;
const SLACK_BELOW: i64 = 10_000;

/// So many packets in a row from the distant past are a new stream that begins there.
const NEW_STREAM_AFTER: u32 = 5;

/// The share of lost packets from which the delay makes room for the packet after the missing one.
const LOSSY: f32 = 0.003;

/// The longest that the delay may be made for the sake of something else.
const LONGEST_EXTRA: Duration = Duration::from_millis(150);

#[derive(Debug, Clone, Copy)]
enum State {
    /// Nothing has begun, or the sender has stopped. `filled`: the concealment played before that was noticed.
    Stopped { filled: i64 },
    /// The sender has said that there is nothing to hear.
    Resting,
    /// What comes next belongs at `time`. `filled`: concealment played since, while waiting for it.
    Playing { time: i64, filled: i64 },
}

/// Orders, delays and completes the packets of one voice. At most [`MAX_PACKETS`] are held.
#[derive(Debug)]
pub struct JitterBuffer {
    epoch: Option<Instant>,
    sequences: SequenceUnwrapper,
    timestamps: TimestampUnwrapper,
    received: Received,
    too_old: u32,
    delay: DelayEstimator,
    waiting: BTreeMap<i64, Waiting>,
    state: State,
    /// The sequence number whose turn is next; nothing below is ever played.
    next: Option<i64>,
    /// The length of the last packet played, in samples.
    frame: i64,
    loss: f32,
    /// What is added to the delay for the sake of something else, in microseconds.
    extra: i64,
    stats: JitterStats,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl JitterBuffer {
    /// An empty buffer that waits for a first packet.
    pub fn new() -> Self {
        Self {
            epoch: None,
            sequences: SequenceUnwrapper::default(),
            timestamps: TimestampUnwrapper::default(),
            received: Received::default(),
            too_old: 0,
            delay: DelayEstimator::new(),
            waiting: BTreeMap::new(),
            state: State::Stopped { filled: 0 },
            next: None,
            frame: PACKET_SAMPLES as i64,
            loss: 0.0,
            extra: 0,
            stats: JitterStats::default(),
        }
    }

    /// Takes in a packet that arrived at `now`. What is no Opus packet is dropped, and so becomes a gap.
    pub fn push(&mut self, packet: AudioPacket, now: Instant) {
        let Some(samples) = packet::samples(&packet.payload).map(|samples| samples as i64) else {
            return;
        };
        let arrival = self.micros(now);
        let mut sequence = self.sequences.unwrap(packet.sequence);
        match self.received.note(sequence) {
            Arrival::Fresh => self.too_old = 0,
            Arrival::Copy => return self.replace_copy(sequence, packet, samples, arrival),
            Arrival::TooOld => {
                self.too_old += 1;
                if self.too_old < NEW_STREAM_AFTER {
                    return;
                }
                sequence = self.restart(packet.sequence);
            }
        }
        self.stats.received += 1;
        self.stats.bytes += packet.payload.len() as u64;
        let mut time = self.timestamps.unwrap(packet.timestamp);
        let transit = self.delay.heard(arrival, micros_of(time));
        if self.next.is_some_and(|next| sequence < next) {
            // It was counted as lost when its turn came; it has arrived after all.
            self.stats.late += 1;
            self.stats.lost = self.stats.lost.saturating_sub(1);
            return;
        }
        if transit == Transit::AnotherTime {
            self.begin_another_time();
            self.next = self.next.map(|_| sequence);
            time = self.timestamps.unwrap(packet.timestamp);
            self.delay.heard(arrival, micros_of(time));
        }
        self.make_room();
        self.waiting.insert(sequence, Waiting::new(packet, time, samples, arrival));
    }

    /// What is to be heard from `at` on, the moment at which everything pulled before has been played.
    ///
    /// Goes in steps of what it returns: a packet's length, the samples asked to conceal, 10 ms of silence.
    pub fn pull(&mut self, at: Instant) -> Pulled {
        let at = self.micros(at);
        self.drop_stale(at);
        match self.state {
            State::Stopped { filled } => self.begin(at, filled, Pulled::Silence),
            State::Resting => self.begin(at, 0, Pulled::Comfort),
            State::Playing { time, filled } => self.go_on(at, time, filled),
        }
    }

    /// What has happened so far.
    pub fn stats(&self) -> JitterStats {
        JitterStats { jitter_ms: self.delay.jitter_ms(), target_ms: self.target() as f32 / 1_000.0, ..self.stats }
    }

    /// Makes the delay this much longer than the network needs; no more than 150 ms count.
    pub fn set_extra(&mut self, extra: Duration) {
        self.extra = extra.min(LONGEST_EXTRA).as_micros() as i64;
    }

    /// The RTP time of what [`JitterBuffer::pull`] gives next; none while nothing is played.
    pub fn position(&self) -> Option<u32> {
        match self.state {
            State::Playing { time, .. } => Some(time as u32),
            State::Stopped { .. } | State::Resting => None,
        }
    }

    /// How many packets wait to be played.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no packet waits to be played.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Begins to play once something is due; until then there is only what the sender left behind.
    fn begin(&mut self, at: i64, filled: i64, meanwhile: Pulled) -> Pulled {
        let Some((&sequence, head)) = self.waiting.first_key_value() else {
            return meanwhile;
        };
        let (time, due, frame) = (head.time, self.due(head.time), micros_of(self.frame));
        let missing = self.next.map_or(0, |next| sequence - next).max(0);
        // The first packets of what is said may be among the missing ones, and there may be time to rebuild them.
        let rebuilt = ((due - at + frame / 2) / frame).clamp(0, missing.min(self.reach(head)));
        if at < due - rebuilt * frame {
            return meanwhile;
        }
        if missing > rebuilt {
            // It was no pause: packets have been lost, so what bridged the first of them was concealment.
            self.count_lost(missing - rebuilt);
            self.count_concealed(filled);
        }
        self.next = Some(sequence - rebuilt);
        self.go_on(at, time - rebuilt * self.frame, 0)
    }

    fn go_on(&mut self, at: i64, time: i64, filled: i64) -> Pulled {
        let Some((&sequence, head)) = self.waiting.first_key_value() else {
            return self.starve(time, filled);
        };
        let next = self.next.unwrap_or(sequence);
        let missing = sequence - next;
        let hole = head.time - time - filled;
        if hole <= self.frame / 2 {
            return self.play(at, missing, head.time - time, filled);
        }
        if missing == 0 || hole > (missing + 1) * self.frame {
            // The sender has left this time out: it was silent, or saved packets in a pause.
            self.state = State::Playing { time: time + filled + BLOCK_SAMPLES as i64, filled: 0 };
            return Pulled::Silence;
        }
        let (head_time, has_copy, next_payload) = (head.time, head.has_copy, head.packet.payload.clone());
        let revived = self.revival(hole);
        self.count_concealed(filled);
        let is_last = hole <= self.frame * 3 / 2;
        let still_missing = match is_last {
            true => 0,
            false => ((hole - self.frame + self.frame / 2) / self.frame).clamp(0, missing),
        };
        self.learn_from_lost(sequence, next..sequence - still_missing);
        self.count_lost(missing - still_missing);
        self.next = Some(sequence - still_missing);
        self.state = State::Playing { time: if is_last { head_time } else { time + filled + self.frame }, filled: 0 };
        let samples = self.frame as usize;
        if is_last && has_copy {
            self.count_recovered();
            return Pulled::Fec { next: next_payload, samples };
        }
        if let Some((from, before)) = revived {
            self.count_recovered();
            return Pulled::Dred { from, before, samples };
        }
        self.count_concealed(self.frame);
        Pulled::Conceal { samples }
    }

    fn play(&mut self, at: i64, missing: i64, hole: i64, filled: i64) -> Pulled {
        if let Some((&sequence, _)) = self.waiting.first_key_value() {
            self.learn_from_lost(sequence, sequence - missing..sequence);
        }
        let Some((sequence, head)) = self.waiting.pop_first() else {
            return Pulled::Silence;
        };
        let paused = missing == 0 && hole >= filled;
        if !paused {
            self.count_concealed(filled);
        }
        self.count_lost(missing + i64::from(head.is_copy));
        self.stats.recovered += u64::from(head.is_copy);
        self.loss -= self.loss / 128.0;
        self.frame = head.samples;
        self.stats.played_samples += head.samples as u64;
        self.next = Some(sequence + 1);
        self.state = State::Playing { time: head.time + head.samples, filled: 0 };
        if packet::is_silence(&head.packet.payload) {
            self.state = State::Resting;
            return Pulled::Packet { packet: head.packet, pace: Pace::Steady };
        }
        let due = self.due(head.time);
        let pace = if at > due + SLACK_ABOVE {
            Pace::Faster
        } else if at < due - SLACK_BELOW {
            Pace::Slower
        } else {
            Pace::Steady
        };
        Pulled::Packet { packet: head.packet, pace }
    }

    fn starve(&mut self, time: i64, filled: i64) -> Pulled {
        if filled >= STOPPED_AFTER {
            self.state = State::Stopped { filled };
            return Pulled::Silence;
        }
        self.state = State::Playing { time, filled: filled + self.frame };
        Pulled::Conceal { samples: self.frame as usize }
    }

    /// After an outage everything comes at once: what is far too old is dropped, so that the call is live again.
    fn drop_stale(&mut self, at: i64) {
        let age = |buffer: &Self| buffer.waiting.first_key_value().map(|(_, head)| at - buffer.due(head.time));
        if age(self).is_none_or(|age| age < STALE) {
            return;
        }
        while self.waiting.len() > 1 && age(self).is_some_and(|age| age > 0) {
            self.drop_first();
        }
    }

    fn make_room(&mut self) {
        if self.waiting.len() >= MAX_PACKETS {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        let Some((sequence, _)) = self.waiting.pop_first() else {
            return;
        };
        self.count_lost(self.next.map_or(0, |next| sequence - next));
        self.stats.late += 1;
        self.next = Some(sequence + 1);
        self.state = State::Stopped { filled: 0 };
    }

    /// A new stream under the same roof: nothing known of numbers and times holds any more.
    fn restart(&mut self, sequence: u16) -> i64 {
        self.sequences = SequenceUnwrapper::default();
        self.received = Received::default();
        self.too_old = 0;
        self.next = None;
        let sequence = self.sequences.unwrap(sequence);
        self.received.note(sequence);
        self.begin_another_time();
        sequence
    }

    /// The sender's clock has jumped: what waits cannot be placed any more.
    fn begin_another_time(&mut self) {
        self.timestamps = TimestampUnwrapper::default();
        self.delay.restart();
        self.stats.late += self.waiting.len() as u64;
        self.waiting.clear();
        self.state = State::Stopped { filled: 0 };
    }

    fn count_lost(&mut self, packets: i64) {
        let packets = packets.max(0);
        self.stats.lost += packets as u64;
        self.loss = (self.loss + packets as f32 / 128.0).min(1.0);
    }

    fn count_recovered(&mut self) {
        self.stats.recovered += 1;
        self.stats.played_samples += self.frame as u64;
    }

    fn count_concealed(&mut self, samples: i64) {
        self.stats.concealed_samples += samples as u64;
        self.stats.played_samples += samples as u64;
    }

    /// The delay aimed for, in microseconds: where packets get lost, the one after the missing one must be there.
    fn target(&self) -> i64 {
        let for_fec = if self.loss > LOSSY { micros_of(self.frame) + 20_000 } else { 0 };
        self.delay.target().max(for_fec) + self.extra
    }

    /// When something of the sender's `time` should be played, in microseconds.
    fn due(&self, time: i64) -> i64 {
        self.delay.earliest_arrival(micros_of(time)).unwrap_or(0) + self.target()
    }

    fn micros(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        let after = now.saturating_duration_since(epoch).as_micros() as i64;
        let before = epoch.saturating_duration_since(now).as_micros() as i64;
        after - before
    }
}

fn micros_of(samples: i64) -> i64 {
    samples * 1_000_000 / i64::from(SAMPLE_RATE)
}
