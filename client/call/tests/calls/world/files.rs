//! Moves the bytes of files between the disks of a world.
use std::time::Duration;

use parlor_call::{FileAction, Input};

use super::{Thing, World};

/// How often bytes of files move.
const TICK: Duration = Duration::from_millis(100);

impl World {
    pub(super) fn perform_file(&mut self, client: usize, action: FileAction) {
        let disk = &mut self.clients[client].disk;
        let (run, events) = disk.perform(action);
        for event in events {
            self.input(client, Input::File(event));
        }
        if let Some(run) = run {
            self.network.at(self.now + TICK, Thing::Bytes { client, run });
        }
    }

    /// Moves the next bytes of a file, if there still is a connection.
    pub(super) fn move_bytes(&mut self, client: usize, run: u64) {
        let Some((file, flow)) = self.clients[client].disk.flow(run) else { return };
        let from = self.id(client);
        let there = self.clients[client].peers.get(&flow.peer).filter(|peer| peer.up).and_then(|peer| peer.joined_to);
        let there = there.filter(|end| self.clients[end.owner].peers.contains_key(&end.key));
        let Some(there) = there else { return };
        let bytes = self.clients[client].disk.read(file);
        let other = self.clients[there.owner].disk.write(from, flow.transfer, flow.at, bytes);
        for event in other {
            self.input(there.owner, Input::File(event));
        }
        for event in self.clients[client].disk.sent(file) {
            self.input(client, Input::File(event));
        }
        self.network.at(self.now + TICK, Thing::Bytes { client, run });
    }
}
