//! Devices that were chosen by name and are not plugged in: another stands in for them until they are back.
use std::time::Instant;

use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    device::Device,
    spec::VideoSpec,
};

use super::{DeviceStatus, Studio};
use crate::engine::{DeviceTrouble, MissingDevices, stand_in::StandIn};

/// What stands in for what, for each kind of device.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    /// Whether anything may; else a missing device is waited for.
    allowed: bool,
    pub(super) camera: StandIn,
    pub(super) microphone: StandIn,
    pub(super) speaker: StandIn,
}

impl StandIns {
    pub(super) fn new(allowed: bool) -> Self {
        Self { allowed, ..Self::default() }
    }

    fn missing(&self) -> MissingDevices {
        let name = |stand_in: &StandIn| stand_in.missing().map(str::to_owned);
        MissingDevices { camera: name(&self.camera), microphone: name(&self.microphone), speaker: name(&self.speaker) }
    }
}

impl Studio {
    /// When there is something to do although nothing has happened.
    pub(in crate::engine) fn poll_timeout(&self) -> Option<Instant> {
        let StandIns { camera, microphone, speaker, .. } = &self.stand_ins;
        let looks = [camera, microphone, speaker].into_iter().filter_map(StandIn::poll_timeout);
        looks.chain(self.view.sound_test.poll_timeout()).min()
    }

    /// Does what is due.
    pub(in crate::engine) fn handle_timeout(&mut self, now: Instant) {
        let StandIns { camera, microphone, speaker, .. } = &mut self.stand_ins;
        let due = [camera, microphone, speaker].map(|stand_in| stand_in.handle_timeout(now));
        if due.contains(&true) {
            self.refresh_devices();
        }
        self.go_on_with_test(now);
    }

    /// Where our pictures come from as long as they are wanted.
    pub(super) fn camera_in_use(&self) -> VideoSpec {
        if self.stand_ins.camera.missing().is_some() {
            VideoSpec::Camera(None)
        } else {
            self.view.camera.chosen.clone()
        }
    }

    /// Where our sound comes from as long as it is wanted.
    pub(super) fn microphone_in_use(&self) -> AudioSpec {
        if self.stand_ins.microphone.missing().is_some() {
            AudioSpec::Microphone(None)
        } else {
            self.view.microphone.chosen.clone()
        }
    }

    /// Where sound goes.
    pub(super) fn speaker_in_use(&self) -> SpeakerSpec {
        if self.stand_ins.speaker.missing().is_some() {
            SpeakerSpec::Speaker(None)
        } else {
            self.view.speaker.chosen.clone()
        }
    }

    /// The camera has news about this source.
    pub(super) fn follow_camera(&mut self, spec: &VideoSpec) {
        let named = matches!(spec, VideoSpec::Camera(Some(_))) && *spec == self.view.camera.chosen;
        if named && follow(&mut self.stand_ins.camera, self.stand_ins.allowed, &self.view.camera.status) {
            self.open_camera();
        }
        blame_missing(&self.stand_ins.camera, &mut self.view.camera.status);
        self.show_missing();
    }

    /// The microphone has news about this source.
    pub(super) fn follow_microphone(&mut self, spec: &AudioSpec) {
        let named = matches!(spec, AudioSpec::Microphone(Some(_))) && *spec == self.view.microphone.chosen;
        if named && follow(&mut self.stand_ins.microphone, self.stand_ins.allowed, &self.view.microphone.status) {
            self.open_microphone();
        }
        blame_missing(&self.stand_ins.microphone, &mut self.view.microphone.status);
        self.show_missing();
    }

    /// The speaker has news.
    pub(super) fn follow_speaker(&mut self, spec: &SpeakerSpec) {
        let named = matches!(spec, SpeakerSpec::Speaker(Some(_))) && *spec == self.view.speaker.chosen;
        if named && follow(&mut self.stand_ins.speaker, self.stand_ins.allowed, &self.view.speaker.status) {
            self.open_speaker();
        }
        blame_missing(&self.stand_ins.speaker, &mut self.view.speaker.status);
        self.show_missing();
    }

    pub(super) fn show_missing(&mut self) {
        self.view.missing = self.stand_ins.missing();
    }

    /// There is a new list: what was missing may be in it.
    pub(super) fn follow_lists(&mut self) {
        let lists = self.view.devices.clone();
        if let VideoSpec::Camera(Some(id)) = &self.view.camera.chosen
            && self.stand_ins.camera.listed(is_in(&lists.cameras, id))
        {
            self.open_camera();
        }
        if let AudioSpec::Microphone(Some(id)) = &self.view.microphone.chosen
            && self.stand_ins.microphone.listed(is_in(&lists.microphones, id))
        {
            self.open_microphone();
        }
        if let SpeakerSpec::Speaker(Some(id)) = &self.view.speaker.chosen
            && self.stand_ins.speaker.listed(is_in(&lists.speakers, id))
        {
            self.open_speaker();
        }
        self.show_missing();
    }
}

/// Takes in what became of the chosen device. True where another is to be opened in its place.
fn follow(stand_in: &mut StandIn, allowed: bool, status: &DeviceStatus) -> bool {
    match status {
        DeviceStatus::Failed { trouble, .. } => allowed && stand_in.failed(trouble, Instant::now()),
        DeviceStatus::Running { .. } => {
            stand_in.opened();
            false
        }
        DeviceStatus::Off | DeviceStatus::Opening => false,
    }
}

/// Where there is nothing that could stand in, the trouble is the device that is missing.
fn blame_missing(stand_in: &StandIn, status: &mut DeviceStatus) {
    if let (Some(name), DeviceStatus::Failed { trouble, .. }) = (stand_in.missing(), status)
        && *trouble == DeviceTrouble::NoneFound
    {
        *trouble = DeviceTrouble::NotConnected { name: name.to_owned() };
    }
}

fn is_in(devices: &[Device], id: &str) -> bool {
    devices.iter().any(|device| device.id == id)
}

/// What a device says when it does not work.
pub(super) fn failed<E: ToString>(error: &E) -> DeviceStatus
where
    for<'a> DeviceTrouble: From<&'a E>,
{
    DeviceStatus::Failed { trouble: error.into(), message: error.to_string() }
}
