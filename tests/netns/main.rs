//! Calls over networks: machines that cannot reach each other, made of the kernel's namespaces.
//!
//! Needs root and iproute2, and fails where it has neither: a test that is quietly skipped proves nothing.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

mod discovery;
mod doctor;
mod network;
mod relay;
