//! What the driver shows: views, notices, loudness and statistics.
use std::sync::Arc;

use parlor_call::{CallView, LinkView, Place, TrackKind};
use parlor_protocol::{ParticipantId, TrackState};

use super::Driver;
use crate::engine::{DeviceStatus, Levels, PictureId, SoundTest, View, stats::Stats};

/// A change of loudness that can be seen.
const VISIBLE_LEVEL: f32 = 0.01;

impl Driver {
    /// Shows faces what there is to see, if it is news.
    pub(super) fn publish(&mut self) {
        let call = self.call.view();
        self.stop_recording_elsewhere(&call);
        self.forget_the_gone(&call);
        self.plan_pictures(&call);
        let invite = self.servers.invite(&call, self.hosting.as_ref()).map(|invite| invite.to_string());
        let view = View {
            call,
            studio: self.studio.view().clone(),
            host: self.host_view.clone(),
            recording: self.recording.view(),
            discovery: self.discovery.clone(),
            trust: self.servers.question().cloned(),
            invite,
            server_host: self.servers.host(),
            server_trouble: self.server_trouble,
            stats: self.stats.clone(),
        };
        let view_changed = self.view.send_if_modified(|before| {
            let changed = **before != view;
            if changed {
                *before = Arc::new(view);
            }
            changed
        });
        let anything_new = view_changed || !self.untold.is_empty();
        for notice in self.untold.drain(..) {
            if self.senders.notices.try_send(notice).is_err() {
                tracing::debug!("a notice that nobody reads");
            }
        }
        if anything_new {
            self.waker.wake();
        }
    }

    /// Keeps receivers and pictures only of those who are there.
    fn forget_the_gone(&mut self, call: &CallView) {
        let here = |who: &ParticipantId| call.others.iter().any(|other| other.id == *who);
        let gone: Vec<_> = self.receivers.keys().filter(|who| !here(who)).copied().collect();
        self.unreachable.retain(here);
        self.volumes.retain(|who, _| here(who));
        // Whoever drops out for a while may come back to a file that is half there.
        self.files.keep_only(|who| here(who) || call.files.iter().any(|file| file.who == *who));
        for who in gone {
            if let Some(receivers) = self.receivers.remove(&who) {
                receivers.decks().unload();
            }
            self.pictures.remove(PictureId::Camera(who));
            self.pictures.remove(PictureId::Screen(who));
        }
        for other in &call.others {
            if let Some(receivers) = self.receivers.get(&other.id) {
                let on = other.link == LinkView::Connected;
                receivers.expect_pictures(
                    TrackKind::Camera,
                    on && other.asked.camera.is_some() && other.media.camera == TrackState::On,
                );
                // A desktop that stands still sends nothing: that is no freeze.
                receivers.expect_pictures(TrackKind::Screen, false);
            }
        }
    }

    pub(super) fn take_stats(&mut self) {
        let call = self.call.view();
        let Place::Room(room) = &call.place else {
            self.stats = None;
            return;
        };
        let at_ms = u64::try_from(room.since.elapsed().as_millis()).unwrap_or(u64::MAX);

        self.protect_sound();
        self.meter.keep_only(&call.others);
        let (limit, sound) = (self.studio.view().limit, self.studio.sound_running());
        let (me, passed) = self.meter.me(self.studio.encoders_at_work(), limit, sound);
        let participants = call.others.iter().map(|other| {
            let peer = self.peers.values().find(|peer| peer.who == other.id).map(|peer| peer.handle.stats());
            let receivers = self.receivers.get(&other.id).map(Arc::as_ref);
            self.meter.participant(other, peer.unwrap_or_default(), receivers, passed)
        });
        self.stats = Some(Arc::new(Stats { at_ms, me, participants: participants.collect() }));
    }

    /// Has the encoder of our sound prepare for what those who receive it report.
    fn protect_sound(&mut self) {
        let reports = self.peers.values().filter_map(|peer| peer.handle.stats().sound);
        let protection = self.resilience.decide(reports);
        self.studio.protect_sound(protection);
    }

    pub(super) fn take_levels(&self) {
        let others = self.receivers.iter().map(|(who, receivers)| (*who, receivers.voice().level()));
        let speaker = self.studio.test_level();
        let levels = Levels { me: self.studio.level(), others: others.collect(), speaker };
        let changed = self.levels.send_if_modified(|before| {
            let visible = visibly_different(before, &levels);
            if visible {
                *before = levels;
            }
            visible
        });
        if changed {
            self.waker.wake();
        }
    }

    /// Whether there is any loudness to show. Nobody looks at meters that cannot move.
    pub(super) fn audible(&self) -> bool {
        let studio = self.studio.view();
        // One more look when a test is over brings its meter back to zero.
        let testing = studio.sound_test != SoundTest::Off || self.levels.borrow().speaker > 0.0;
        !self.receivers.is_empty() || testing || matches!(studio.microphone.status, DeviceStatus::Running { .. })
    }
}

fn visibly_different(a: &Levels, b: &Levels) -> bool {
    let others = |levels: &Levels| levels.others.keys().copied().collect::<Vec<_>>();
    (a.me - b.me).abs() > VISIBLE_LEVEL
        || (a.speaker - b.speaker).abs() > VISIBLE_LEVEL
        || others(a) != others(b)
        || a.others.iter().zip(&b.others).any(|((_, a), (_, b))| (a - b).abs() > VISIBLE_LEVEL)
}
