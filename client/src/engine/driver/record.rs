//! Recording: puts tapes where media passes, and takes them out again.
use parlor_call::{CallView, Command as CallCommand, Input, Notice, Place};
use parlor_media::record::RecorderEvent;

use super::Driver;

impl Driver {
    pub(super) fn record(&mut self, wanted: bool) {
        if !wanted {
            self.stop_recording();
            return;
        }
        let call = self.call.view();
        let Place::Room(room) = &call.place else {
            let message = "There is nothing to record yet: come into a room first.".to_owned();
            self.untold.push(Notice::Problem { message });
            return;
        };
        if !self.recording.start(&room.name, room.since) {
            return;
        }
        let Some(tape) = self.recording.tape() else { return };
        self.fan_out.decks().load(room.nickname.as_str(), &tape);
        for other in &call.others {
            if let Some(receivers) = self.receivers.get(&other.id) {
                receivers.decks().load(other.nickname.as_str(), &tape);
            }
        }
        if let Some((theirs, mine)) = self.recording.mix() {
            self.studio.decks().0.insert(theirs);
            self.studio.decks().1.insert(mine);
        }
    }

    pub(super) fn handle_recorder(&mut self, event: RecorderEvent) {
        let (runs, message) = self.recording.handle(event);
        if !runs {
            self.unload_decks();
        }
        self.untold.extend(message.map(|message| Notice::Problem { message }));
        // Everybody is to know.
        self.handle(Input::Command(CallCommand::SetRecording(runs)));
    }

    /// A recording is of one stay in one room.
    pub(super) fn stop_recording_elsewhere(&mut self, call: &CallView) {
        let Some(recorded) = self.recording.room() else { return };
        let here = matches!(&call.place, Place::Room(room) if room.since == recorded);
        if !here {
            self.stop_recording();
        }
    }

    /// Makes the files whole before the program ends.
    pub(super) async fn finish_recording(&mut self) {
        self.unload_decks();
        let Some(recorder) = self.recording.give_up() else { return };
        // To drop it is to wait for its thread.
        if tokio::task::spawn_blocking(move || drop(recorder)).await.is_err() {
            tracing::error!("the recording is not finished");
        }
    }

    fn stop_recording(&mut self) {
        self.unload_decks();
        self.recording.stop();
    }

    fn unload_decks(&self) {
        self.fan_out.decks().unload();
        self.receivers.values().for_each(|receivers| receivers.decks().unload());
        self.studio.decks().0.eject();
        self.studio.decks().1.eject();
    }
}
