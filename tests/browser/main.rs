//! A browser as a foreign peer.
