//! Peer connections as strict as webrtc's: a description or a candidate at the wrong moment fails the test.
use parlor_call::{PeerAction, PeerEvent, PeerKey, Wanted};
use parlor_protocol::{IceCandidate, ParticipantId};

#[derive(Debug, PartialEq)]
enum Signaling {
    Stable,
    HaveLocalOffer,
}

/// One end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) who: ParticipantId,
    key: PeerKey,
    owner: usize,
    signaling: Signaling,
    described: bool,
    offers: u32,
    /// The other end that the descriptions lead to, once both are in force.
    pub(crate) joined_to: Option<End>,
    pub(crate) up: bool,
    /// Whether this end of the data channel is open: what arrives before is lost.
    pub(crate) hears: bool,
    /// What is sent of our pictures.
    pub(crate) shows: Wanted,
}

/// Names one end of a connection, as written in its descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    pub(crate) owner: usize,
    pub(crate) key: PeerKey,
}

impl Peer {
    pub(crate) fn new(owner: usize, key: PeerKey, who: ParticipantId) -> Self {
        let signaling = Signaling::Stable;
        Self {
            who,
            key,
            owner,
            signaling,
            described: false,
            offers: 0,
            joined_to: None,
            up: false,
            hears: false,
            shows: Wanted::default(),
        }
    }

    /// Does what it is told; returns what it says of it.
    pub(crate) fn perform(&mut self, action: PeerAction, ends: &Ends) -> Vec<PeerEvent> {
        match action {
            PeerAction::MakeOffer => {
                assert_eq!(self.signaling, Signaling::Stable, "an offer on top of an offer");
                self.signaling = Signaling::HaveLocalOffer;
                self.offers += 1;
                vec![self.candidate(), PeerEvent::Offer { sdp: self.write("offer") }, self.candidate()]
            }
            PeerAction::AcceptOffer { sdp, rollback } => {
                assert_eq!(rollback, self.signaling == Signaling::HaveLocalOffer, "rollback at the wrong moment");
                self.signaling = Signaling::Stable;
                self.described = true;
                self.joined_to = ends.read(&sdp);
                vec![self.candidate(), PeerEvent::Answer { sdp: self.write("answer") }]
            }
            PeerAction::AcceptAnswer { sdp } => {
                assert_eq!(self.signaling, Signaling::HaveLocalOffer, "an answer to no offer");
                self.signaling = Signaling::Stable;
                self.described = true;
                self.joined_to = ends.read(&sdp);
                Vec::new()
            }
            PeerAction::AddCandidate(_) => {
                assert!(self.described, "a candidate before the description");
                Vec::new()
            }
            PeerAction::Show(wanted) => {
                self.shows = wanted;
                Vec::new()
            }
            PeerAction::Send(_) => Vec::new(),
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.signaling == Signaling::Stable && self.joined_to.is_some()
    }

    fn write(&self, kind: &str) -> String {
        format!("{kind} {} {} {:?}", self.offers, self.owner, self.key)
    }

    fn candidate(&self) -> PeerEvent {
        let candidate = format!("candidate of {}", self.owner);
        PeerEvent::Candidate(IceCandidate { candidate, sdp_mid: None, sdp_mline_index: None })
    }
}

/// All ends that there have ever been, by how they are written.
#[derive(Debug, Default)]
pub(crate) struct Ends(Vec<End>);

impl Ends {
    pub(crate) fn add(&mut self, end: End) {
        self.0.push(end);
    }

    fn read(&self, sdp: &str) -> Option<End> {
        let mut words = sdp.splitn(4, ' ').skip(2);
        let (owner, key) = (words.next()?.parse::<usize>().ok()?, words.next()?);
        self.0.iter().copied().find(|end| end.owner == owner && format!("{:?}", end.key) == key)
    }
}
