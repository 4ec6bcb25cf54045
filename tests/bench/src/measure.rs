//! What is measured, and what counts as good.
mod joins;
mod memory;
mod relay;

use std::time::Duration;

use clap::ValueEnum;

use crate::contender::Contender;

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measurement {
    /// Messages delivered a second when all in rooms of eight talk to their rooms as fast as they can
    RoomRelay,
    /// Messages delivered a second when all talk to one other each as fast as they can
    DirectedRelay,
    /// People a second who connect, are greeted, and enter a room
    Joins,
    /// The time from one to another participant at 2,000 messages a second, 99th percentile
    Latency,
    /// The memory of a connection in a room, at thousands of them
    Memory,
}

/// How much to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) time: Duration,
    pub(crate) connections: usize,
}

/// What one repetition has found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) value: f64,
    /// How much of its processor the server used.
    pub(crate) busy: f64,
}

/// Which ratio of ours to theirs is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    pub(crate) fn is_met_by(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }
}

impl Measurement {
    pub(crate) async fn take(self, contender: &Contender, effort: &Effort) -> anyhow::Result<Sample> {
        match self {
            Self::RoomRelay => relay::throughput(contender, effort, relay::To::Room).await,
            Self::DirectedRelay => relay::throughput(contender, effort, relay::To::One).await,
            Self::Joins => joins::per_second(contender, effort).await,
            Self::Latency => relay::latency(contender, effort).await,
            Self::Memory => memory::per_connection(contender, effort).await,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::RoomRelay => "room relay, messages delivered/s",
            Self::DirectedRelay => "directed relay, messages delivered/s",
            Self::Joins => "joins/s",
            Self::Latency => "p99 latency at 2,000 messages/s, ms",
            Self::Memory => "memory per connection held, KiB",
        }
    }

    pub(crate) fn target(self) -> Target {
        match self {
            Self::RoomRelay => Target::AtLeast(2.5),
            Self::DirectedRelay => Target::AtLeast(4.0),
            Self::Joins => Target::AtLeast(10.0),
            Self::Latency => Target::AtMost(0.2),
            Self::Memory => Target::AtMost(0.6),
        }
    }

    /// Whether a few repetitions tell as much as many.
    pub(crate) fn is_steady(self) -> bool {
        self == Self::Memory
    }

    /// Digits behind the point.
    pub(crate) fn digits(self) -> usize {
        match self {
            Self::RoomRelay | Self::DirectedRelay | Self::Joins => 0,
            Self::Latency => 2,
            Self::Memory => 1,
        }
    }
}
