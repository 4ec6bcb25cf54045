//! Tells when cameras and sound cards are plugged in or out, without ever asking the devices themselves.
#[cfg_attr(target_os = "linux", path = "hot_plug/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "hot_plug/other.rs")]
mod system;

use std::{future::pending, time::Duration};

use tokio::time::{Instant, timeout_at};

/// A device makes several files, and the system sets their names and permissions a little later.
const SETTLING: Duration = Duration::from_millis(700);
/// However much goes on, the devices are listed after so long.
const LONGEST: Duration = Duration::from_secs(3);

/// The watch. Dropping it ends it.
#[derive(Debug)]
pub(super) struct HotPlug {
    watch: Option<system::Watch>,
    /// Something has come or gone, and more may follow. Kept here, since whoever waits may stop and wait again.
    settling: Option<Settling>,
}

#[derive(Debug, Clone, Copy)]
struct Settling {
    calm_at: Instant,
    latest: Instant,
}

impl HotPlug {
    /// Watches, where that is `wanted` and the system has a way to.
    pub(super) fn start(wanted: bool) -> Self {
        let watch = wanted.then(system::Watch::start).and_then(|watch| {
            watch.inspect_err(|error| tracing::info!(%error, "devices are not watched")).ok().flatten()
        });
        Self { watch, settling: None }
    }

    /// Waits until devices have come or gone, and all is calm again.
    pub(super) async fn changed(&mut self) {
        loop {
            let Some(watch) = &mut self.watch else { return pending().await };
            let news = match self.settling {
                None => watch.next().await,
                Some(settling) => match timeout_at(settling.calm_at, watch.next()).await {
                    Ok(news) => news,
                    Err(_calm) => {
                        self.settling = None;
                        return;
                    }
                },
            };
            if let Err(error) = news {
                tracing::info!(%error, "devices are no longer watched");
                self.watch = None;
            }
            let now = Instant::now();
            let latest = self.settling.map_or(now + LONGEST, |settling| settling.latest);
            self.settling = Some(Settling { calm_at: (now + SETTLING).min(latest), latest });
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn news_in_a_row_are_told_once_even_to_somebody_who_keeps_looking_away() {
        let folder = tempfile::tempdir().unwrap();
        let watch = system::Watch::over(folder.path()).unwrap();
        let mut hot_plug = HotPlug { watch: Some(watch), settling: None };
        for name in ["video0", "video1", "tty7"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }

        let mut told = 0;
        for _ in 0..40 {
            told += usize::from(tokio::time::timeout(Duration::from_millis(50), hot_plug.changed()).await.is_ok());
        }

        assert_eq!(told, 1);
    }

    #[tokio::test]
    async fn what_is_no_device_is_no_news() {
        let folder = tempfile::tempdir().unwrap();
        let watch = system::Watch::over(folder.path()).unwrap();
        let mut hot_plug = HotPlug { watch: Some(watch), settling: None };

        std::fs::write(folder.path().join("tty7"), "").unwrap();

        assert!(tokio::time::timeout(2 * SETTLING, hot_plug.changed()).await.is_err());
    }
}
