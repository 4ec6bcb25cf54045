//! What draws the window: for reports about mistakes, which are often those of a driver.
#![allow(unsafe_code, reason = "OpenGL is a C library; its contract is kept here and the caller is safe")]
use eframe::glow::{Context, HasContext as _, RENDERER, VERSION};

/// The name and the version of the driver, as it says them itself; empty where there is none.
pub(super) fn name(gl: Option<&Context>) -> String {
    let Some(gl) = gl else { return String::new() };
    // SAFETY: both names are among those that every version of OpenGL answers, and eframe has made the context current
    // on this thread while the window is created.
    let (renderer, version) = unsafe { (gl.get_parameter_string(RENDERER), gl.get_parameter_string(VERSION)) };
    format!("{renderer}, OpenGL {version}")
}
