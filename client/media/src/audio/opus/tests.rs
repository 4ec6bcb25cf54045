use std::time::Duration;

use super::*;
use crate::audio::speech::tests::voice;

const PACKET: usize = 960;

/// The n-th 20 ms of a voice: what is no speech gets neither copies nor DRED.
fn syllable(n: usize) -> Vec<f32> {
    voice(3)[n * PACKET..][..PACKET].to_vec()
}

fn packets(count: usize, prepare: impl Fn(&mut Encoder)) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(Channels::Mono, Application::Voice).unwrap();
    encoder.set_bitrate(48_000).unwrap();
    encoder.set_complexity(5).unwrap();
    prepare(&mut encoder);
    let encode = |sound: &[f32]| {
        let mut room = [0; LARGEST_PACKET];
        let bytes = encoder.encode(sound, &mut room).unwrap();
        room[..bytes].to_vec()
    };
    voice(3).chunks_exact(PACKET).take(count).map(encode).collect()
}

fn power(sound: &[f32]) -> f32 {
    sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32
}

#[test]
fn a_packet_with_a_copy_is_told_from_one_without() {
    let plain = packets(30, |encoder| encoder.set_fec(false).unwrap());
    let copied = packets(30, |encoder| {
        encoder.set_fec(true).unwrap();
        encoder.set_expected_loss(20).unwrap();
    });

    assert!(plain.iter().all(|packet| !packet::has_copy(packet)));
    let copies = copied[10..].iter().filter(|packet| packet::has_copy(packet)).count();
    assert!(copies >= 10, "{copies} of 20");
}

#[test]
fn a_burst_is_rebuilt_from_what_a_later_packet_carries_along() {
    let packets = packets(100, |encoder| {
        encoder.set_expected_loss(50).unwrap();
        encoder.set_dred(Duration::from_secs(1)).unwrap();
    });
    let mut decoder = Decoder::new(Channels::Stereo).unwrap();
    decoder.set_complexity(5).unwrap();
    let mut dred = Dred::new().unwrap();
    let mut sound = [0.0; 2 * PACKET];
    for packet in &packets[..60] {
        decoder.decode(packet, &mut sound).unwrap();
    }

    let reach = dred.read(&packets[75]);
    let powers: Vec<f32> = (60..75)
        .map(|lost| {
            decoder.revive(&dred, (75 - lost) * PACKET, &mut sound).unwrap();
            power(&sound)
        })
        .collect();

    assert!(reach >= 15 * PACKET, "{reach}");
    let rebuilt = powers.iter().sum::<f32>() / 15.0;
    let sent = (60..75).map(|n| power(&syllable(n))).sum::<f32>() / 15.0;
    assert!((0.3..3.0).contains(&(rebuilt / sent)), "{powers:?} for {sent}");
}

#[test]
fn concealment_alone_dies_away_over_a_burst_of_that_length() {
    let packets = packets(60, |_| {});
    let mut decoder = Decoder::new(Channels::Mono).unwrap();
    decoder.set_complexity(5).unwrap();
    let mut sound = [0.0; PACKET];
    for packet in &packets {
        decoder.decode(packet, &mut sound).unwrap();
    }

    (0..30).for_each(|_| assert_eq!(decoder.conceal(&mut sound), Ok(PACKET)));

    assert!(power(&sound) < 0.2 * power(&syllable(57)), "{}", power(&sound));
}

#[test]
fn what_is_no_packet_is_refused_or_harmless() {
    let mut decoder = Decoder::new(Channels::Stereo).unwrap();
    let mut dred = Dred::new().unwrap();
    let mut random = fastrand::Rng::with_seed(9);
    let mut sound = [0.0; 2 * LONGEST_PACKET];

    for _ in 0..3_000 {
        let garbage: Vec<u8> = (0..random.usize(0..200)).map(|_| random.u8(..)).collect();
        let _decoded = decoder.decode(&garbage, &mut sound);
        let reach = dred.read(&garbage);
        if reach > 0 {
            let _revived = decoder.revive(&dred, random.usize(..2 * reach), &mut sound[..2 * PACKET]);
        }
        let _known = (packet::samples(&garbage), packet::has_copy(&garbage), packet::may_have_dred(&garbage));
        assert!(sound.iter().all(|sample| sample.is_finite()));
    }

    assert!(decoder.decode(&[], &mut sound).is_err());
    assert_eq!(packet::samples(&[]), None);
}

#[test]
fn refusals_say_why() {
    let mut decoder = Decoder::new(Channels::Mono).unwrap();

    let refused = decoder.set_complexity(11).unwrap_err();

    assert_eq!(refused.to_string(), "Opus: invalid argument");
}
