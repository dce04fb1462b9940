//! The line under a table: how and where its figures came about.

use polyserve_compare::{Bound, Cores, Placement, Report};

use crate::scenario::Scenario;

/// The conditions of a scenario.
pub(crate) fn of(scenario: &Scenario, report: &Report) -> String {
    format!("{}; {}", scenario.what, measured(report, scenario.placement))
}

/// Rounds, windows, cores and the machine; `wanted` is where servers and load generator were to run.
pub(crate) fn measured(report: &Report, wanted: Placement) -> String {
    let window = match report.bound {
        Bound::Duration(length) => format!("{} s", length.as_secs_f64()),
        Bound::Requests(n) => format!("{n} answers"),
    };
    let environment = &report.environment;
    format!(
        "{} interleaved rounds of {window}, {}{}; {}, Linux {}, {}",
        report.rounds,
        placed(report.cores.as_ref(), wanted),
        // On a core of its own, it may be the slower of the two.
        report.cores.as_ref().filter(|cores| !cores.are_shared()).map_or_else(String::new, |_| {
            let shares: Vec<f64> = report.runs.iter().filter_map(|run| run.client_cpu_share).collect();
            busy(&shares)
        }),
        environment.cpu.as_deref().unwrap_or("unknown processor"),
        environment.kernel.as_deref().unwrap_or("unknown"),
        environment.rustc.as_deref().unwrap_or("unknown compiler"),
    )
}

fn placed(cores: Option<&Cores>, wanted: Placement) -> String {
    match cores {
        None => "server and load generator wherever the system likes".to_owned(),
        Some(cores) if cores.are_shared() => {
            let why = if wanted == Placement::Apart { ", for want of a second" } else { "" };
            format!("server and load generator both on core {}{why}", cores.client)
        }
        Some(Cores { server, client }) => {
            let plural = if server.len() == 1 { "core" } else { "cores" };
            let server: Vec<String> = server.iter().map(ToString::to_string).collect();
            format!("server on {plural} {}, load generator on core {client}", server.join(", "))
        }
    }
}

/// Which part of its core's time the load generator used, from the least to the most of all servers.
fn busy(shares: &[f64]) -> String {
    let least = shares.iter().copied().reduce(f64::min);
    let most = shares.iter().copied().reduce(f64::max);
    least.zip(most).map_or_else(String::new, |(least, most)| {
        format!(", where it was busy for {:.0} to {:.0} % of the time", least * 100.0, most * 100.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_both_ran_is_said() {
        let cores = |server: &[usize], client| Cores { server: server.to_vec(), client };
        let cases = [
            (None, Placement::Anywhere, "server and load generator wherever the system likes"),
            (Some(cores(&[1], 1)), Placement::Together, "server and load generator both on core 1"),
            (
                Some(cores(&[0], 0)),
                Placement::Apart,
                "server and load generator both on core 0, for want of a second",
            ),
            (Some(cores(&[0], 1)), Placement::Apart, "server on core 0, load generator on core 1"),
            (Some(cores(&[0, 1], 2)), Placement::Apart, "server on cores 0, 1, load generator on core 2"),
        ];
        for (cores, wanted, text) in cases {
            assert_eq!(placed(cores.as_ref(), wanted), text);
        }
    }

    #[test]
    fn how_busy_the_generator_was_goes_from_the_least_to_the_most() {
        assert_eq!(busy(&[0.5, 0.251, 0.999]), ", where it was busy for 25 to 100 % of the time");
        assert_eq!(busy(&[]), "");
    }
}
