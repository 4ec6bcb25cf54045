//! The echo canceller: the core of WebRTC's AEC3, as `sonora-aec3` has it, with a suppressor of our own tuning.
//!
//! `sonora` itself takes no tuning, so what it does around that core is done here: 10 ms are split into three bands of
//! 16 kHz and cut into the blocks of 4 ms that the core takes, and what it leaves is put together again.
use sonora::three_band_filter_bank::{NUM_BANDS, SPLIT_BAND_SIZE, ThreeBandFilterBank};
use sonora_aec3::{
    block, block_framer::BlockFramer, block_processor::BlockProcessor, common::SUB_FRAME_LENGTH,
    config::EchoCanceller3Config, frame_blocker::FrameBlocker,
};

use super::{EchoState, stage::Effect};
use crate::audio::{Block, SAMPLE_RATE};

/// Full scale of the core, and what counts as a microphone that is overdriven.
const FULL_SCALE: f32 = 32_768.0;
const OVERDRIVEN: f32 = 32_700.0;

/// 10 ms in three bands.
type Bands = [[f32; SPLIT_BAND_SIZE]; NUM_BANDS];

/// Takes out what the speaker plays.
pub(super) struct EchoCanceller {
    core: BlockProcessor,
    speaker: Cutter,
    microphone: Cutter,
    rest: BlockFramer,
    synthesis: ThreeBandFilterBank,
    /// Half of 10 ms, in three bands of one channel each.
    half: Vec<Vec<Vec<f32>>>,
}

/// Cuts a sound into what the core takes.
struct Cutter {
    analysis: ThreeBandFilterBank,
    blocks: FrameBlocker,
    block: block::Block,
}

impl Effect for EchoCanceller {
    fn begin() -> Self {
        Self {
            core: BlockProcessor::new(&tuned(), SAMPLE_RATE as usize, 1, 1),
            speaker: Cutter::new(),
            microphone: Cutter::new(),
            rest: BlockFramer::new(NUM_BANDS, 1),
            synthesis: ThreeBandFilterBank::new(),
            half: vec![vec![vec![0.0; SUB_FRAME_LENGTH]]; NUM_BANDS],
        }
    }
}

impl EchoCanceller {
    /// `far_end` is what was played a little before `block` was taken.
    pub(super) fn apply(&mut self, block: &mut Block, far_end: &Block) {
        self.listen(far_end);
        let overdriven = block.iter().any(|sample| (sample * FULL_SCALE).abs() >= OVERDRIVEN);
        let mut bands = self.microphone.split(block);
        for number in 0..SPLIT_BAND_SIZE / SUB_FRAME_LENGTH {
            self.microphone.cut(&bands, number);
            self.core.process_capture(false, overdriven, None, &mut self.microphone.block);
            self.rest.insert_block_and_extract_sub_frame(&self.microphone.block, &mut self.half);
            let part = part(number);
            for (band, half) in bands.iter_mut().zip(self.half.iter().flatten()) {
                band[part.clone()].copy_from_slice(half);
            }
        }
        if self.microphone.cut_rest() {
            self.core.process_capture(false, overdriven, None, &mut self.microphone.block);
            self.rest.insert_block(&self.microphone.block);
        }
        self.synthesis.synthesis(&bands, block);
        block.iter_mut().for_each(|sample| *sample /= FULL_SCALE);
    }

    fn listen(&mut self, far_end: &Block) {
        let bands = self.speaker.split(far_end);
        for number in 0..SPLIT_BAND_SIZE / SUB_FRAME_LENGTH {
            self.speaker.cut(&bands, number);
            self.core.buffer_render(&self.speaker.block);
        }
        if self.speaker.cut_rest() {
            self.core.buffer_render(&self.speaker.block);
        }
    }

    pub(super) fn state(&self) -> EchoState {
        let found = self.core.get_metrics();
        EchoState {
            delay_ms: u32::try_from(found.delay_ms).ok(),
            drift_ppm: 0.0,
            reduction_db: Some(found.echo_return_loss_enhancement as f32),
        }
    }
}

impl Cutter {
    fn new() -> Self {
        Self {
            analysis: ThreeBandFilterBank::new(),
            blocks: FrameBlocker::new(NUM_BANDS, 1),
            block: block::Block::new(NUM_BANDS, 1),
        }
    }

    fn split(&mut self, sound: &Block) -> Bands {
        let mut bands = [[0.0; SPLIT_BAND_SIZE]; NUM_BANDS];
        self.analysis.analysis(&sound.map(|sample| sample * FULL_SCALE), &mut bands);
        bands
    }

    /// Puts the next block together with one half of the bands.
    fn cut(&mut self, bands: &Bands, number: usize) {
        let half: Vec<Vec<&[f32]>> = bands.iter().map(|band| vec![&band[part(number)]]).collect();
        self.blocks.insert_sub_frame_and_extract_block(&half, &mut self.block);
    }

    /// Takes the block that is left over after every fourth half, if there is one.
    fn cut_rest(&mut self) -> bool {
        let rest = self.blocks.is_block_available();
        if rest {
            self.blocks.extract_block(&mut self.block);
        }
        rest
    }
}

/// Where one half of 10 ms is.
fn part(number: usize) -> std::ops::Range<usize> {
    number * SUB_FRAME_LENGTH..(number + 1) * SUB_FRAME_LENGTH
}

/// WebRTC's own tuning takes hardly anybody for speaking while somebody else does, and takes a good third of their words
/// away with the echo. Tried in computed rooms: two who speak at once are understood better, and echo alone is removed
/// as before. `processing/tests.rs` measures both.
fn tuned() -> EchoCanceller3Config {
    let mut config = EchoCanceller3Config::default();
    let speaks = &mut config.suppressor.dominant_nearend_detection;
    // Who is as loud as what is left of the echo (by itself four times as loud), for 24 ms (48), speaks. Not before the
    // filter has found the echo: until then the echo is taken for somebody.
    (speaks.enr_threshold, speaks.trigger_threshold) = (1.0, 6);
    speaks.use_during_initial_phase = false;
    // While they do, high sounds are kept unless half as much is left of the echo (a tenth).
    let high = &mut config.suppressor.nearend_tuning.mask_hf;
    (high.enr_transparent, high.enr_suppress) = (0.5, 0.6);
    // The filter may be believed to take away this much more of the echo's power than by itself (4 and 1.5).
    (config.erle.max_l, config.erle.max_h) = (8.0, 4.0);
    config
}
