//! What a program writes to its log with `--log` about each packet, picture and file.
use std::time::Duration;

/// The value of a field in a line of a log, as in `bytes=1200`.
pub fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let mut words = line.split_whitespace();
    words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

/// The lines of a log with these words.
pub fn lines_with<'a>(log: &'a str, words: &str) -> impl Iterator<Item = &'a str> {
    log.lines().filter(move |line| line.contains(words))
}

/// A packet that was handed to a bad network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// When, since the network began.
    pub at: Duration,
    /// Bits on the wire, with the headers of IPv4 and UDP.
    pub bits: u64,
    /// How long it waited for those before it; none where it vanished.
    pub queued: Option<Duration>,
}

/// Everything that a program handed to one of its bad networks (`--log parlor::peer::impair=trace`): the one that took
/// most, since a connection has more sockets than it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    packets: Vec<Packet>,
    /// When the network began, in microseconds since 1970.
    pub began_unix_us: u64,
}

/// IPv4 and UDP.
const HEADER_BYTES: u64 = 28;

impl Journal {
    /// Reads it out of a log. `None` where there is none in it.
    pub fn read(log: &str) -> Option<Self> {
        let began = lines_with(log, "the bad network begins").next()?;
        let began_unix_us = field(began, "unix_us")?.parse().ok()?;
        let mut sockets: Vec<(u64, Vec<Packet>)> = Vec::new();
        for line in lines_with(log, "parlor::peer::impair: a packet ") {
            let Some((socket, packet)) = parse(line) else { continue };
            match sockets.iter_mut().find(|(number, _)| *number == socket) {
                Some((_, packets)) => packets.push(packet),
                None => sockets.push((socket, vec![packet])),
            }
        }
        let busiest =
            sockets.into_iter().max_by_key(|(_, packets)| packets.iter().map(|packet| packet.bits).sum::<u64>());
        Some(Self { packets: busiest?.1, began_unix_us })
    }

    /// Every packet, in order.
    pub fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// What was handed over in that time, whatever became of it, in thousands of bits a second.
    pub fn offered_kbps(&self, from: Duration, to: Duration) -> f64 {
        self.within(from, to).map(|packet| packet.bits as f64).sum::<f64>() / (to - from).as_secs_f64() / 1e3
    }

    /// What passed in that time, in thousands of bits a second.
    pub fn passed_kbps(&self, from: Duration, to: Duration) -> f64 {
        let passed = self.within(from, to).filter(|packet| packet.queued.is_some());
        passed.map(|packet| packet.bits as f64).sum::<f64>() / (to - from).as_secs_f64() / 1e3
    }

    /// How long that share of the packets that passed in that time waited at most, in milliseconds.
    pub fn queued_ms(&self, from: Duration, to: Duration, share: f64) -> Option<f64> {
        let queued = self.within(from, to).filter_map(|packet| packet.queued);
        let mut queued: Vec<_> = queued.map(|queued| queued.as_secs_f64() * 1e3).collect();
        queued.sort_by(f64::total_cmp);
        super::percentile(&queued, share)
    }

    fn within(&self, from: Duration, to: Duration) -> impl Iterator<Item = &Packet> {
        self.packets.iter().filter(move |packet| (from..to).contains(&packet.at))
    }
}

fn parse(line: &str) -> Option<(u64, Packet)> {
    let number = |name| field(line, name)?.parse::<u64>().ok();
    let packet = Packet {
        at: Duration::from_micros(number("at_us")?),
        bits: (number("bytes")? + HEADER_BYTES) * 8,
        queued: number("queued_us").map(Duration::from_micros),
    };
    Some((number("socket")?, packet))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-11-21T19:10:05.1Z DEBUG parlor::peer::impair: the bad network begins unix_us=1700
2026-11-21T19:10:05.2Z TRACE parlor::peer::impair: a packet passes socket=0 at_us=100 bytes=72 queued_us=0
2026-11-21T19:10:05.3Z TRACE parlor::peer::impair: a packet passes socket=1 at_us=200 bytes=1222 queued_us=5000
2026-11-21T19:10:05.4Z TRACE parlor::peer::impair: a packet vanishes socket=1 at_us=900000 bytes=1222 why=QueueFull
2026-11-21T19:10:05.5Z  INFO parlor: something else bytes=3
";

    #[test]
    fn the_busiest_socket_counts_and_headers_with_it() {
        let journal = Journal::read(LOG).expect("a journal");

        let second = (Duration::ZERO, Duration::from_secs(1));
        assert_eq!(journal.began_unix_us, 1_700);
        assert_eq!(journal.packets().len(), 2);
        assert_eq!(journal.offered_kbps(second.0, second.1), 20.0);
        assert_eq!(journal.passed_kbps(second.0, second.1), 10.0);
        assert_eq!(journal.queued_ms(second.0, second.1, 0.95), Some(5.0));
    }

    #[test]
    fn a_log_without_a_bad_network_has_no_journal() {
        assert_eq!(Journal::read("2026-11-21T19:10:05.5Z  INFO parlor: something else bytes=3\n"), None);
    }
}
