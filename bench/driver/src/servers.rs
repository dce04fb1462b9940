//! Who takes part, how each is started, and what it can do.

use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use polyserve_compare::Contender;

/// One server.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// Its name in all tables.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    start: Start,
    /// `GET /wait` without a limit on how many wait at once.
    pub(crate) waits: bool,
    /// `POST /echo` of bodies of any length.
    pub(crate) echoes: bool,
    /// `GET /stream`.
    pub(crate) streams: bool,
    /// Closes when it is asked to.
    pub(crate) closes: bool,
    /// A thread for each connection.
    pub(crate) threads: bool,
}

/// What a server is to the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The limit: no HTTP to speak of.
    Canned,
    /// One of polyserve's runtimes.
    Ours,
    Peer,
}

#[derive(Clone, Debug)]
enum Start {
    /// A program of this workspace, with arguments before the port.
    Own(PathBuf, Vec<&'static str>),
    /// nginx, by a configuration that is written for each start.
    Nginx(PathBuf),
}

impl Server {
    pub(crate) fn own(name: &str, kind: Kind, program: PathBuf, args: &[&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            start: Start::Own(program, args.to_vec()),
            waits: true,
            echoes: true,
            streams: true,
            closes: true,
            threads: false,
        }
    }

    /// The same under another name.
    pub(crate) fn named(&self, name: String) -> Self {
        Self { name, ..self.clone() }
    }

    /// As a contender; `further` arguments go after the port.
    pub(crate) fn contender(&self, further: Vec<String>) -> Contender {
        let start = self.start.clone();
        Contender::foreign(self.name.clone(), move |addr| match &start {
            Start::Own(program, args) => {
                let mut command = Command::new(program);
                command.args(args).arg(addr.port().to_string()).args(&further);
                command
            }
            Start::Nginx(program) => nginx(program, addr),
        })
    }

    /// As a contender where bodies are long: hyper's peer is told, for what serves it with pipelined requests holds all of a
    /// body in memory.
    pub(crate) fn for_bodies(&self) -> Contender {
        self.contender(if self.name == "hyper" { vec!["bodies".to_owned()] } else { Vec::new() })
    }

    /// The same with no more than so many descriptors; `None` for one whose command is not a program of this workspace.
    pub(crate) fn with_descriptors(&self, descriptors: usize) -> Option<Contender> {
        self.by(vec![
            "sh".to_owned(),
            "-c".to_owned(),
            format!("ulimit -n {descriptors} && exec \"$0\" \"$@\""),
        ])
    }

    /// The same on one core, with taskset(1); `None` as above.
    pub(crate) fn on_core(&self, core: usize) -> Option<Contender> {
        self.by(vec!["taskset".to_owned(), "--cpu-list".to_owned(), core.to_string()])
    }

    /// Started by another program, which becomes this one.
    fn by(&self, words: Vec<String>) -> Option<Contender> {
        let Start::Own(program, args) = self.start.clone() else {
            return None;
        };
        Some(Contender::foreign(self.name.clone(), move |addr| {
            let mut words = words.iter();
            let mut command = Command::new(words.next().map_or("", String::as_str));
            command.args(words).arg(&program).args(&args).arg(addr.port().to_string());
            command
        }))
    }

    /// The feature of the peers' package that builds it.
    fn feature(&self) -> Option<String> {
        match (self.kind, &self.start) {
            (Kind::Canned, _) => Some("canned".to_owned()),
            (Kind::Peer, Start::Own(..)) => Some(self.name.replace('_', "-")),
            (Kind::Ours, _) | (_, Start::Nginx(_)) => None,
        }
    }

    fn program(&self) -> &Path {
        match &self.start {
            Start::Own(program, _) | Start::Nginx(program) => program,
        }
    }
}

/// All servers, whether or not they are there.
pub(crate) fn all(nginx: Option<&Path>, before: Option<&Path>) -> Vec<Server> {
    let bin = |name: &str| directory().join(format!("{name}{}", env::consts::EXE_SUFFIX));
    let peer =
        |name: &str| Server::own(name, Kind::Peer, bin(&format!("peer-{}", name.replace('_', "-"))), &[]);
    let canned = |name: &str| Server { kind: Kind::Canned, ..peer(name) };
    let mut servers = vec![canned("canned-loop"), Server { threads: true, ..canned("canned-threads") }];
    let ours = |program: &Path, suffix: &str| {
        ["poll-loop", "timer-offload", "async", "threaded", "hyper"].map(|runtime| Server {
            // A handler that waits holds the loop.
            waits: runtime != "poll-loop",
            threads: runtime == "threaded",
            ..Server::own(&format!("polyserve {runtime}{suffix}"), Kind::Ours, program.to_owned(), &[runtime])
        })
    };
    servers.extend(ours(&bin("polyserve-peer"), ""));
    if let Some(before) = before {
        servers.extend(ours(before, " before"));
    }
    servers.extend([
        peer("hyper"),
        Server { closes: false, streams: false, ..peer("may_minihttp") },
        Server {
            start: Start::Nginx(nginx.map_or_else(|| "nginx".into(), Path::to_owned)),
            waits: false,
            echoes: false,
            streams: false,
            ..peer("nginx")
        },
        peer("actix-web"),
        peer("ntex"),
        peer("axum"),
        // Both answer with 64 threads.
        Server { waits: false, echoes: false, threads: true, ..peer("tiny_http") },
        Server { waits: false, echoes: false, threads: true, ..peer("rouille") },
    ]);
    servers
}

/// Whether a server can be started on this machine.
pub(crate) fn is_there(server: &Server) -> bool {
    match &server.start {
        Start::Own(program, _) => program.is_file(),
        Start::Nginx(program) => {
            let version = Command::new(program).arg("-v").stderr(Stdio::null()).status();
            version.is_ok_and(|status| status.success())
        }
    }
}

/// Builds the programs of these servers, and no others, for they bring hundreds of crates. One that does not build leaves the
/// others alone, and is missing afterwards.
pub(crate) fn build(servers: &[&Server]) -> io::Result<()> {
    let own = |server: &&&Server| matches!(server.start, Start::Own(..));
    for program in servers.iter().filter(own).map(|server| server.program()) {
        // Cargo puts it there again if it is up to date: what is there afterwards has been built from these sources. An
        // earlier build that takes part lies elsewhere.
        if program.parent() == Some(&directory()) && program.is_file() {
            fs::remove_file(program)?;
        }
    }
    let mut features: Vec<String> = servers.iter().filter_map(|server| server.feature()).collect();
    features.sort_unstable();
    features.dedup();
    let complete = [
        cargo(&["-p", "polyserve-bench-hosts"])?,
        cargo(&["-p", "polyserve-bench-peers", "--no-default-features", "--features", &features.join(",")])?,
    ];
    if complete.contains(&false) {
        eprintln!("not everything was built; what is missing is left out");
    }
    Ok(())
}

/// Whether all was built.
fn cargo(what: &[&str]) -> io::Result<bool> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--quiet", "--keep-going"]).args(what);
    Ok(command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).status()?.success())
}

/// Where this program is, the others are, too.
fn directory() -> PathBuf {
    let program = env::current_exe().ok();
    program.as_deref().and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned)
}

/// One process without a master, so that all that it uses is its own.
fn nginx(program: &Path, addr: SocketAddr) -> Command {
    let directory = env::temp_dir().join(format!("polyserve-bench-nginx-{}", std::process::id()));
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {}/{name};", directory.display()))
        .join(" ");
    let config = format!(
        "daemon off; master_process off; pid {0}/pid; error_log stderr crit;\n\
         events {{ worker_connections 100000; }}\n\
         http {{\n\
         access_log off; {paths}\n\
         keepalive_requests 1000000000; keepalive_timeout 75s; default_type text/plain;\n\
         server {{ listen {addr} backlog=4096; location / {{ return 200 \"Hello, World!\"; }} }}\n\
         }}\n",
        directory.display(),
    );
    let file = directory.join("nginx.conf");
    // What could not be written, nginx does not find, and says so.
    if let Err(error) = fs::create_dir_all(&directory).and_then(|()| fs::write(&file, config)) {
        eprintln!("cannot write {}: {error}", file.display());
    }
    let mut command = Command::new(program);
    command.arg("-p").arg(&directory).arg("-c").arg(&file).arg("-e").arg("stderr");
    command
}
