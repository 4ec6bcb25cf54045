//! The sizes in which a source can be encoded, and which of them a receiver gets.
//!
//! A *ladder* has at most three *rungs*, the best one first; each is the work of one encoder, which is known by its
//! [`Layer`]. What moves is halved twice (720, 360 and 180 lines), and every rung consists of two temporal layers: who
//! takes only the *base* gets every second picture for six tenths of the bits. Text is not legible when it is made
//! smaller, so its second rung has all pixels and fewer pictures, for those who are slower than others; only thumbnails get
//! a smaller one. Who is slow, but alone, stays on the first: to go over takes a keyframe, which is a whole page.
//!
//! [`choose`] puts every receiver on the best rung that they show and can afford. The rate of a rung is set by those
//! who are best off: who is slower gets its base alone, or the next rung, and takes nothing from the others. Receivers
//! within a quarter of the best share one rate, or estimates that tremble would cost somebody every second picture.
//!
//! Called by [`plan`](crate::plan), which adds patience: these functions know nothing of time.

/// No more encoders than this run for one source.
pub const MOST_LAYERS: usize = 3;
/// Below this a picture is no picture any more, in thousands of bits a second.
const LEAST_KBPS: u32 = 50;
/// Pictures with fewer lines than this are not made.
const LEAST_LINES: u32 = 90;
/// Pictures of text that have no more lines than this are thumbnails.
const THUMBNAIL_LINES: u32 = 360;
/// Moving pictures of this many pixels a second (640x360 at 30) are good at [`GOOD_KBPS`]. Above that a person who allows
/// more gets more; below a third of it the next rung looks better, however much is allowed.
const GOOD_PIXELS: f64 = 640.0 * 360.0 * 30.0;
/// See [`GOOD_PIXELS`].
const GOOD_KBPS: f64 = 800.0;
/// A quarter of the pixels takes this share of the bits to look as good: 0.25 to the power of 0.75, in thousandths.
const QUARTER: u32 = 354;
/// The share of the bits that the base temporal layer takes, in tenths, as the encoder is told.
const BASE_TENTHS: u64 = 6;

/// One of the encoders of a source: 0 is the one of the largest pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(u8);

impl Layer {
    /// The one of the largest pictures.
    pub const LARGEST: Self = Self(0);

    /// All that there may be, the largest first.
    pub const ALL: [Self; MOST_LAYERS] = [Self(0), Self(1), Self(2)];

    /// Its place among [`ALL`](Self::ALL).
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is important in the pictures of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// That they move evenly.
    Motion,
    /// That what stands in them can be read.
    Text,
}

/// The pictures of a source, as they are at best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
    /// Thousands of bits a second that they are worth.
    pub kbps: u32,
    /// What is important in them.
    pub matter: Matter,
}

/// What one encoder makes of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Which encoder.
    pub layer: Layer,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
    /// Thousands of bits a second beyond which they hardly look better.
    pub most_kbps: u32,
    /// Thousands of bits a second below which the next rung looks better.
    pub least_kbps: u32,
    /// Whether its base can be had alone.
    pub temporal: bool,
}

impl Rung {
    /// What the base takes of a rate.
    pub fn base(&self, kbps: u32) -> u32 {
        if !self.temporal {
            return kbps;
        }
        u32::try_from(u64::from(kbps) * BASE_TENTHS / 10).unwrap_or(u32::MAX)
    }

    /// The least that it takes to receive anything of it.
    pub fn entry_kbps(&self) -> u32 {
        self.base(self.least_kbps)
    }
}

/// What is left out because the computer is too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relief {
    /// How many of the pictures a second are left, in percent.
    pub fps_percent: u32,
    /// How many rungs are missing at the top.
    pub rungs: usize,
}

impl Relief {
    /// Nothing is left out.
    pub const NONE: Self = Self { fps_percent: 100, rungs: 0 };
}

/// All that can be made of a source, the best first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder(Vec<Rung>);

impl Ladder {
    /// The ladder of a source, without what the computer has no time for.
    pub fn of(source: Source, relief: Relief) -> Self {
        let mut rungs = match source.matter {
            Matter::Motion => motion(source),
            Matter::Text => text(source),
        };
        // A smaller text would not be one.
        if source.matter == Matter::Motion {
            rungs.drain(..relief.rungs.min(rungs.len() - 1));
        }
        for rung in &mut rungs {
            rung.fps = (rung.fps * relief.fps_percent / 100).max(1);
        }
        Self(rungs)
    }

    /// All of them.
    pub fn rungs(&self) -> &[Rung] {
        &self.0
    }

    /// The place of the best rung that is of use to whoever shows so many lines: the smallest that need not be made
    /// more than a quarter larger. Among several of one size it is the first.
    pub fn top(&self, lines: u16) -> usize {
        let enough = |rung: &&Rung| rung.height.saturating_mul(5) / 4 >= u32::from(lines);
        let height = self.0.iter().rfind(enough).or(self.0.first()).map(|rung| rung.height);
        self.0.iter().position(|rung| Some(rung.height) == height).unwrap_or(0)
    }
}

fn motion(source: Source) -> Vec<Rung> {
    let mut rungs = Vec::with_capacity(MOST_LAYERS);
    let mut kbps = source.kbps.max(1);
    for (layer, shrink) in Layer::ALL.into_iter().zip([1, 2, 4]) {
        let (width, height) = (shrunk(source.width, shrink), shrunk(source.height, shrink));
        if layer != Layer::LARGEST && (height < LEAST_LINES || width < LEAST_LINES) {
            break;
        }
        let least_kbps = (kbps.min(good_kbps(width, height, source.fps)) / 3).max(LEAST_KBPS).min(kbps);
        rungs.push(Rung { layer, width, height, fps: source.fps, most_kbps: kbps, least_kbps, temporal: true });
        kbps = (kbps * QUARTER / 1000).max(LEAST_KBPS.min(kbps));
    }
    rungs
}

/// The rate at which moving pictures look good.
fn good_kbps(width: u32, height: u32, fps: u32) -> u32 {
    let pixels = f64::from(width) * f64::from(height) * f64::from(fps);
    (GOOD_KBPS * (pixels / GOOD_PIXELS).powf(0.75)) as u32
}

fn text(source: Source) -> Vec<Rung> {
    let Source { width, height, fps, kbps, .. } = source;
    let kbps = kbps.max(1);
    let rung = |layer: usize, shrink: u32, fps: u32, most_kbps: u32, least_kbps: u32| Rung {
        layer: Layer::ALL[layer],
        width: shrunk(width, shrink),
        height: shrunk(height, shrink),
        fps: fps.max(1),
        most_kbps: most_kbps.max(LEAST_KBPS).min(kbps),
        least_kbps: least_kbps.max(LEAST_KBPS).min(kbps),
        temporal: false,
    };
    let mut rungs = vec![rung(0, 1, fps, kbps, kbps / 10), rung(1, 1, fps * 5 / 8, kbps / 3, kbps / 25)];
    let shrink = height.div_ceil(THUMBNAIL_LINES);
    if shrink > 1 {
        rungs.push(rung(2, shrink, fps / 2, kbps / 6, LEAST_KBPS));
    }
    rungs
}

/// A side of a smaller picture: even, since colours have half as many pixels.
fn shrunk(side: u32, by: u32) -> u32 {
    ((side / by) & !1).max(2)
}

/// Somebody who is to get one of the rungs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receiver {
    /// The place of the best rung that is of use to them.
    pub top: usize,
    /// Thousands of bits a second that there are for it.
    pub kbps: u32,
}

/// Puts every receiver on a rung: the place of each.
pub fn choose(ladder: &Ladder, receivers: &[Receiver]) -> Vec<usize> {
    let rungs = ladder.rungs();
    let last = rungs.len() - 1;
    let affordable = |receiver: &Receiver| {
        let fits = |place: &usize| rungs[*place].least_kbps <= receiver.kbps;
        (receiver.top.min(last)..last).find(fits).unwrap_or(last)
    };
    let mut places: Vec<_> = receivers.iter().map(affordable).collect();
    for (place, rung) in rungs.iter().enumerate().take(last) {
        let on_it = |places: &[usize], index: usize| places[index] == place;
        let budgets = (0..receivers.len()).filter(|index| on_it(&places, *index)).map(|index| receivers[index].kbps);
        let rate = rate(rung, &budgets.collect::<Vec<_>>());
        for (index, receiver) in receivers.iter().enumerate() {
            if on_it(&places, index) && receiver.kbps < rung.base(rate) {
                places[index] += 1;
            }
        }
    }
    places
}

/// The rate of a rung that is received by those who have so much for it.
pub fn rate(rung: &Rung, budgets: &[u32]) -> u32 {
    let best = budgets.iter().copied().max().unwrap_or(rung.most_kbps).min(rung.most_kbps);
    let near = budgets.iter().copied().filter(|kbps| u64::from(*kbps) * 4 >= u64::from(best) * 3);
    near.min().unwrap_or(best).min(best).max(rung.least_kbps)
}

#[cfg(test)]
mod tests;
