use parlor_call::Wanted;
use parlor_media::{
    frame::{Size, Temporal},
    video::codec::Content,
};
use parlor_protocol::Lines;

use super::*;

const NO_CAMERA: Wanted = Wanted { camera: Lines::NONE, screen: Lines::ALL };
const LARGE: Layer = Layer::ALL[0];
const SMALL: Layer = Layer::ALL[2];

#[test]
fn pictures_that_one_peer_does_not_want_go_to_the_others_alone() {
    let (fan_out, asked) = fan_out(&[(1, LARGE), (2, LARGE)]);
    let (blind, seeing) = (fan_out.subscribe(PeerKey::new(1)), fan_out.subscribe(PeerKey::new(2)));

    blind.show(NO_CAMERA);
    fan_out.send_frame(TrackKind::Camera, LARGE, &frame(true, 1));
    fan_out.send_frame(TrackKind::Screen, LARGE, &frame(true, 1));

    assert_eq!(waiting(&blind), [TrackKind::Screen]);
    assert_eq!(waiting(&seeing), [TrackKind::Camera, TrackKind::Screen]);
    assert_eq!(blind.dropped_frames(), 0, "what is not wanted is not lost");
    assert_eq!(take(&asked), []);
}

#[test]
fn pictures_that_wait_are_thrown_away_once_they_are_not_wanted() {
    let (fan_out, _) = fan_out(&[(1, LARGE)]);
    let peer = fan_out.subscribe(PeerKey::new(1));
    fan_out.send_frame(TrackKind::Camera, LARGE, &frame(true, 1));

    peer.show(NO_CAMERA);

    assert_eq!(waiting(&peer), []);
}

#[test]
fn pictures_that_are_wanted_again_go_on_with_a_keyframe() {
    let (fan_out, asked) = fan_out(&[(1, SMALL)]);
    let peer = fan_out.subscribe(PeerKey::new(1));
    fan_out.send_frame(TrackKind::Camera, SMALL, &frame(true, 1));
    peer.show(NO_CAMERA);

    peer.show(Wanted::default());
    fan_out.send_frame(TrackKind::Camera, SMALL, &frame(false, 2));
    let before_the_keyframe = waiting(&peer);
    fan_out.send_frame(TrackKind::Camera, SMALL, &frame(true, 3));

    assert_eq!(take(&asked), [(TrackKind::Camera, SMALL)]);
    assert_eq!(before_the_keyframe, []);
    assert_eq!(waiting(&peer), [TrackKind::Camera]);
}

#[test]
fn a_peer_goes_over_to_other_pictures_at_their_keyframe_and_misses_none_until_then() {
    let (fan_out, asked) = fan_out(&[(1, LARGE)]);
    let peer = fan_out.subscribe(PeerKey::new(1));
    let both = |keyframe, number| {
        fan_out.send_frame(TrackKind::Camera, LARGE, &frame(false, number));
        fan_out.send_frame(TrackKind::Camera, SMALL, &frame(keyframe, 100 + number));
    };
    fan_out.send_frame(TrackKind::Camera, LARGE, &frame(true, 1));

    fan_out.choose(chosen(&[(1, SMALL)]));
    both(false, 2);
    both(false, 3);
    let meanwhile = fan_out.in_use(TrackKind::Camera);
    both(true, 4);
    both(false, 5);

    assert_eq!(take(&asked), [(TrackKind::Camera, SMALL), (TrackKind::Screen, SMALL)], "asked once");
    assert_eq!(meanwhile, BTreeSet::from([LARGE]), "it has to go on until then");
    assert_eq!(sizes(&peer), [1, 2, 3, 4, 104, 105]);
    assert_eq!(fan_out.in_use(TrackKind::Camera), BTreeSet::from([SMALL]));
}

#[test]
fn who_gets_the_base_alone_gets_every_second_picture_and_loses_none() {
    let (fan_out, _) = fan_out(&[]);
    let choice = Choice { layer: LARGE, base_only: true };
    fan_out.choose(BTreeMap::from([(PeerKey::new(1), Choices { camera: Some(choice), screen: None })]));
    let peer = fan_out.subscribe(PeerKey::new(1));

    for number in 0..6 {
        let temporal = if number % 2 == 0 { Temporal::Base } else { Temporal::Upper };
        fan_out.send_frame(TrackKind::Camera, LARGE, &EncodedFrame { temporal, ..frame(number == 0, number + 1) });
    }

    assert_eq!(sizes(&peer), [1, 3, 5]);
    assert_eq!(peer.dropped_frames(), 0);
}

#[test]
fn where_pictures_pile_up_those_that_nothing_builds_on_go_first() {
    let (fan_out, asked) = fan_out(&[(1, LARGE)]);
    let peer = fan_out.subscribe(PeerKey::new(1));

    for number in 0..26 {
        let temporal = if number % 2 == 0 { Temporal::Base } else { Temporal::Upper };
        fan_out.send_frame(TrackKind::Camera, LARGE, &EncodedFrame { temporal, ..frame(number == 0, number + 1) });
    }

    assert_eq!(waiting(&peer).len(), 18);
    assert_eq!(take(&asked), [], "the rest can be decoded");
}

#[test]
fn a_queue_that_runs_over_asks_the_encoder_of_that_peer_for_a_keyframe() {
    let (fan_out, asked) = fan_out(&[(1, SMALL), (2, LARGE)]);
    let (_slow, fast) = (fan_out.subscribe(PeerKey::new(1)), fan_out.subscribe(PeerKey::new(2)));

    for number in 0..30 {
        fan_out.send_frame(TrackKind::Camera, SMALL, &frame(number == 0, 1));
        fan_out.send_frame(TrackKind::Camera, LARGE, &frame(number == 0, 1));
        waiting(&fast);
    }

    assert_eq!(take(&asked), [(TrackKind::Camera, SMALL)]);
    assert_eq!(fast.dropped_frames(), 0);
}

#[test]
fn a_peer_that_is_not_in_the_plan_gets_no_pictures() {
    let (fan_out, asked) = fan_out(&[(1, LARGE)]);
    let (peer, stranger) = (fan_out.subscribe(PeerKey::new(1)), fan_out.subscribe(PeerKey::new(2)));
    fan_out.send_frame(TrackKind::Camera, LARGE, &frame(true, 1));

    fan_out.choose(BTreeMap::new());
    stranger.ask_for_keyframe(TrackKind::Camera, Need::First);

    assert_eq!((waiting(&peer), waiting(&stranger)), (vec![], vec![]));
    assert_eq!(fan_out.in_use(TrackKind::Camera), BTreeSet::new());
    assert_eq!(take(&asked), []);
}

#[test]
fn who_sees_nothing_yet_is_told_from_those_who_only_change_pictures() {
    let fan_out = FanOut::default();
    let needs = Arc::new(Mutex::new(Vec::new()));
    let notes = needs.clone();
    fan_out.on_keyframe_needed(move |_, _, need| notes.lock().unwrap().push(need));
    let camera = |layer| {
        let choice = Some(Choice { layer, base_only: false });
        fan_out.choose(BTreeMap::from([(PeerKey::new(1), Choices { camera: choice, screen: None })]));
    };
    let peer = fan_out.subscribe(PeerKey::new(1));

    camera(LARGE);
    fan_out.send_frame(TrackKind::Camera, LARGE, &frame(true, 1));
    camera(SMALL);
    fan_out.send_frame(TrackKind::Camera, SMALL, &frame(true, 1));
    peer.show(NO_CAMERA);
    peer.show(Wanted::default());

    assert_eq!(*needs.lock().unwrap(), [Need::First, Need::Next, Need::First]);
}

type Asked = Arc<Mutex<Vec<(TrackKind, Layer)>>>;

/// What was asked for since the last time.
fn take(asked: &Asked) -> Vec<(TrackKind, Layer)> {
    std::mem::take(&mut *asked.lock().unwrap())
}

fn chosen(peers: &[(u64, Layer)]) -> BTreeMap<PeerKey, Choices> {
    let choices = |layer| {
        let choice = Some(Choice { layer, base_only: false });
        Choices { camera: choice, screen: choice }
    };
    peers.iter().map(|(key, layer)| (PeerKey::new(*key), choices(*layer))).collect()
}

fn fan_out(peers: &[(u64, Layer)]) -> (FanOut, Asked) {
    let (fan_out, asked) = (FanOut::default(), Asked::default());
    fan_out.choose(chosen(peers));
    let notes = asked.clone();
    fan_out.on_keyframe_needed(move |kind, layer, _| notes.lock().unwrap().push((kind, layer)));
    (fan_out, asked)
}

/// A picture of so many bytes.
fn frame(keyframe: bool, bytes: usize) -> EncodedFrame {
    let (payload, captured_at, size) = (vec![0; bytes].into(), Instant::now(), Size::new(640, 360));
    let (temporal, content) = (Temporal::Base, Content::Camera);
    EncodedFrame { payload, keyframe, timestamp: 90_000, captured_at, size, temporal, content }
}

/// Takes out all that waits.
fn taken(subscriber: &Subscriber) -> impl Iterator<Item = Outgoing> {
    std::iter::from_fn(|| subscriber.pop())
}

fn waiting(subscriber: &Subscriber) -> Vec<TrackKind> {
    let kinds = taken(subscriber).map(|outgoing| match outgoing {
        Outgoing::Block(_) => TrackKind::Microphone,
        Outgoing::Frame(kind, _) => kind,
    });
    kinds.collect()
}

/// The bytes of the pictures that wait.
fn sizes(subscriber: &Subscriber) -> Vec<usize> {
    let sizes = taken(subscriber).filter_map(|outgoing| match outgoing {
        Outgoing::Block(_) => None,
        Outgoing::Frame(_, frame) => {
            let mut sequence = 0;
            let packets = frame.packets(1, 96, &mut sequence);
            Some(packets.map(|packet| packet.payload.len() - 6).sum())
        }
    });
    sizes.collect()
}
