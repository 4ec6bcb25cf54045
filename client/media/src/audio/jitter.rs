//! The jitter buffer: puts the packets of one voice in order and decides, 10 to 20 ms at a time, what is played next.
//!
//! It never looks at a clock: arrivals and playing times are arguments, so a whole call can be tried in no time. It
//! does no decoding either: [`crate::audio::decode::VoiceDecoder`] turns its answers into sound.
//!
//! A packet waits until its time plus a delay that follows the network ([`JitterBuffer::pull`]). When its turn comes
//! and it is missing while later ones are there, it is lost, and the next packet's own copy of it (in-band FEC) or
//! plain concealment stands in. When nothing is there at all, concealment bridges the gap without giving up the place
//! in the stream: late packets are then still played, with a longer delay. After 200 ms of nothing the sender is
//! taken to have stopped, which is silence and no loss.
mod delay;
mod pulled;
mod sequence;

use std::{collections::BTreeMap, time::Instant};

pub use self::pulled::{AudioPacket, JitterStats, Pace, Pulled};
use self::{
    delay::{DelayEstimator, Transit},
    sequence::{Arrival, Received, SequenceUnwrapper, TimestampUnwrapper},
};
use super::{BLOCK_SAMPLES, PACKET_SAMPLES, SAMPLE_RATE};

/// The most packets that ever wait: 1.3 s of 20 ms each.
pub const MAX_PACKETS: usize = 64;

/// The longest packet that Opus allows, in samples: 120 ms.
const LONGEST_PACKET: usize = 5_760;

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

#[derive(Debug)]
struct Waiting {
    packet: AudioPacket,
    /// Its timestamp, unwrapped.
    time: i64,
    samples: i64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Nothing has begun, or the sender has stopped. `filled`: the concealment played before that was noticed.
    Stopped { filled: i64 },
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
            stats: JitterStats::default(),
        }
    }

    /// Takes in a packet that arrived at `now`. What is no Opus packet is dropped, and so becomes a gap.
    pub fn push(&mut self, packet: AudioPacket, now: Instant) {
        let Some(samples) = duration(&packet.payload) else {
            return;
        };
        let mut sequence = self.sequences.unwrap(packet.sequence);
        match self.received.note(sequence) {
            Arrival::Fresh => self.too_old = 0,
            Arrival::Copy => return,
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
        let arrival = self.micros(now);
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
        self.waiting.insert(sequence, Waiting { packet, time, samples });
    }

    /// What is to be heard from `at` on, the moment at which everything pulled before has been played.
    ///
    /// Goes in steps of what it returns: a packet's length, the samples asked to conceal, 10 ms of silence.
    pub fn pull(&mut self, at: Instant) -> Pulled {
        let at = self.micros(at);
        self.drop_stale(at);
        match self.state {
            State::Stopped { filled } => self.begin(at, filled),
            State::Playing { time, filled } => self.go_on(at, time, filled),
        }
    }

    /// What has happened so far.
    pub fn stats(&self) -> JitterStats {
        JitterStats { jitter_ms: self.delay.jitter_ms(), target_ms: self.target() as f32 / 1_000.0, ..self.stats }
    }

    /// How many packets wait to be played.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no packet waits to be played.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn begin(&mut self, at: i64, filled: i64) -> Pulled {
        let Some((&sequence, head)) = self.waiting.first_key_value() else {
            return Pulled::Silence;
        };
        let (time, due) = (head.time, self.due(head.time));
        if at < due {
            return Pulled::Silence;
        }
        if let Some(missing) = self.next.map(|next| sequence - next).filter(|missing| *missing > 0) {
            // It was no pause: packets have been lost, so what bridged the first of them was concealment.
            self.count_lost(missing);
            self.count_concealed(filled);
        }
        self.next = Some(sequence);
        self.go_on(at, time, 0)
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
        let (head_time, payload) = (head.time, head.packet.payload.clone());
        self.count_concealed(filled);
        if hole <= self.frame * 3 / 2 {
            self.count_lost(missing);
            self.stats.recovered += 1;
            self.stats.played_samples += self.frame as u64;
            self.next = Some(sequence);
            self.state = State::Playing { time: head_time, filled: 0 };
            return Pulled::Fec { next: payload, samples: self.frame as usize };
        }
        let still_missing = ((hole - self.frame + self.frame / 2) / self.frame).clamp(0, missing);
        self.count_lost(missing - still_missing);
        self.count_concealed(self.frame);
        self.next = Some(sequence - still_missing);
        self.state = State::Playing { time: time + filled + self.frame, filled: 0 };
        Pulled::Conceal { samples: self.frame as usize }
    }

    fn play(&mut self, at: i64, missing: i64, hole: i64, filled: i64) -> Pulled {
        let Some((sequence, head)) = self.waiting.pop_first() else {
            return Pulled::Silence;
        };
        let paused = missing == 0 && hole >= filled;
        if !paused {
            self.count_concealed(filled);
        }
        self.count_lost(missing);
        self.loss -= self.loss / 128.0;
        self.frame = head.samples;
        self.stats.played_samples += head.samples as u64;
        self.next = Some(sequence + 1);
        self.state = State::Playing { time: head.time + head.samples, filled: 0 };
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

    fn count_concealed(&mut self, samples: i64) {
        self.stats.concealed_samples += samples as u64;
        self.stats.played_samples += samples as u64;
    }

    /// The delay aimed for, in microseconds: where packets get lost, the one after the missing one must be there.
    fn target(&self) -> i64 {
        let for_fec = if self.loss > LOSSY { micros_of(self.frame) + 20_000 } else { 0 };
        self.delay.target().max(for_fec)
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

/// The length of an Opus packet in samples, from its first two bytes (RFC 6716, section 3.1). `None` if it is none.
fn duration(payload: &[u8]) -> Option<i64> {
    let samples = opus::packet::get_nb_samples(payload, SAMPLE_RATE).ok()?;
    (1..=LONGEST_PACKET).contains(&samples).then_some(samples as i64)
}
