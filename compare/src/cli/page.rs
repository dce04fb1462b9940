//! The page and the data that every comparison leaves behind.

use crate::{Report, report};
use polyserve_host::{Error, Result};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Marks a folder whose contents can be made again; cargo puts it in its target folder.
const CACHE_TAG: &str = "CACHEDIR.TAG";

/// `polyserve/latest` in the target folder that this program was built in; `polyserve-report` in the current directory for
/// one that is installed. A simulation has a folder of its own, so that it never stands where a measurement was.
pub(super) fn default_directory(report: &Report) -> PathBuf {
    let (inside, installed) = if report.simulated.is_some() {
        ("simulated", "polyserve-simulated")
    } else {
        ("latest", "polyserve-report")
    };
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.join(CACHE_TAG).is_file());
    let place = target.map(|target| target.join("polyserve").join(inside));
    place.unwrap_or_else(|| PathBuf::from(installed))
}

/// Writes `report.html`, `run.json` and, if anything was traced, `trace.json`, and says where.
pub(super) fn write(report: &Report, directory: &Path) -> Result<String> {
    let failed = |path: &Path| {
        let what = format!("cannot write {}", path.display());
        move |error| Error::io(what, error)
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let put = |name: &str, text: io::Result<String>| {
        let path = directory.join(name);
        text.and_then(|text| fs::write(&path, text)).map_err(failed(&path))?;
        Ok::<_, Error>(shown(&path))
    };
    let data = put("run.json", report::json(report))?;
    let mut places = format!("data          {data}\n");
    if report.timelines.is_empty() {
        // Another comparison's would be taken for this one's.
        match fs::remove_file(directory.join("trace.json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(directory)(error)),
            _ => {}
        }
    } else {
        let trace = put("trace.json", report::chrome_trace(report))?;
        places.push_str(&format!("trace         {trace}   (ui.perfetto.dev opens it)\n"));
    }
    let page = put("report.html", report::html(report))?;
    places.push_str(&format!("report        {page}"));
    Ok(places)
}

/// As short as a shell in this directory takes it.
fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
