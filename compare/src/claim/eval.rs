//! A condition, held against a table of a report.

use super::{Claim, Comparison, Factor, Metric, Operator, Product};
use crate::report::Percentile;
use crate::{Mode, Report, Run};

type Table = (usize, Mode);

pub(super) fn holds(
    claim: &Claim,
    table: Table,
    report: &Report,
    base: Option<&Report>,
) -> Result<bool, String> {
    for all in &claim.any {
        let mut every = true;
        for comparison in all {
            every &= is_true(comparison, table, report, base)?;
        }
        if every {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_true(
    comparison: &Comparison,
    table: Table,
    report: &Report,
    base: Option<&Report>,
) -> Result<bool, String> {
    let metric = comparison.left.iter().chain(&comparison.right).find_map(|factor| match factor {
        Factor::Metric { contender, metric } => Some((contender.as_str(), *metric)),
        _ => None,
    });
    let value = |product: &Product| {
        product.iter().try_fold(1.0, |value, factor| {
            Ok::<f64, String>(
                value
                    * match factor {
                        Factor::Number(number) => *number,
                        Factor::Metric { contender, metric } => {
                            figure(report, table, contender, *metric, "")?
                        }
                        // The parser has seen to it that there is a metric.
                        Factor::Base { .. } => match (base, metric) {
                            (Some(base), Some((contender, metric))) => {
                                figure(base, table, contender, metric, "the earlier ")?
                            }
                            _ => return Err("base needs an earlier report: use --against FILE".to_owned()),
                        },
                    },
            )
        })
    };
    let (left, right) = (value(&comparison.left)?, value(&comparison.right)?);
    Ok(match comparison.operator {
        Operator::Less => left < right,
        Operator::AtMost => left <= right,
        Operator::More => left > right,
        Operator::AtLeast => left >= right,
    })
}

fn figure(
    report: &Report,
    (connections, mode): Table,
    contender: &str,
    metric: Metric,
    which: &str,
) -> Result<f64, String> {
    let Some(run) = report.table(connections, mode).find(|run| run.contender == contender) else {
        return Err(format!(
            "{which}report has no {contender} with {mode}, c={connections}: it has {}",
            report.contenders.join(", ")
        ));
    };
    of_run(run, metric).ok_or_else(|| {
        let needs = match metric {
            Metric::P50 => Percentile::P50.needs(),
            Metric::P90 => Percentile::P90.needs(),
            Metric::P99 => Percentile::P99.needs(),
            _ => 1,
        };
        format!(
            "{which}{contender}.{} is not known with {mode}, c={connections}: it needs {needs} answers, there were {}; \
             use a larger --budget",
            metric.name(),
            run.latency.count
        )
    })
}

fn of_run(run: &Run, metric: Metric) -> Option<f64> {
    let answered = run.latency.count > 0;
    let whole = |value: Option<u64>| value.map(|value| value as f64);
    match metric {
        Metric::Rps => Some(run.requests_per_second.value),
        Metric::P50 => whole(run.latency.p50_ns),
        Metric::P90 => whole(run.latency.p90_ns),
        Metric::P99 => whole(run.latency.p99_ns),
        Metric::Mean => answered.then_some(run.latency.mean_ns as f64),
        Metric::Max => answered.then_some(run.latency.max_ns as f64),
        Metric::Errors => whole(Some(run.errors.total())),
        Metric::Cpu => whole(run.server.cpu_ns_per_response),
        Metric::Memory => whole(run.server.peak_memory_bytes),
        Metric::Threads => run.server.threads.map(f64::from),
        Metric::Queue => run.accept_queue.map(f64::from),
        Metric::Overflows => whole(run.listen_overflows),
    }
}
