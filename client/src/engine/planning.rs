//! Has encoded what somebody wants and can receive: asks the pure plan a few times a second, and does what it says.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use parlor_bandwidth::{
    layers::{Layer, Matter, Source},
    plan::{Limit, Plan, Planner, Situation, TrackPlan, Wish},
    stall::Stall,
};
use parlor_call::{CallView, Command as CallCommand, Input, LinkView, Notice, PeerKey, TrackKind};
use parlor_media::{audio::Mode, video::encode::Content};
use parlor_protocol::{Lines, ParticipantId, TrackState};

use super::{PictureLimit, driver::Driver};
use crate::peer::{Choices, PeerStats};

/// How often what can be sent is looked at anew.
pub(super) const PLAN_INTERVAL: Duration = Duration::from_millis(250);
/// What our sound takes for each of the others, with its headers and what protects it against loss.
const VOICE_KBPS: u32 = 75;
const MUSIC_KBPS: u32 = 155;
/// What each copy in packets of our sound takes of somebody's way besides.
const COPY_KBPS: u32 = 30;

/// What is encoded, and for whom.
#[derive(Debug, Default)]
pub(super) struct Planning {
    planner: Planner<PeerKey>,
    /// What the latest plan was made for, without what changes all the time.
    before: Option<Situation<PeerKey>>,
    due: Option<Instant>,
    busy: bool,
    /// Whose pictures come through.
    stalls: BTreeMap<ParticipantId, (Stall, Lines)>,
}

impl Planning {
    /// A plan, if the situation is another one or it is time for the next.
    fn plan(
        &mut self,
        situation: Situation<PeerKey>,
        load: impl FnOnce() -> f32,
        now: Instant,
    ) -> Option<Plan<PeerKey>> {
        let known = |wish: &Wish<PeerKey>| Wish { estimate_kbps: None, ..*wish };
        let lasting = Situation { receivers: situation.receivers.iter().map(known).collect(), ..situation.clone() };
        let early = self.due.is_some_and(|due| now < due);
        if early && self.before.as_ref() == Some(&lasting) {
            return None;
        }
        if situation.receivers.is_empty() {
            // Whoever comes next finds a computer of which nothing is known.
            self.planner = Planner::default();
        }
        self.before = Some(lasting);
        self.due = Some(now + PLAN_INTERVAL);
        Some(self.planner.plan(&Situation { load: load(), ..situation }, now))
    }
}

impl Driver {
    /// Encodes for those who are there, as they want it and as their ways take it.
    pub(super) fn plan_pictures(&mut self, call: &CallView) {
        let recorded = self.recording.room().is_some();
        let situation = Situation {
            camera: self.studio.source(TrackKind::Camera),
            screen: self.studio.source(TrackKind::Screen),
            receivers: self.wishes(call),
            sound_kbps: match self.studio.sound_running().mode {
                Mode::Voice => VOICE_KBPS,
                Mode::Music => MUSIC_KBPS,
            },
            upload_kbps: self.studio.upload_kbps(),
            load: 0.0,
            recorded,
        };
        let studio = &self.studio;
        let load = || studio.encoders_at_work().map(|encoder| encoder.load()).fold(0.0, f32::max);
        let Some(plan) = self.planning.plan(situation, load, Instant::now()) else { return };

        for (peer, kbps) in &plan.wanted_kbps {
            if let Some(peer) = self.peers.get(peer) {
                peer.handle.set_wanted_kbps(*kbps);
            }
        }
        let mut choices = BTreeMap::<PeerKey, Choices>::new();
        for (peer, choice) in &plan.camera.choices {
            choices.entry(*peer).or_default().camera = Some(*choice);
        }
        for (peer, choice) in &plan.screen.choices {
            choices.entry(*peer).or_default().screen = Some(*choice);
        }
        self.fan_out.choose(choices);
        self.encode(TrackKind::Camera, &plan.camera, recorded);
        self.encode(TrackKind::Screen, &plan.screen, recorded);
        self.tell_limit(plan.limit);
    }

    fn encode(&mut self, kind: TrackKind, plan: &TrackPlan<PeerKey>, recorded: bool) {
        let largest = plan.encoders.first().map(|run| run.layer);
        self.fan_out.record(kind, largest.filter(|_| recorded));
        let in_use: BTreeSet<Layer> = self.fan_out.in_use(kind);
        // Where nothing is to be encoded the source is gone, or nobody is left.
        let in_use = if plan.encoders.is_empty() { BTreeSet::new() } else { in_use };
        self.studio.encode(kind, &plan.encoders, &in_use);
    }

    fn wishes(&self, call: &CallView) -> Vec<Wish<PeerKey>> {
        let wish = |(key, peer): (&PeerKey, &super::driver::OpenPeer)| {
            let other = call.others.iter().find(|other| other.id == peer.who)?;
            (other.link == LinkView::Connected).then(|| Wish {
                who: *key,
                camera_lines: other.watches.camera.0,
                screen_lines: other.watches.screen.0,
                estimate_kbps: for_pictures(&peer.handle.stats()),
            })
        };
        self.peers.iter().filter_map(wish).collect()
    }

    fn tell_limit(&mut self, limit: Limit<PeerKey>) {
        let limit = match limit {
            Limit::Nothing => PictureLimit::Nothing,
            Limit::Processor => PictureLimit::Processor,
            Limit::Upload => PictureLimit::Upload,
            Limit::Network(peer) => {
                self.peers.get(&peer).map_or(PictureLimit::Nothing, |peer| PictureLimit::Network(peer.who))
            }
        };
        self.studio.set_limit(limit);
        let busy = limit == PictureLimit::Processor;
        let changed = std::mem::replace(&mut self.planning.busy, busy) != busy;
        if changed && !self.peers.is_empty() {
            self.untold.push(Notice::ProcessorBusy { busy });
        }
    }

    /// Asks for smaller pictures of those whose pictures do not come through.
    pub(super) fn look_at_stalls(&mut self) {
        let now = Instant::now();
        let call = self.call.view();
        self.planning.stalls.retain(|who, _| call.others.iter().any(|other| other.id == *who));
        let mut asked = Vec::new();
        for other in &call.others {
            let receivers = self.receivers.get(&other.id);
            let Some((pictures, _)) = receivers.and_then(|it| it.picture_stats(TrackKind::Camera)) else { continue };
            let on = other.media.camera == TrackState::On && other.watched.camera;
            let lines = pictures.size.map_or(0, |size| u16::try_from(size.height).unwrap_or(u16::MAX));
            let (stall, told) = self.planning.stalls.entry(other.id).or_default();
            let expected = on && other.link == LinkView::Connected;
            let most = stall.look(expected, pictures.frames_decoded, lines, now).map_or(Lines::ALL, Lines);
            if std::mem::replace(told, most) != most {
                asked.push((other.id, most));
            }
        }
        for (who, camera) in asked {
            tracing::debug!(%who, lines = camera.0, "other pictures are asked for, by how they come through");
            self.handle(Input::Command(CallCommand::Ease { who, camera }));
        }
    }
}

/// A source as the plan sees it.
pub(super) fn source((width, height): (u32, u32), fps: u32, kbps: u32, content: Content) -> Source {
    let matter = match content {
        Content::Camera => Matter::Motion,
        Content::Screen => Matter::Text,
    };
    Source { width, height, fps: fps.max(1), kbps, matter }
}

/// How much somebody's way takes of pictures and of sound without copies, in kbit/s.
fn for_pictures(stats: &PeerStats) -> Option<u32> {
    let copies = u32::try_from(stats.copies).unwrap_or(u32::MAX).saturating_mul(COPY_KBPS);
    Some(stats.estimate_kbps?.saturating_sub(copies))
}
