//! poll-loop
