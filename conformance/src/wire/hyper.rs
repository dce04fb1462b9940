//! Where hyper answers otherwise, and why: each reason with what it looks like on the wire, so that one which hyper
//! has given up is found.

use super::{
    case::Case,
    conversation::{Ending, read},
};

/// Why hyper answers a case otherwise than polyserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    AllowsLongExtensions,
    AsksAnyway,
    CallsLongTrailersMalformed,
    CountsNoZerosOfASize,
    DropsFragments,
    HangsUpOnHttp2,
    HeadBeforeTarget,
    HugeLengthIsAHugeHead,
    IgnoresExpectations,
    KnowsNo505,
    KnowsNoHigherMinor,
    LeavesHostToItsUser,
    LeavesTargetsToItsUser,
    LooksAtTheLastCoding,
    NoTargetLimit,
    ReadsChunksBesideALength,
    SendsTheBodyOf205,
    ServesConnect,
    TakesBareLf,
    TakesControlsInExtensions,
    TakesSpacesBehindASize,
    TakesTheSameLengthTwice,
}

/// How hyper's answer differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It serves what polyserve refuses.
    Serves,
    /// It refuses, with another status.
    RefusesWith(u16),
    /// It closes without an answer.
    Silent,
    /// It sends an interim answer that nobody needs.
    Interim,
    /// It answers with the same status and other content.
    OtherContent,
}

impl Reason {
    pub(super) const fn manner(self) -> Manner {
        match self {
            Reason::AllowsLongExtensions
            | Reason::CountsNoZerosOfASize
            | Reason::DropsFragments
            | Reason::IgnoresExpectations
            | Reason::LeavesHostToItsUser
            | Reason::LeavesTargetsToItsUser
            | Reason::LooksAtTheLastCoding
            | Reason::NoTargetLimit
            | Reason::ReadsChunksBesideALength
            | Reason::ServesConnect
            | Reason::TakesBareLf
            | Reason::TakesControlsInExtensions
            | Reason::TakesSpacesBehindASize
            | Reason::TakesTheSameLengthTwice => Manner::Serves,
            Reason::HeadBeforeTarget | Reason::HugeLengthIsAHugeHead => Manner::RefusesWith(431),
            Reason::CallsLongTrailersMalformed | Reason::KnowsNo505 | Reason::KnowsNoHigherMinor => {
                Manner::RefusesWith(400)
            }
            Reason::HangsUpOnHttp2 => Manner::Silent,
            Reason::AsksAnyway => Manner::Interim,
            Reason::SendsTheBodyOf205 => Manner::OtherContent,
        }
    }

    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Reason::AllowsLongExtensions => {
                "it bounds the extensions of a whole body at 16 KiB, not those of a line"
            }
            Reason::AsksAnyway => {
                "it sends `100 Continue` although the body has begun to arrive, which RFC 9110 section 10.1.1 allows"
            }
            Reason::CallsLongTrailersMalformed => "it calls too many trailers, or too long ones, malformed",
            Reason::CountsNoZerosOfASize => "it bounds the value of a chunk size, not its digits",
            Reason::DropsFragments => "its URI type cuts a fragment off",
            Reason::HangsUpOnHttp2 => {
                "it ends a connection that begins with the preface of HTTP/2 without a word"
            }
            Reason::HeadBeforeTarget => {
                "it has no bound on request lines below that on heads, and refuses the head"
            }
            Reason::HugeLengthIsAHugeHead => "it calls the largest length of all too large a head",
            Reason::IgnoresExpectations => {
                "it passes over expectations that it does not know, which RFC 9110 section 10.1.1 allows"
            }
            Reason::KnowsNo505 => "it calls another version a bad request",
            Reason::KnowsNoHigherMinor => "it calls a higher minor version a bad request",
            Reason::LeavesHostToItsUser => "it leaves `Host` to its user",
            Reason::LeavesTargetsToItsUser => "it leaves the form of a target to its user",
            Reason::LooksAtTheLastCoding => {
                "it asks for `chunked` as the last coding and leaves those before it to its user"
            }
            Reason::NoTargetLimit => "it has no bound on request lines below that on heads",
            Reason::ReadsChunksBesideALength => {
                "it lets chunks override a length and closes after the answer, which RFC 9112 section 6.3 allows"
            }
            Reason::SendsTheBodyOf205 => "it sends a body under 205 if the handler has one",
            Reason::ServesConnect => "it leaves CONNECT to its user, who has no handler for it here",
            Reason::TakesBareLf => "it takes a bare LF for a line end, which RFC 9112 section 2.2 allows",
            Reason::TakesControlsInExtensions => "it passes over whatever a chunk extension contains",
            Reason::TakesSpacesBehindASize => "it passes over spaces and tabs behind a chunk size",
            Reason::TakesTheSameLengthTwice => {
                "it takes a length that is repeated, which RFC 9112 section 6.3 allows"
            }
        }
    }
}

/// hyper must answer as polyserve does, with its own words where it refuses, unless the row has a reason; then it must
/// differ in the reason's manner.
pub(super) fn check(case: &Case, bytes: &[u8]) -> Result<(), String> {
    match (difference(case, bytes)?, case.outcome.hyper) {
        (None, None) => Ok(()),
        (Some(manner), Some(reason)) if manner == reason.manner() => Ok(()),
        (Some(manner), Some(reason)) => {
            Err(format!("{reason:?} does not explain that hyper differs: {manner:?}"))
        }
        (Some(manner), None) => {
            Err(format!("expected {:?}; hyper differs: {manner:?}", case.outcome.statuses()))
        }
        (None, Some(reason)) => Err(format!("hyper answers as it should, {reason:?} is no reason any more")),
    }
}

fn difference(case: &Case, bytes: &[u8]) -> Result<Option<Manner>, String> {
    let outcome = &case.outcome;
    let got = read(outcome, bytes)?;
    let expected = outcome.statuses();
    let statuses: Vec<u16> = got.iter().map(|answer| answer.status).collect();
    if let Some(at) =
        (0..expected.len().max(statuses.len())).find(|at| expected.get(*at) != statuses.get(*at))
    {
        return Ok(Some(match statuses.get(at) {
            None => Manner::Silent,
            Some(100) => Manner::Interim,
            // What a handler of the app, or its router, answers to a request that it gets.
            Some(200 | 204 | 404 | 405 | 501) => Manner::Serves,
            Some(status) => Manner::RefusesWith(*status),
        }));
    }
    let next = (outcome.ending == Ending::GoesOn).then_some(&b"next"[..]);
    let bodies = outcome.answers.iter().map(|answer| answer.body.as_deref()).chain([next]);
    let same = got
        .iter()
        .zip(bodies)
        .all(|(got, body)| got.status >= 400 || body.is_none_or(|body| got.body == body));
    Ok((!same).then_some(Manner::OtherContent))
}
