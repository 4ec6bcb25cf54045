//! How much may be sent to whom, and what: pure decisions that take time as an argument.
pub mod budget;
pub mod estimator;
pub mod layers;
pub mod pacer;
pub mod plan;
pub mod stall;
pub mod strain;
