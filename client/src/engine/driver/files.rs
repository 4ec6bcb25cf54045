//! Files: what is found about them goes to the call.
use parlor_call::{FileEvent, Input, Notice};

use super::Driver;
use crate::engine::files::Offered;

impl Driver {
    pub(super) fn handle_file(&mut self, event: FileEvent) {
        self.files.note(&event);
        self.handle(Input::File(event));
    }

    pub(super) fn handle_offered(&mut self, offered: Offered) {
        match offered {
            Offered::Usable(command) => self.handle_call_command(parlor_call::Command::File(command)),
            Offered::Unusable(notice) => self.untold.push(Notice::File(notice)),
        }
    }

    pub(super) fn look_at_files(&mut self) {
        for event in self.files.progress() {
            self.handle(Input::File(event));
        }
    }
}
