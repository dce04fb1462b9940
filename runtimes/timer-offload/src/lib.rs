//! timer-offload
