//! Tries everything that a call needs, step by step, and says what works from here. `parlor doctor` calls it.
mod devices;
mod relay;
mod server;
mod step;

use parlor_protocol::{Pin, ServerAddress};

pub(crate) use self::step::Report;
use self::step::State;
use crate::{
    known_servers::KnownServers,
    signaling::{Target, Trust},
};

/// What is to be tried.
#[derive(Debug)]
pub(crate) struct Patient {
    /// The server.
    pub(crate) server: ServerAddress,
    /// The key that it must have; none takes any that is known.
    pub(crate) pin: Option<Pin>,
    /// Whether to open cameras, microphones and speakers.
    pub(crate) devices: bool,
}

impl Patient {
    /// Tries everything, and tells of each step as it is done.
    ///
    /// # Errors
    /// Where nobody reads what is told.
    pub(crate) async fn examine(self, known: &KnownServers, report: &mut Report) -> std::io::Result<()> {
        let trust =
            self.pin.or_else(|| known.pin(&self.server)).map_or_else(|| Trust::Known(known.pins()), Trust::Pinned);
        let target = Target { address: self.server, trust };
        match server::examine(target, report).await? {
            Some(visit) => {
                match &visit.access {
                    Some(access) => relay::examine(access, visit.peer.ip(), report).await?,
                    None => {
                        let none = "this server has none: only those who reach each other directly can meet";
                        report.tell("stun", State::Skipped, none)?;
                        report.tell("relay", State::Skipped, none)?;
                    }
                }
                visit.leave().await;
            }
            None => {
                for step in server::STEPS.iter().chain(&["stun", "relay"]) {
                    report.skip_untold(step)?;
                }
            }
        }
        if self.devices {
            devices::examine(report).await?;
        }
        Ok(())
    }
}
