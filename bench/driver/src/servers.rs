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
    fn own(name: &str, kind: Kind, program: PathBuf, args: &[&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            start: Start::Own(program, args.to_vec()),
            waits: true,
            echoes: true,
            closes: true,
            threads: false,
        }
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
        Server { closes: false, ..peer("may_minihttp") },
        Server {
            start: Start::Nginx(nginx.map_or_else(|| "nginx".into(), Path::to_owned)),
            waits: false,
            echoes: false,
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

/// Builds all programs of the workspace. One that does not build leaves the others alone, and is missing afterwards.
pub(crate) fn build() -> io::Result<()> {
    for server in all(None, None) {
        // Cargo puts it there again if it is up to date: what is there afterwards has been built from these sources.
        if matches!(&server.start, Start::Own(..)) && server.program().is_file() {
            fs::remove_file(server.program())?;
        }
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(cargo)
        .args([
            "build",
            "--release",
            "--quiet",
            "--keep-going",
            "-p",
            "polyserve-bench-hosts",
            "-p",
            "polyserve-bench-peers",
        ])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .status()?;
    if !status.success() {
        eprintln!("not everything was built; what is missing is left out");
    }
    Ok(())
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
