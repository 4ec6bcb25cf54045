//! Real kernel devices.
