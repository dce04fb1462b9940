//! When a measurement ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// When a measurement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// After this long.
    #[serde(rename = "duration_ns", with = "nanoseconds")]
    Duration(Duration),
    /// After this many requests were answered or have failed.
    #[serde(rename = "requests")]
    Requests(u64),
}

/// One number in the report's JSON, as all its other times.
mod nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_nanos)
    }
}
