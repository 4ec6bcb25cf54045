//! What the program says when it is up: where it listens, and how to invite people.
//!
//! The first lines are for programs: `listening on wss://ADDR:PORT`, `status page at URL`, `admin token
//! TOKEN` where one was made, and `invite LINK`. The rest is for people.
use std::{fmt::Write, net::SocketAddr};

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

use crate::{AdminToken, Server};

/// How the invitation is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Qr {
    /// Not at all.
    None,
    /// Without colours, for a dark screen.
    Plain,
    /// Black on white, whatever the colours of the terminal.
    Coloured,
}

pub(super) fn greeting(server: &Server, token: Option<&AdminToken>, qr: Qr) -> String {
    let address = server.local_addr();
    let scheme = if address.ip().is_loopback() { "ws" } else { "wss" };
    let mut lines = format!("listening on {scheme}://{address}\n");
    // Writing to a string does not fail.
    let _ = writeln!(lines, "status page at {}", page(address));
    if let Some(token) = token {
        let _ = writeln!(lines, "admin token {}", token.as_str());
    }
    let Some(invite) = server.invite() else {
        return lines;
    };
    let _ = writeln!(lines, "invite {invite}");
    if let Some(drawing) = draw(&invite.to_string(), qr) {
        let _ = writeln!(lines, "\n{drawing}");
        if let Some(pin) = invite.pin {
            let _ = writeln!(lines, "People who come without the link compare this code: {}", pin.code());
        }
    }
    lines
}

/// Where this machine sees the status page; without TLS where that goes, so that no browser warns of our own key.
fn page(address: SocketAddr) -> String {
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{}/", address.port()),
        ip if ip.is_loopback() => format!("http://{address}/"),
        _ => format!("https://{address}/"),
    }
}

fn draw(link: &str, qr: Qr) -> Option<String> {
    // A link too long for any QR code is still there as text.
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
    let mut renderer = code.render::<Dense1x2>();
    match qr {
        Qr::None => None,
        // Blocks shine on a dark screen: they are the light modules.
        Qr::Plain => Some(renderer.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build()),
        Qr::Coloured => {
            let drawing = renderer.dark_color(Dense1x2::Dark).light_color(Dense1x2::Light).build();
            let lines = drawing.lines().map(|line| format!("\x1b[30;107m{line}\x1b[0m"));
            Some(lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "parlor://192.168.1.20:7443?fp=00112233445566778899aabbccddeeff";

    #[test]
    fn the_drawing_has_every_module_of_the_code_and_light_around_it() {
        let code = QrCode::with_error_correction_level(LINK, EcLevel::L).unwrap();
        let (width, quiet) = (code.width(), 4);

        let drawing = draw(LINK, Qr::Plain).unwrap();

        let rows: Vec<Vec<char>> = drawing.lines().map(|line| line.chars().collect()).collect();
        let is_dark = |x: usize, y: usize| match (rows[y / 2][x], y % 2) {
            ('█', _) | ('▀', 0) | ('▄', 1) => false,
            (' ' | '▄', 0) | (' ' | '▀', 1) => true,
            other => panic!("{other:?} is no part of a QR code"),
        };
        for (y, x) in (0..width).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let expected = code[(x, y)] == qrcode::Color::Dark;
            assert_eq!(is_dark(x + quiet, y + quiet), expected, "{x}, {y}");
        }
        assert!((0..width + 2 * quiet).all(|x| (0..quiet).all(|y| !is_dark(x, y))));
    }

    #[test]
    fn on_a_terminal_every_line_has_its_own_colours() {
        let drawing = draw(LINK, Qr::Coloured).unwrap();

        assert!(drawing.lines().all(|line| line.starts_with("\x1b[30;107m") && line.ends_with("\x1b[0m")));
    }
}
