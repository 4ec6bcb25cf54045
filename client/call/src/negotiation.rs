//! One offer and one answer at a time: perfect negotiation, spelled out.
//!
//! Both sides may offer at once (glare). Then the polite one takes its offer back and answers, the impolite one
//! carries on as if nothing had come ("Perfect negotiation", W3C WebRTC 1.0, section 10.7). webrtc-rs neither rolls
//! back by itself nor takes a candidate before the description that it belongs to, so both is done here.
use std::collections::VecDeque;

use parlor_protocol::{Generation, IceCandidate, Relayed};

use crate::PeerAction;

/// More candidates than any machine has; what comes beyond them before a description is dropped.
const HELD_CANDIDATES: usize = 64;

#[derive(Debug, Clone, PartialEq)]
enum State {
    /// No exchange under way.
    Stable,
    /// Our offer is being made.
    Offering,
    /// Our offer is on its way or at the other side.
    Offered,
    /// Our answer is being made.
    Answering {
        /// An offer that came meanwhile: only the newest counts.
        next: Option<String>,
    },
}

/// What one step leads to: orders for the connection, or words for the other side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Do(PeerAction),
    Tell(Relayed),
}

/// The negotiation of one peer connection.
#[derive(Debug, Clone)]
pub(crate) struct Negotiation {
    generation: Generation,
    polite: bool,
    state: State,
    described: Described,
    incoming: VecDeque<IceCandidate>,
    outgoing: VecDeque<IceCandidate>,
    steps: VecDeque<Step>,
}

/// Which descriptions are out: candidates follow them.
#[derive(Debug, Clone, Copy, Default)]
struct Described {
    ours_told: bool,
    theirs_taken: bool,
}

impl Negotiation {
    pub(crate) fn new(generation: Generation, polite: bool) -> Self {
        Self {
            generation,
            polite,
            state: State::Stable,
            described: Described::default(),
            incoming: VecDeque::new(),
            outgoing: VecDeque::new(),
            steps: VecDeque::new(),
        }
    }

    /// Begins an exchange, unless one is under way.
    pub(crate) fn offer(&mut self) {
        if self.state == State::Stable {
            self.state = State::Offering;
            self.steps.push_back(Step::Do(PeerAction::MakeOffer));
        }
    }

    /// Our connection made the offer.
    pub(crate) fn local_offer(&mut self, sdp: String) {
        if self.state != State::Offering {
            return; // taken back meanwhile
        }
        self.state = State::Offered;
        self.steps.push_back(Step::Tell(Relayed::Offer { generation: self.generation, sdp }));
        self.ours_told();
    }

    /// Our connection made the answer.
    pub(crate) fn local_answer(&mut self, sdp: String) {
        let State::Answering { next } = std::mem::replace(&mut self.state, State::Stable) else {
            tracing::debug!("an answer that nobody asked for");
            return;
        };
        self.steps.push_back(Step::Tell(Relayed::Answer { generation: self.generation, sdp }));
        self.ours_told();
        if let Some(sdp) = next {
            self.accept(sdp, false);
        }
    }

    /// Our connection found an address.
    pub(crate) fn local_candidate(&mut self, candidate: IceCandidate) {
        if self.described.ours_told {
            self.tell_candidate(candidate);
        } else if self.outgoing.len() < HELD_CANDIDATES {
            self.outgoing.push_back(candidate);
        }
    }

    /// The other side offers.
    pub(crate) fn remote_offer(&mut self, sdp: String) {
        match &mut self.state {
            State::Stable => self.accept(sdp, false),
            State::Offering | State::Offered if self.polite => self.accept(sdp, true),
            State::Offering | State::Offered => tracing::debug!("their offer crosses ours and yields"),
            State::Answering { next } => *next = Some(sdp),
        }
    }

    /// The other side answers.
    pub(crate) fn remote_answer(&mut self, sdp: String) {
        if self.state != State::Offered {
            tracing::debug!("an answer to an offer that was taken back");
            return;
        }
        self.state = State::Stable;
        self.steps.push_back(Step::Do(PeerAction::AcceptAnswer { sdp }));
        self.theirs_taken();
    }

    /// The other side found an address. Those of an offer that yielded are kept: its sender does not look for
    /// addresses again, and they are as good with its answer.
    pub(crate) fn remote_candidate(&mut self, candidate: IceCandidate) {
        if self.described.theirs_taken {
            self.steps.push_back(Step::Do(PeerAction::AddCandidate(candidate)));
        } else if self.incoming.len() < HELD_CANDIDATES {
            self.incoming.push_back(candidate);
        }
    }

    pub(crate) fn poll_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    fn accept(&mut self, sdp: String, rollback: bool) {
        self.state = State::Answering { next: None };
        self.steps.push_back(Step::Do(PeerAction::AcceptOffer { sdp, rollback }));
        self.theirs_taken();
    }

    fn ours_told(&mut self) {
        self.described.ours_told = true;
        while let Some(candidate) = self.outgoing.pop_front() {
            self.tell_candidate(candidate);
        }
    }

    fn theirs_taken(&mut self) {
        self.described.theirs_taken = true;
        self.steps.extend(self.incoming.drain(..).map(|candidate| Step::Do(PeerAction::AddCandidate(candidate))));
    }

    fn tell_candidate(&mut self, candidate: IceCandidate) {
        self.steps.push_back(Step::Tell(Relayed::Candidate { generation: self.generation, candidate }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_waits_for_the_description_it_belongs_to() {
        let mut answerer = negotiation(false);

        answerer.remote_candidate(candidate("early"));
        let before = steps(&mut answerer);
        answerer.remote_offer("offer".into());

        assert_eq!(before, []);
        assert_eq!(
            steps(&mut answerer),
            [
                Step::Do(PeerAction::AcceptOffer { sdp: "offer".into(), rollback: false }),
                Step::Do(PeerAction::AddCandidate(candidate("early"))),
            ]
        );
    }

    #[test]
    fn our_candidates_never_overtake_our_description() {
        let mut offerer = negotiation(false);
        offerer.offer();
        steps(&mut offerer);

        offerer.local_candidate(candidate("quick"));
        let before = steps(&mut offerer);
        offerer.local_offer("offer".into());

        assert_eq!(before, []);
        assert_eq!(
            steps(&mut offerer),
            [
                Step::Tell(Relayed::Offer { generation: Generation::default(), sdp: "offer".into() }),
                Step::Tell(Relayed::Candidate { generation: Generation::default(), candidate: candidate("quick") }),
            ]
        );
    }

    #[test]
    fn on_glare_the_polite_side_takes_its_offer_back() {
        let mut polite = negotiation(true);
        polite.offer();
        polite.local_offer("mine".into());
        steps(&mut polite);

        polite.remote_offer("theirs".into());

        assert_eq!(steps(&mut polite), [Step::Do(PeerAction::AcceptOffer { sdp: "theirs".into(), rollback: true })]);
    }

    #[test]
    fn on_glare_the_impolite_side_waits_for_its_answer() {
        let mut impolite = negotiation(false);
        impolite.offer();
        impolite.local_offer("mine".into());
        steps(&mut impolite);

        impolite.remote_offer("theirs".into());
        let nothing = steps(&mut impolite);
        impolite.remote_answer("answer".into());

        assert_eq!(nothing, []);
        assert_eq!(steps(&mut impolite), [Step::Do(PeerAction::AcceptAnswer { sdp: "answer".into() })]);
    }

    #[test]
    fn an_offer_made_too_late_is_not_sent() {
        let mut polite = negotiation(true);
        polite.offer();
        polite.remote_offer("theirs".into());
        steps(&mut polite);

        polite.local_offer("mine".into());

        assert_eq!(steps(&mut polite), []);
    }

    #[test]
    fn of_two_offers_during_an_answer_only_the_newest_is_answered() {
        let mut answerer = negotiation(false);
        answerer.remote_offer("first".into());
        answerer.remote_offer("second".into());
        answerer.remote_offer("third".into());
        steps(&mut answerer);

        answerer.local_answer("answer".into());

        assert_eq!(
            steps(&mut answerer),
            [
                Step::Tell(Relayed::Answer { generation: Generation::default(), sdp: "answer".into() }),
                Step::Do(PeerAction::AcceptOffer { sdp: "third".into(), rollback: false }),
            ]
        );
    }

    fn negotiation(polite: bool) -> Negotiation {
        Negotiation::new(Generation::default(), polite)
    }

    fn candidate(text: &str) -> IceCandidate {
        IceCandidate { candidate: text.into(), sdp_mid: None, sdp_mline_index: None }
    }

    fn steps(negotiation: &mut Negotiation) -> Vec<Step> {
        std::iter::from_fn(|| negotiation.poll_step()).collect()
    }
}
