//! What was measured, kept in files, so that tables can be made of several runs of this program.

use std::path::PathBuf;
use std::{env, fs, io};

use polyserve_compare::{Report, Run, report};
use serde::{Serialize, de::DeserializeOwned};

use crate::at_once::AtOnce;
use crate::crowd::Crowd;
use crate::generator::Generator;
use crate::idle::Idle;
use crate::pressure::Pressure;
use crate::scenario::{self, Scenario};

/// The newest result of each scenario.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) reports: Vec<(&'static Scenario, Report)>,
    pub(crate) idle: Vec<Idle>,
    pub(crate) crowd: Vec<Crowd>,
    pub(crate) pressure: Vec<Pressure>,
    pub(crate) generator: Option<Generator>,
    pub(crate) at_once: Option<AtOnce>,
    pub(crate) workers: Option<Report>,
}

impl Results {
    /// All that have been kept.
    pub(crate) fn read() -> io::Result<Self> {
        let mut reports = Vec::new();
        for scenario in scenario::ALL {
            if let Some(report) = read_report(scenario.name)? {
                reports.push((scenario, report));
            }
        }
        Ok(Self {
            reports,
            idle: read("idle")?.unwrap_or_default(),
            crowd: read("crowd")?.unwrap_or_default(),
            pressure: read("pressure")?.unwrap_or_default(),
            generator: read("generator")?,
            at_once: read("at-once")?,
            workers: read_report("workers")?,
        })
    }

    pub(crate) fn report(&self, scenario: &str) -> Option<&Report> {
        self.reports.iter().find(|(known, _)| known.name == scenario).map(|(_, report)| report)
    }

    pub(crate) fn run(&self, scenario: &str, server: &str) -> Option<&Run> {
        self.report(scenario)?.runs.iter().find(|run| run.contender == server)
    }

    pub(crate) fn idle(&self, server: &str) -> Option<&Idle> {
        self.idle.iter().find(|idle| idle.server == server)
    }
}

pub(crate) fn keep_report(name: &str, measured: &Report) -> io::Result<()> {
    write(name, &report::json(measured)?)
}

fn read_report(name: &str) -> io::Result<Option<Report>> {
    let report = text(name)?.map(|text| report::from_json(&text)).transpose();
    report.map_err(|error| io::Error::other(format!("{}: {error}", path(name).display())))
}

pub(crate) fn keep(name: &str, value: &impl Serialize) -> io::Result<()> {
    write(name, &serde_json::to_string_pretty(value)?)
}

pub(crate) fn read<T: DeserializeOwned>(name: &str) -> io::Result<Option<T>> {
    Ok(text(name)?.map(|text| serde_json::from_str(&text)).transpose()?)
}

fn write(name: &str, text: &str) -> io::Result<()> {
    let path = path(name);
    fs::create_dir_all(directory())?;
    fs::write(&path, text)
}

fn text(name: &str) -> io::Result<Option<String>> {
    match fs::read_to_string(path(name)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn path(name: &str) -> PathBuf {
    directory().join(format!("{name}.json"))
}

/// In cargo's target folder, beside the programs.
pub(crate) fn directory() -> PathBuf {
    let program = env::current_exe().ok();
    let target = program.as_deref().and_then(|program| program.parent()?.parent());
    target.map_or_else(PathBuf::new, ToOwned::to_owned).join("bench-results")
}
