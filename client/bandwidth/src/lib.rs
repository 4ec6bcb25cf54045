//! How much may be sent to whom, and what: pure decisions that take time as an argument.
