//! Both sides of each request on one axis.

use super::ask::Asked;
use super::record::Slice;
use crate::report::{Poll, Timeline, TracedRequest};

/// Times count from the first dial. Requests stand in the order in which they were dialled.
pub(super) fn join(contender: String, mut asked: Vec<Asked>, slices: Vec<Slice>) -> Timeline {
    asked.sort_by_key(|asked| (asked.dial_ns, asked.id));
    let zero = asked.first().map_or(0, |first| first.dial_ns);
    let at = |ns: u64| ns.saturating_sub(zero);
    let requests = asked.iter().map(|asked| TracedRequest {
        id: asked.id,
        dial_ns: at(asked.dial_ns),
        established_ns: at(asked.established_ns),
        first_byte_ns: at(asked.first_byte_ns),
        done_ns: at(asked.done_ns),
        polls: slices
            .iter()
            .filter(|slice| slice.request == asked.id)
            .map(|slice| Poll {
                thread: slice.thread,
                from_ns: at(slice.from_ns),
                to_ns: at(slice.to_ns),
                cpu_ns: slice.cpu_ns,
            })
            .collect(),
        ..TracedRequest::default()
    });
    Timeline { contender, requests: requests.collect(), ..Timeline::default() }
}
