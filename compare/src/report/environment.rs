//! Where and with what a comparison was made: what has to be equal for two of them to be comparable.

use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The machine and build of a comparison. `None` where the system does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The operating system.
    pub os: String,
    /// The processor architecture.
    pub arch: String,
    /// Cores this process may use.
    pub cores: usize,
    /// Whether the comparing program was built without optimisation (the contenders usually are the same program).
    pub debug_build: bool,
    /// The compiler that built the comparing program.
    pub rustc: Option<String>,
    /// The commit of the directory it was started in, with `-dirty` if there were changes.
    pub commit: Option<String>,
    /// The kernel's release.
    pub kernel: Option<String>,
    /// The processor's name.
    pub cpu: Option<String>,
    /// The frequency governor of the first core.
    pub governor: Option<String>,
    /// The longest accept queue that polyserve's runtimes get.
    pub backlog: Option<u32>,
    /// When it was measured, in seconds since 1970.
    pub unix_time: u64,
}

impl Environment {
    pub(crate) fn here() -> Self {
        let asked_backlog = u32::try_from(polyserve_host::BACKLOG).ok();
        let backlog = file("/proc/sys/net/core/somaxconn")
            .and_then(|text| text.parse::<u32>().ok())
            .map_or(asked_backlog, |most| asked_backlog.map(|asked| asked.min(most)));
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            debug_build: cfg!(debug_assertions),
            rustc: option_env!("POLYSERVE_RUSTC").map(str::to_owned),
            commit: commit(),
            kernel: file("/proc/sys/kernel/osrelease"),
            cpu: file("/proc/cpuinfo").and_then(|text| field(&text, "model name")),
            governor: file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            backlog,
            unix_time: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
        }
    }

    /// What differs between two environments in a way that changes figures: a name and both values.
    pub(crate) fn differences(&self, other: &Environment) -> Vec<(&'static str, String, String)> {
        let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
        let build = |debug| if debug { "debug" } else { "release" }.to_owned();
        [
            ("system", format!("{} {}", self.os, self.arch), format!("{} {}", other.os, other.arch)),
            ("cores", self.cores.to_string(), other.cores.to_string()),
            ("build", build(self.debug_build), build(other.debug_build)),
            ("rustc", known(&self.rustc), known(&other.rustc)),
            ("kernel", known(&self.kernel), known(&other.kernel)),
            ("CPU", known(&self.cpu), known(&other.cpu)),
            ("governor", known(&self.governor), known(&other.governor)),
        ]
        .into_iter()
        .filter(|(_, ours, theirs)| ours != theirs)
        .collect()
    }
}

fn commit() -> Option<String> {
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]).stdin(Stdio::null());
    let output = git.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

fn file(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned())
}

/// The value of the first `name : value` line.
fn field(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "model\t\t: 6\nmodel name\t: A CPU @ 2: 3 GHz\nmodel name\t: other\n";
        assert_eq!(field(text, "model name").as_deref(), Some("A CPU @ 2: 3 GHz"));
        assert_eq!(field(text, "flags"), None);
    }

    #[test]
    fn what_changes_figures_is_named_and_what_does_not_is_not() {
        let here = Environment::here();
        let later = Environment { unix_time: 1, commit: Some("another".to_owned()), ..here.clone() };
        assert_eq!(here.differences(&later), []);
        let elsewhere = Environment { cores: 1024, ..here.clone() };
        assert_eq!(here.differences(&elsewhere), [("cores", here.cores.to_string(), "1024".to_owned())]);
    }
}
