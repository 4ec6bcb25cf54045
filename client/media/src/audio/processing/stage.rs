//! One part of the chain, which comes and goes without a click.
use crate::audio::{Block, fade::ramp};

/// How long a new part runs before it is heard: until what it delays has come through.
const WARM_UP: u32 = 5;

/// An effect that exists only while it is wanted, and a little longer to fade out.
pub(super) struct Stage<E> {
    effect: Option<E>,
    age: u32,
    /// How much of the effect is heard, 0 to 1.
    wet: f32,
}

/// Something that works on blocks and begins with nothing known.
pub(super) trait Effect {
    fn begin() -> Self;
}

impl<E: Effect> Stage<E> {
    pub(super) fn new() -> Self {
        Self { effect: None, age: 0, wet: 0.0 }
    }

    /// Works on the next 10 ms where it is `on`, or was until now.
    pub(super) fn apply(&mut self, on: bool, block: &mut Block, work: impl FnOnce(&mut E, &mut Block)) {
        if !on && self.effect.is_none() {
            return;
        }
        let dry = *block;
        work(self.effect.get_or_insert_with(E::begin), block);
        self.age = self.age.saturating_add(1);
        let wet = if on && self.age > WARM_UP { 1.0 } else { 0.0 };
        crossfade(block, dry, std::mem::replace(&mut self.wet, wet), wet);
        if !on {
            (self.effect, self.age) = (None, 0);
        }
    }

    pub(super) fn effect(&self) -> Option<&E> {
        self.effect.as_ref()
    }
}

/// From a share of `wet` to another in a straight line; the rest is `dry`.
fn crossfade(wet: &mut Block, mut dry: Block, from: f32, to: f32) {
    if from == 1.0 && to == 1.0 {
        return;
    }
    ramp(wet, from, to);
    ramp(&mut dry, 1.0 - from, 1.0 - to);
    wet.iter_mut().zip(&dry).for_each(|(wet, dry)| *wet += dry);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::BLOCK_SAMPLES;

    struct Halve;

    impl Effect for Halve {
        fn begin() -> Self {
            Self
        }
    }

    fn through(stage: &mut Stage<Halve>, on: bool) -> Block {
        let mut block = [1.0; BLOCK_SAMPLES];
        stage.apply(on, &mut block, |_, block| block.iter_mut().for_each(|sample| *sample *= 0.5));
        block
    }

    #[test]
    fn an_effect_is_faded_in_after_a_while_and_out_at_once_without_a_step() {
        let mut stage = Stage::<Halve>::new();

        let sound: Vec<f32> = [true; 8].into_iter().chain([false; 2]).flat_map(|on| through(&mut stage, on)).collect();

        assert_eq!(sound[5 * BLOCK_SAMPLES - 1], 1.0, "it warms up");
        assert_eq!(sound[7 * BLOCK_SAMPLES], 0.5);
        assert_eq!(sound[sound.len() - 1], 1.0);
        assert!(sound.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.01));
    }

    #[test]
    fn what_is_off_does_not_exist() {
        let mut stage = Stage::<Halve>::new();

        through(&mut stage, false);
        let never = stage.effect().is_none();
        through(&mut stage, true);
        let on = stage.effect().is_some();
        through(&mut stage, false);

        assert!(never && on && stage.effect().is_none());
    }
}
