//! What the STUN and TURN server counts. It holds a clone of these.
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// What the relay has done since it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RelayNumbers {
    /// Relay addresses in use at the moment.
    pub allocations: u64,
    /// Relay addresses given away so far.
    pub allocated: u64,
    /// Bytes passed on, in both directions.
    pub bytes: u64,
    /// Packets dropped because an address, or all of them together, carried more than they may.
    pub over_bandwidth: u64,
    /// Requests refused because there are, or somebody has, as many relay addresses as there may be.
    pub over_quota: u64,
    /// Requests refused because nobody who may use the relay made them.
    pub bad_credentials: u64,
    /// Requests and packets refused because of where they lead to or come from.
    pub refused_targets: u64,
    /// Requests left without an answer because their address makes too many, or because they make no sense.
    pub ignored: u64,
}

/// The relay's counters; clones count together.
#[derive(Debug, Clone, Default)]
pub struct RelayMetrics {
    /// Allocations that exist now.
    allocations: Gauge,
    allocated: Counter,
    bytes: Counter,
    refusals: Family<[(&'static str, &'static str); 1], Counter>,
}

/// What the relay does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayRefusal {
    /// The name or its proof is wrong or has run out.
    Credentials,
    /// There are as many allocations as it takes.
    Allocations,
    /// More than the bandwidth it gives.
    Bandwidth,
    /// The target is an address that it does not reach out to.
    Target,
    /// There are too many requests from one address, or it makes no sense.
    Ignored,
}

impl RelayRefusal {
    const ALL: [Self; 5] = [Self::Credentials, Self::Allocations, Self::Bandwidth, Self::Target, Self::Ignored];

    fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Allocations => "allocations",
            Self::Bandwidth => "bandwidth",
            Self::Target => "target",
            Self::Ignored => "ignored",
        }
    }
}

impl RelayMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self::default();
        for refusal in RelayRefusal::ALL {
            drop(this.refusals.get_or_create(&[("reason", refusal.as_str())]));
        }
        registry.register("turn_allocations", "Allocations on the relay now", this.allocations.clone());
        registry.register("turn_allocated", "Allocations made on the relay", this.allocated.clone());
        registry.register("turn_bytes", "Bytes that the relay carried, both ways", this.bytes.clone());
        registry.register("turn_refusals", "What the relay did not do, by reason", this.refusals.clone());
        this
    }

    /// All of them at once.
    pub fn numbers(&self) -> RelayNumbers {
        let refused = |refusal: RelayRefusal| self.refusals.get_or_create(&[("reason", refusal.as_str())]).get();
        RelayNumbers {
            allocations: u64::try_from(self.allocations.get()).unwrap_or(0),
            allocated: self.allocated.get(),
            bytes: self.bytes.get(),
            over_bandwidth: refused(RelayRefusal::Bandwidth),
            over_quota: refused(RelayRefusal::Allocations),
            bad_credentials: refused(RelayRefusal::Credentials),
            refused_targets: refused(RelayRefusal::Target),
            ignored: refused(RelayRefusal::Ignored),
        }
    }

    /// Somebody got an allocation.
    pub fn allocated(&self) {
        self.allocations.inc();
        self.allocated.inc();
    }

    /// An allocation is gone.
    pub fn released(&self) {
        self.allocations.dec();
    }

    /// This much was carried.
    pub fn carried(&self, bytes: usize) {
        self.bytes.inc_by(bytes as u64);
    }

    /// Something was refused.
    pub fn refused(&self, refusal: RelayRefusal) {
        self.refusals.get_or_create(&[("reason", refusal.as_str())]).inc();
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn an_allocation_counts_until_it_is_released_and_its_bytes_stay() {
        let mut registry = Registry::default();
        let relay = RelayMetrics::new(&mut registry);

        relay.allocated();
        relay.carried(1200);
        relay.refused(RelayRefusal::Target);
        relay.released();

        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in [
            "turn_allocations 0",
            "turn_allocated_total 1",
            "turn_bytes_total 1200",
            "turn_refusals_total{reason=\"target\"} 1",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
