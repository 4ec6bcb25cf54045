//! What reaches a program in a terminal from outside: lines, signals, the clock.
use std::io::BufRead;

use tokio::sync::mpsc;

/// Lines of standard input that may wait.
const WAITING_LINES: usize = 64;

/// Lines of standard input. They are read on a thread of their own, which ends with the program: there is no way to
/// take a read of a terminal back.
pub(super) fn standard_input() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(WAITING_LINES);
    let read = move || {
        for line in std::io::stdin().lock().split(b'\n').map_while(Result::ok) {
            if sender.blocking_send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("parlor-stdin".to_owned()).spawn(read) {
        tracing::warn!(%error, "commands are not read");
    }
    receiver
}

/// Waits for Ctrl-C or a request to terminate.
pub(super) async fn asked_to_stop() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
