//! Straight ramps of loudness, so that nothing that starts, stops or changes gain clicks.

/// Scales `samples` by a gain that goes in a straight line from `from` to `to`.
pub(crate) fn ramp(samples: &mut [f32], from: f32, to: f32) {
    if from == to {
        if from != 1.0 {
            samples.iter_mut().for_each(|sample| *sample *= from);
        }
        return;
    }
    let step = (to - from) / samples.len().max(1) as f32;
    for (n, sample) in samples.iter_mut().enumerate() {
        *sample *= from + step * (n + 1) as f32;
    }
}

/// The same for both channels.
pub(crate) fn ramp_frames(frames: &mut [[f32; 2]], from: f32, to: f32) {
    let step = (to - from) / frames.len().max(1) as f32;
    for (n, frame) in frames.iter_mut().enumerate() {
        let gain = from + step * (n + 1) as f32;
        frame.iter_mut().for_each(|sample| *sample *= gain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_ends_exactly_where_it_should() {
        let mut samples = [1.0; 4];

        ramp(&mut samples, 1.0, 0.0);

        assert_eq!(samples, [0.75, 0.5, 0.25, 0.0]);
    }

    #[test]
    fn both_channels_go_along_the_same_ramp() {
        let mut frames = [[1.0, -1.0]; 2];

        ramp_frames(&mut frames, 0.0, 1.0);

        assert_eq!(frames, [[0.5, -0.5], [1.0, -1.0]]);
    }

    #[test]
    fn an_even_gain_scales_everything_alike() {
        let mut samples = [1.0, -1.0];

        ramp(&mut samples, 0.5, 0.5);

        assert_eq!(samples, [0.5, -0.5]);
    }
}
