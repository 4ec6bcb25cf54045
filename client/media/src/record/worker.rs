//! The thread behind [`super::Recorder`]: takes what waits, writes it once a second, and watches the disk.
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use super::{
    RecordError, RecorderEvent, RecorderSettings,
    mix::Mixdown,
    names::Names,
    queue::{Entry, Item, Queue},
    reel::{Reel, Zero},
};
use crate::audio::opus::OpusError;

/// How often the queue is emptied. Nobody is woken for each packet.
const TICK: Duration = Duration::from_millis(250);

/// How often files are written: what a crash costs.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// What is younger is not written yet, so that what was late on its way comes into its place.
const SETTLED: Duration = Duration::from_millis(300);

/// So much of one file is written before its time.
const MUCH: usize = 4 << 20;

/// How often the disk is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// As many recordings may begin in the same second.
const MOST_NUMBERS: u32 = 100;

/// The file of what is heard in the room. It is there first: a participant of that name gets a number.
const MIXED: &str = "mixed";

/// The tape of the mix.
const MIX: u64 = 0;

pub(super) struct Worker {
    settings: RecorderSettings,
    queue: Arc<Queue>,
    zero: Zero,
    folder: PathBuf,
    reels: BTreeMap<u64, Reel>,
    names: Names,
    mixdown: Option<Mixdown>,
    /// Bytes of the files that are whole.
    finished_bytes: u64,
}

impl Worker {
    pub(super) fn new(settings: RecorderSettings, queue: Arc<Queue>, instant: Instant, wall: SystemTime) -> Self {
        Self {
            folder: settings.recordings.join(&settings.name),
            settings,
            queue,
            zero: Zero { instant, wall },
            reels: BTreeMap::new(),
            names: Names::default(),
            mixdown: None,
            finished_bytes: 0,
        }
    }

    pub(super) fn run(mut self, events: &dyn Fn(RecorderEvent)) {
        if let Err(error) = self.prepare() {
            self.queue.stop();
            events(RecorderEvent::Failed(error));
            return;
        }
        events(RecorderEvent::Started { folder: self.folder.clone() });
        let trouble = self.record().and_then(|()| self.mix_until(None)).err();
        self.queue.stop();
        let trouble = self.finish(trouble);
        let (bytes, dropped) = (self.queue.written(), self.queue.dropped());
        tracing::info!(folder = %self.folder.display(), bytes, dropped, ?trouble, "a recording has ended");
        events(RecorderEvent::Ended { folder: self.folder, bytes, dropped, trouble });
    }

    /// Makes a folder that was not there.
    fn prepare(&mut self) -> Result<(), RecordError> {
        let refused = |folder: &Path, error: &io::Error| RecordError::Folder {
            folder: folder.to_owned(),
            detail: error.to_string(),
        };
        let parent = &self.settings.recordings;
        fs::create_dir_all(parent).map_err(|error| refused(parent, &error))?;
        self.look_at_disk(parent)?;
        self.folder = new_folder(parent, &self.settings.name).map_err(|error| refused(&self.folder, &error))?;
        if self.settings.mixed {
            self.mixdown = Some(Mixdown::new().map_err(|error| mix_failed(&error))?);
            self.open(MIX, MIXED);
        }
        Ok(())
    }

    /// Writes what comes until there is no more.
    fn record(&mut self) -> Result<(), RecordError> {
        let mut written = Instant::now();
        let mut looked = written;
        loop {
            let batch = self.queue.take(TICK);
            for entry in batch.entries {
                self.take(entry)?;
            }
            if batch.last {
                return Ok(());
            }
            let now = Instant::now();
            if now.duration_since(written) >= WRITE_EVERY {
                written = now;
                self.write(now)?;
            }
            if now.duration_since(looked) >= LOOK_EVERY {
                looked = now;
                self.look_at_disk(&self.folder)?;
            }
        }
    }

    fn take(&mut self, Entry { tape, at, item }: Entry) -> Result<(), RecordError> {
        match item {
            Item::Open { name } => self.open(tape, &name),
            Item::Picture { payload, keyframe, timestamp } => {
                self.feed(tape, |reel| reel.take_picture(payload, keyframe, timestamp, at))?;
            }
            Item::Sound { payload, timestamp } => self.feed(tape, |reel| reel.take_sound(payload, timestamp, at))?,
            Item::Heard { source, block } => {
                if let Some(mixdown) = &mut self.mixdown {
                    mixdown.add(source, &block, at.saturating_duration_since(self.zero.instant));
                }
            }
            Item::Close => {
                if let Some(reel) = self.reels.remove(&tape) {
                    let path = reel.path().to_owned();
                    self.finished_bytes += reel.finish().map_err(|error| unwritable(&path, &error))?;
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, tape: u64, name: &str) {
        let path = self.folder.join(format!("{}.webm", self.names.unused(name)));
        self.reels.insert(tape, Reel::new(path, name, self.zero));
    }

    fn feed(&mut self, tape: u64, feed: impl FnOnce(&mut Reel)) -> Result<(), RecordError> {
        let Some(reel) = self.reels.get_mut(&tape) else { return Ok(()) };
        feed(reel);
        if reel.waiting_bytes() >= MUCH {
            reel.write_until(u64::MAX).map_err(|error| unwritable(reel.path(), &error))?;
        }
        Ok(())
    }

    fn write(&mut self, now: Instant) -> Result<(), RecordError> {
        let settled = now.saturating_duration_since(self.zero.instant).saturating_sub(SETTLED);
        self.mix_until(Some(settled))?;
        for reel in self.reels.values_mut() {
            reel.write_until(settled.as_millis() as u64).map_err(|error| unwritable(reel.path(), &error))?;
        }
        self.count();
        Ok(())
    }

    /// Encodes what is heard until then, or until now.
    fn mix_until(&mut self, until: Option<Duration>) -> Result<(), RecordError> {
        let until = until.unwrap_or_else(|| self.zero.instant.elapsed());
        let (Some(mixdown), Some(reel)) = (&mut self.mixdown, self.reels.get_mut(&MIX)) else { return Ok(()) };
        while let Some((payload, at)) = mixdown.next(until).map_err(|error| mix_failed(&error))? {
            reel.take_placed(payload, at);
        }
        Ok(())
    }

    /// Makes all files whole, also after trouble: what is there is there. Returns the first trouble of all.
    fn finish(&mut self, mut trouble: Option<RecordError>) -> Option<RecordError> {
        for reel in std::mem::take(&mut self.reels).into_values() {
            let path = reel.path().to_owned();
            match reel.finish() {
                Ok(bytes) => self.finished_bytes += bytes,
                Err(error) => trouble = trouble.or_else(|| Some(unwritable(&path, &error))),
            }
        }
        self.count();
        trouble
    }

    fn count(&self) {
        self.queue.set_written(self.finished_bytes + self.reels.values().map(Reel::length).sum::<u64>());
    }

    /// A disk that does not say how full it is cannot be watched.
    fn look_at_disk(&self, folder: &Path) -> Result<(), RecordError> {
        match fs4::available_space(folder) {
            Ok(free_bytes) if free_bytes < self.settings.spare_bytes => {
                Err(RecordError::NoSpace { folder: folder.to_owned(), free_bytes })
            }
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::debug!(%error, "the disk does not say how much is free");
                Ok(())
            }
        }
    }
}

/// Makes a folder of that name, or of that name with a number.
fn new_folder(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let mut folder = parent.join(name);
    for number in 2..=MOST_NUMBERS {
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                folder = parent.join(format!("{name} ({number})"));
            }
            made => return made.map(|()| folder),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn unwritable(path: &Path, error: &io::Error) -> RecordError {
    RecordError::Write { path: path.to_owned(), detail: error.to_string() }
}

fn mix_failed(error: &OpusError) -> RecordError {
    RecordError::Mix { detail: error.to_string() }
}
