//! People in rooms of eight who talk: how much gets through, and how fast.
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use super::{Effort, Sample};
use crate::{client::Client, contender::Contender, dialect::Heard};

const ROOMS: usize = 16;
const ROOM: usize = 8;
/// How many messages of one speaker are under way to a room; seven times as many are under way to each listener.
const ROOM_WINDOW: usize = 4;
/// How many messages of one speaker are under way to one other.
const ONE_WINDOW: usize = 16;
/// How many messages a second are sent when their latency is measured.
const PACE: u32 = 2_000;
/// How often the pacemaker looks at the clock: timers are no finer.
const BEAT: Duration = Duration::from_millis(1);

/// To whom one speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// Everybody in the room, by a state.
    Room,
    /// The neighbour, by a candidate.
    One,
}

/// Messages delivered a second when everybody says the next as soon as there is room for it.
pub(super) async fn throughput(contender: &Contender, effort: &Effort, to: To) -> anyhow::Result<Sample> {
    let window = match to {
        To::Room => ROOM_WINDOW,
        To::One => ONE_WINDOW,
    };
    let score = Arc::new(Score::new(Pace::Answered));
    let mut speakers = speakers(contender, &score, to, window).await?;
    let measured = async {
        sleep(effort.time / 4).await;
        let (before, start) = (score.delivered(), contender.clock()?);
        sleep(effort.time).await;
        let (busy, passed) = contender.clock()?.since(start);
        let delivered = score.delivered() - before;
        score.adds_up(to)?;
        anyhow::Ok(Sample { value: delivered as f64 / passed.as_secs_f64(), busy })
    };
    tokio::select! {
        sample = measured => sample,
        Some(ended) = speakers.tasks.join_next() => failed(ended),
    }
}

/// The time from one to the others of the room, in milliseconds, 99th percentile, at a steady pace.
pub(super) async fn latency(contender: &Contender, effort: &Effort) -> anyhow::Result<Sample> {
    let score = Arc::new(Score::new(Pace::Clock));
    let mut speakers = speakers(contender, &score, To::Room, 0).await?;
    let turns = speakers.turns.clone();
    let measured = async {
        sleep(effort.time / 4).await;
        score.take_latencies();
        let start = contender.clock()?;
        sleep(effort.time).await;
        let (busy, _) = contender.clock()?.since(start);
        let mut micros = score.take_latencies();
        micros.sort_unstable();
        let p99 = micros.get(micros.len() * 99 / 100).context("nothing was delivered")?;
        anyhow::Ok(Sample { value: f64::from(*p99) / 1000.0, busy })
    };
    tokio::select! {
        sample = measured => sample,
        () = beat(&turns) => bail!("the pacemaker has stopped"),
        Some(ended) = speakers.tasks.join_next() => failed(ended),
    }
}

/// Gives one speaker after the other a turn, at the pace, whatever the server makes of it.
async fn beat(turns: &[Arc<Semaphore>]) {
    let start = Instant::now();
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut given = 0;
    loop {
        beat.tick().await;
        let due = (start.elapsed().as_secs_f64() * f64::from(PACE)) as usize;
        for turn in given..due {
            // From room to room, so that no room gets a burst.
            let (room, seat) = (turn % ROOMS, turn / ROOMS % ROOM);
            turns[room * ROOM + seat].add_permits(1);
        }
        given = due;
    }
}

fn failed(ended: Result<anyhow::Result<()>, tokio::task::JoinError>) -> anyhow::Result<Sample> {
    ended??;
    bail!("a participant has stopped talking")
}

/// Who talks, and what lets them.
struct Speakers {
    tasks: JoinSet<anyhow::Result<()>>,
    turns: Vec<Arc<Semaphore>>,
}

async fn speakers(contender: &Contender, score: &Arc<Score>, to: To, window: usize) -> anyhow::Result<Speakers> {
    let mut speakers = Speakers { tasks: JoinSet::new(), turns: Vec::new() };
    // All are in before anybody talks.
    let mut rooms = Vec::new();
    for room in 0..ROOMS {
        let mut participants = Vec::new();
        for seat in 0..ROOM {
            let number = room * ROOM + seat;
            participants.push(Client::enter(contender).await?.join(&format!("room {room}"), number).await?);
        }
        rooms.push(participants);
    }
    for participants in rooms {
        let turns: Vec<_> = (0..ROOM).map(|_| Arc::new(Semaphore::new(window))).collect();
        let ids: Vec<_> = participants.iter().map(|participant| participant.me.clone()).collect();
        for (seat, participant) in participants.into_iter().enumerate() {
            let heeded = match to {
                To::Room => (seat + 1) % ROOM,
                To::One => seat ^ 1,
            };
            let speaker = Speaker {
                client: participant.client,
                score: Arc::clone(score),
                seat: seat as u32,
                said: 0,
                turns: Arc::clone(&turns[seat]),
                heeded: heeded as u32,
                heeded_turns: Arc::clone(&turns[heeded]),
                partner: (to == To::One).then(|| ids[heeded].clone()),
            };
            speakers.tasks.spawn(speaker.run());
        }
        speakers.turns.extend(turns);
    }
    Ok(speakers)
}

/// What gives somebody a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// That a message of theirs has arrived.
    Answered,
    /// The pacemaker; messages carry the time, and are timed.
    Clock,
}

/// What all have heard.
#[derive(Debug)]
struct Score {
    pace: Pace,
    start: Instant,
    said: AtomicU64,
    delivered: AtomicU64,
    latencies: Mutex<Vec<u32>>,
}

impl Score {
    fn new(pace: Pace) -> Self {
        Self {
            pace,
            start: Instant::now(),
            said: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            latencies: Mutex::new(Vec::new()),
        }
    }

    /// Makes sure that what was counted can be true: all that was said has arrived everywhere, save the little that
    /// is under way.
    fn adds_up(&self, to: To) -> anyhow::Result<()> {
        let listeners = match to {
            To::Room => ROOM - 1,
            To::One => 1,
        };
        let (delivered, said) = (self.delivered(), self.said.load(Ordering::Relaxed) * listeners as u64);
        if delivered > said || delivered < said - said / 10 {
            bail!("{delivered} messages were delivered, but {said} should have been");
        }
        Ok(())
    }

    fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    fn micros(&self) -> u32 {
        u32::try_from(self.start.elapsed().as_micros()).unwrap_or(u32::MAX)
    }

    fn record(&self, sent: u32) {
        let latency = self.micros().saturating_sub(sent);
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).push(latency);
    }

    fn take_latencies(&self) -> Vec<u32> {
        std::mem::take(&mut *self.latencies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Somebody who talks and listens.
struct Speaker {
    client: Client,
    score: Arc<Score>,
    seat: u32,
    said: u32,
    turns: Arc<Semaphore>,
    /// The one other whose messages this one confirms.
    heeded: u32,
    heeded_turns: Arc<Semaphore>,
    /// Whom this one talks to; none for the whole room.
    partner: Option<String>,
}

impl Speaker {
    async fn run(mut self) -> anyhow::Result<()> {
        let turns = Arc::clone(&self.turns);
        loop {
            tokio::select! {
                biased;
                heard = self.client.next() => self.heard(&heard?)?,
                turn = turns.acquire() => {
                    turn?.forget();
                    self.talk().await?;
                }
            }
        }
    }

    /// Says something for each turn there is.
    async fn talk(&mut self) -> anyhow::Result<()> {
        loop {
            let text = self.text();
            self.client.add(text).await?;
            match self.turns.try_acquire() {
                Ok(turn) => turn.forget(),
                Err(_) => return self.client.flush().await,
            }
        }
    }

    fn text(&mut self) -> String {
        self.said += 1;
        self.score.said.fetch_add(1, Ordering::Relaxed);
        let number = match self.score.pace {
            // The seat is in the number, so that listeners know whose it is without looking at ids.
            Pace::Answered => self.said * ROOM as u32 + self.seat,
            Pace::Clock => self.score.micros(),
        };
        match &self.partner {
            Some(partner) => self.client.dialect().relay(partner, number),
            None => self.client.dialect().state(number),
        }
    }

    fn heard(&mut self, heard: &Heard) -> anyhow::Result<()> {
        let number = match heard {
            Heard::State(number) | Heard::Relayed(number) => *number,
            Heard::Refused => bail!("the server has refused a message"),
            Heard::Rooms | Heard::Joined { .. } | Heard::Ping(_) | Heard::Other => return Ok(()),
        };
        self.score.delivered.fetch_add(1, Ordering::Relaxed);
        match self.score.pace {
            Pace::Answered if number % ROOM as u32 == self.heeded => self.heeded_turns.add_permits(1),
            Pace::Answered => {}
            Pace::Clock => self.score.record(number),
        }
        Ok(())
    }
}
