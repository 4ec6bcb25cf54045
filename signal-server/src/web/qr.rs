//! An invite link as a picture that a telephone can read.
use std::fmt::Write;

use parlor_protocol::Invite;
use qrcode::{Color, QrCode};

/// The white edge that readers need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// The link as a QR code, black on white whatever the page looks like. `None` where it is too long for one.
pub(super) fn svg(invite: &Invite) -> Option<String> {
    let code = QrCode::new(invite.to_string()).ok()?;
    let (width, side) = (code.width(), code.width() + 2 * QUIET);
    let mut dark = String::new();
    for (at, color) in code.into_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // A string takes whatever is written to it.
            let _ = write!(dark, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{dark}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_with_an_edge_and_begins_with_a_corner() {
        let invite: Invite = "parlor://127.0.0.1:7443?plain".parse().unwrap();

        let svg = svg(&invite).unwrap();

        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        assert!(svg.contains(r#"<path d="M4 4h1v1h-1zM5 4h1v1h-1z"#), "{svg}");
    }
}
