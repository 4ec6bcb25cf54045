//! By which way a connection goes: the pair of addresses that ICE has chosen.
use std::sync::Arc;

use parlor_protocol::CandidateKind;
use rtc::peer_connection::transport::RTCIceCandidateType;
use webrtc::peer_connection::PeerConnection;

/// The way between us and a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    /// How we are reached.
    pub(crate) local: CandidateKind,
    /// How they are reached.
    pub(crate) remote: CandidateKind,
}

impl Route {
    /// The way in use; none while there is none. webrtc's statistics name the pair, but not what its ends are.
    pub(super) async fn of(connection: &Arc<dyn PeerConnection>) -> Option<Self> {
        let ice = connection.sctp().await?.transport().ice_transport();
        let pair = ice.get_selected_candidate_pair().await.ok()??;
        Some(Self { local: kind(pair.local().typ)?, remote: kind(pair.remote().typ)? })
    }
}

fn kind(webrtc: RTCIceCandidateType) -> Option<CandidateKind> {
    match webrtc {
        RTCIceCandidateType::Host => Some(CandidateKind::Host),
        RTCIceCandidateType::Srflx => Some(CandidateKind::ServerReflexive),
        RTCIceCandidateType::Prflx => Some(CandidateKind::PeerReflexive),
        RTCIceCandidateType::Relay => Some(CandidateKind::Relay),
        // Not known, or a kind of a later version.
        _ => None,
    }
}
