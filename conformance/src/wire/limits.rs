//! One byte, or one field, below a limit, at it and above it. The limits are the defaults of `Limits`.

use super::{
    bytes::{fields, target},
    case::{Case, ends, goes_on, ok, refused, rows},
    hyper::Reason::{HeadBeforeTarget, HugeLengthIsAHugeHead, NoTargetLimit},
};

/// Bytes of a head.
const HEAD: usize = 16 * 1024;
/// Bytes of a target.
const TARGET: usize = 8 * 1024;
/// Fields of a head.
const FIELDS: usize = 100;

pub(super) fn cases() -> Vec<Case> {
    rows! {
        "RFC 9112 3" {
            "a target of 8000 bytes is taken" => goes_on(404), long_target(8000);
            "a target one byte below the limit is taken" => goes_on(404), long_target(TARGET - 1);
            "a target at the limit is taken" => goes_on(404), long_target(TARGET);
            "a target one byte above the limit is too long" => refused(414).but_hyper(NoTargetLimit), long_target(TARGET + 1);
            "a target of twice the limit is too long" => refused(414).but_hyper(HeadBeforeTarget), long_target(2 * TARGET);
            "a target of 60 KiB is too long" => refused(414).but_hyper(HeadBeforeTarget), long_target(60 * 1024);
            "a query one byte above the limit is too long" => refused(414).but_hyper(NoTargetLimit), target(format!("/hello?{}", "a".repeat(TARGET - 6)));
            "a query at the limit is taken" => ok("hello"), target(format!("/hello?{}", "a".repeat(TARGET - 7)));
            "a URI at the limit is taken" => goes_on(404), target(format!("http://test/{}", "a".repeat(TARGET - 12)));
            "a URI one byte above the limit is too long" => refused(414).but_hyper(NoTargetLimit), target(format!("http://test/{}", "a".repeat(TARGET - 11)));
        }
        "RFC 9110 5.4 and RFC 6585 5" {
            "a head one byte below the limit is taken" => goes_on(200), long_head(HEAD - 1);
            "a head at the limit is taken" => goes_on(200), long_head(HEAD);
            "a head one byte above the limit is too large" => refused(431), long_head(HEAD + 1);
            "a head of 60 KiB is too large" => refused(431), long_head(60 * 1024);
            "a field name that fills the head is too large" => refused(431), fields(format!("{}: b", "a".repeat(HEAD)));
            "many fields that fill the head are too large" => refused(431), fields([format!("A: {}", "a".repeat(250)).as_str(); 70].join("\r\n"));
            "one field below the limit is taken" => ok("[b]"), many_fields(FIELDS - 1);
            "as many fields as the limit are taken" => ok("[b]"), many_fields(FIELDS);
            "one field above the limit is too many" => refused(431), many_fields(FIELDS + 1);
            "twice as many fields as the limit are too many" => refused(431), many_fields(2 * FIELDS);
            "a thousand fields are too many" => refused(431), many_fields(1000);
            "fields of the same name count each" => refused(431), fields(["A: b"; FIELDS].join("\r\n"));
        }
        "RFC 9110 15.5.14" {
            "a length one byte above the limit on bodies is too large" => ends(413), declared(8 * 1024 * 1024 + 1);
            "the largest length of all is too large" => ends(413).but_hyper(HugeLengthIsAHugeHead), declared(u64::MAX);
        }
    }
}

fn long_target(length: usize) -> Vec<u8> {
    target(format!("/{}", "a".repeat(length - 1)))
}

/// A whole head of `length` bytes.
fn long_head(length: usize) -> Vec<u8> {
    let empty = fields("B: ").len();
    fields(format!("B: {}", "b".repeat(length - empty)))
}

/// A head of `count` fields, `Host` among them.
fn many_fields(count: usize) -> Vec<u8> {
    let others: Vec<String> = (2..count).map(|number| format!("F{number}: x")).collect();
    fields(format!("{}\r\nA: b", others.join("\r\n")))
}

/// The body does not follow: the answer does not wait for it.
fn declared(length: u64) -> Vec<u8> {
    format!("POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n").into()
}
