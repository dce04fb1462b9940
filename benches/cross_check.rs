//! `compare` beside wrk, ab and oha: the same server, the same requests, in turns.
//!
//! ```console
//! cargo bench --bench cross_check                       # five rounds of two seconds for each tool and shape
//! cargo bench --bench cross_check -- --rounds 9 --seconds 5 --runtime async
//! ```
//!
//! One server process answers all tools of a shape, on a core of its own; the tools take turns on another. What is
//! printed is the median of the rounds, and how far `compare` is from each tool. It should be within 5 % of a throughput
//! and 10 % of a percentile; CONTRIBUTING.md says where it is not, and why. A tool that is not installed is left out.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program of its own")]

use polyserve_compare::{Bound, Contender, Mode, Plan, RequestSpec, run};
use std::{
    env, error, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    num::NonZeroUsize,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

const CLIENTS: &str = "10";
const RATE_WITHIN: f64 = 0.05;
const PERCENTILE_WITHIN: f64 = 0.10;

/// What is asked, and how.
struct Shape {
    name: &'static str,
    path: &'static str,
    wait: &'static str,
    mode: Mode,
}

const SHAPES: [Shape; 3] = [
    Shape { name: "/plaintext, keep-alive", path: "/plaintext", wait: "0ms", mode: Mode::KeepAlive },
    Shape { name: "/ with 10 ms, keep-alive", path: "/", wait: "10ms", mode: Mode::KeepAlive },
    Shape { name: "/ with 10 ms, new connections", path: "/", wait: "10ms", mode: Mode::NewConnection },
];

/// What a tool found: requests a second, and milliseconds.
#[derive(Clone, Copy)]
struct Figures {
    rate: f64,
    p50: f64,
    p99: f64,
}

/// A way to load `http://{addr}{path}` for so many seconds.
type Tool = fn(&Shape, SocketAddr, u64) -> Result<Figures>;

const TOOLS: [(&str, Tool); 4] = [("compare", compare), ("wrk", wrk), ("ab", ab), ("oha", oha)];

fn main() -> Result<()> {
    let option = |name: &str| {
        let arguments: Vec<String> = env::args().collect();
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let rounds: usize = option("--rounds").as_deref().unwrap_or("5").parse()?;
    let seconds: u64 = option("--seconds").as_deref().unwrap_or("2").parse()?;
    let runtime = option("--runtime").unwrap_or_else(|| "poll-loop".to_owned());
    let mut far = 0;
    for shape in &SHAPES {
        // A handler's sleep would hold a loop.
        let runtime = if shape.wait == "0ms" { &runtime } else { "async" };
        println!("\n{} on {runtime}, {CLIENTS} clients, {rounds} rounds of {seconds} s", shape.name);
        let server = Server::start(runtime, shape.wait)?;
        let mut found: Vec<(&str, Tool, Vec<Figures>)> =
            TOOLS.map(|(name, tool)| (name, tool, Vec::new())).into();
        for round in 0..rounds {
            let first = round % found.len().max(1);
            found.rotate_left(first);
            found.retain_mut(|(name, tool, figures)| match tool(shape, server.addr, seconds) {
                Ok(found) => {
                    figures.push(found);
                    true
                }
                Err(error) => {
                    eprintln!("{name} is left out: {error}");
                    false
                }
            });
        }
        found.sort_by_key(|(name, ..)| TOOLS.iter().position(|(known, _)| known == name));
        far += table(&found);
    }
    if far > 0 {
        println!(
            "\n{far} figures (!) are further apart than they should be: 5 % of a rate, 10 % of a percentile"
        );
    }
    Ok(())
}

/// Prints the medians, and `compare`'s by each other tool's. How many of these are too far from 1.
fn table(found: &[(&str, Tool, Vec<Figures>)]) -> usize {
    let columns: [fn(&Figures) -> f64; 3] = [|f| f.rate, |f| f.p50, |f| f.p99];
    let of = |figures: &[Figures]| columns.map(|column| median(figures.iter().map(column).collect()));
    let own = found.iter().find(|(name, ..)| *name == "compare").map(|(_, _, figures)| of(figures));
    println!("{:10} {:>11} {:>11} {:>11}   compare by it: rate, p50, p99", "", "req/s", "p50 ms", "p99 ms");
    let mut far = 0;
    for (name, _, figures) in found {
        let theirs = of(figures);
        print!("{name:10} {:>11.1} {:>11.3} {:>11.3}  ", theirs[0], theirs[1], theirs[2]);
        if let Some(own) = own.filter(|_| *name != "compare") {
            for ((own, theirs), within) in
                own.iter().zip(theirs).zip([RATE_WITHIN, PERCENTILE_WITHIN, PERCENTILE_WITHIN])
            {
                let apart = own / theirs - 1.0;
                let mark = if apart.abs() > within { '!' } else { ' ' };
                far += usize::from(mark == '!');
                print!(" {:>+7.1} %{mark}", 100.0 * apart);
            }
        }
        println!();
    }
    far
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One process for all tools.
struct Server {
    child: Child,
    addr: SocketAddr,
}

impl Server {
    fn start(runtime: &str, wait: &str) -> Result<Self> {
        let mut command = pinned(Side::Server, env!("CARGO_BIN_EXE_polyserve"));
        command.args(["serve", "--for-compare", "--port", "0", "--runtime", runtime, "--wait", wait]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let addr = line.trim_end().strip_prefix("listening on http://").ok_or("it does not listen")?;
        Ok(Self { addr: addr.parse()?, child })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input stops it; it fails only if it is gone already.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[derive(Clone, Copy)]
enum Side {
    Server,
    Client,
}

/// The cores that `compare` itself would give to either side: the last one to the client, the others to the server.
fn pinned(side: Side, program: &str) -> Command {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if cores == 1 {
        return Command::new(program);
    }
    let list = match side {
        Side::Server => format!("0-{}", cores - 2),
        Side::Client => (cores - 1).to_string(),
    };
    let mut command = Command::new("taskset");
    command.args(["-c", &list, program]);
    command
}

fn compare(shape: &Shape, addr: SocketAddr, seconds: u64) -> Result<Figures> {
    let contender = Contender::outside("it", addr, addr.to_string());
    let mut plan = Plan::new(vec![contender], RequestSpec::get(shape.path.parse()?));
    plan.modes = vec![shape.mode];
    plan.rounds = 1;
    plan.bound = Bound::Duration(Duration::from_secs(seconds));
    plan.connections = vec![CLIENTS.parse()?];
    let report = run(&plan, &mut ())?;
    let found = report.runs.first().ok_or("nothing was measured")?;
    // Too few answers for a percentile are none.
    let millis = |ns: Option<u64>| ns.map_or(f64::NAN, |ns| ns as f64 / 1e6);
    Ok(Figures {
        rate: found.requests_per_second.value,
        p50: millis(found.latency.p50_ns),
        p99: millis(found.latency.p99_ns),
    })
}

/// What the tool prints about this address.
fn output(mut command: Command, url: &str) -> Result<String> {
    let output = command.arg(url).stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{}; {}", output.status, why.trim()).into());
    }
    Ok(text)
}

/// A file for one run of a tool.
fn scratch(name: &str) -> PathBuf {
    env::temp_dir().join(format!("polyserve-{}-{name}", std::process::id()))
}

/// wrk prints percentiles rounded; its script is given them in microseconds.
fn wrk(shape: &Shape, addr: SocketAddr, seconds: u64) -> Result<Figures> {
    const SCRIPT: &str = "done = function(summary, latency) io.write(string.format('figures %f %f %f\\n', \
        summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3)) end";
    let script = scratch("wrk.lua");
    fs::write(&script, SCRIPT)?;
    let mut command = pinned(Side::Client, "wrk");
    command.args(["-t1", "-c", CLIENTS, "-d", &format!("{seconds}s"), "-s"]).arg(&script);
    if shape.mode == Mode::NewConnection {
        command.args(["-H", "Connection: close"]);
    }
    let text = output(command, &url(shape, addr));
    fs::remove_file(&script)?;
    let text = text?;
    let line = text.lines().find_map(|line| line.strip_prefix("figures ")).ok_or("it printed no figures")?;
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<std::result::Result<_, _>>()?;
    let [rate, p50, p99] = numbers[..] else { return Err("it printed other figures".into()) };
    Ok(Figures { rate, p50, p99 })
}

/// ab prints whole milliseconds; its file has thousandths.
fn ab(shape: &Shape, addr: SocketAddr, seconds: u64) -> Result<Figures> {
    let file = scratch("ab.csv");
    let mut command = pinned(Side::Client, "ab");
    // -t comes with 50 000 requests at the most, unless -n follows.
    command.args(["-q", "-c", CLIENTS, "-t", &seconds.to_string(), "-n", "1000000", "-e"]).arg(&file);
    if shape.mode == Mode::KeepAlive {
        command.arg("-k");
    }
    let text = output(command, &url(shape, addr))?;
    let rows = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests per second:")).unwrap_or_default();
    let rate = rate.split_whitespace().next().ok_or("it printed no rate")?.parse()?;
    let percentile = |percent: &str| -> Result<f64> {
        let row = rows.lines().find_map(|row| row.strip_prefix(percent)?.strip_prefix(','));
        Ok(row.ok_or("it wrote no percentiles")?.trim().parse()?)
    };
    Ok(Figures { rate, p50: percentile("50")?, p99: percentile("99")? })
}

fn oha(shape: &Shape, addr: SocketAddr, seconds: u64) -> Result<Figures> {
    let program = env::var("OHA").unwrap_or_else(|_| "oha".to_owned());
    let mut command = pinned(Side::Client, &program);
    command.args(["--no-tui", "--output-format", "json", "-c", CLIENTS, "-z", &format!("{seconds}s")]);
    if shape.mode == Mode::NewConnection {
        command.arg("--disable-keepalive");
    }
    let found: serde_json::Value = serde_json::from_str(&output(command, &url(shape, addr))?)?;
    let number = |value: &serde_json::Value| value.as_f64().ok_or("it printed no such figure");
    let percentiles = &found["latencyPercentiles"];
    Ok(Figures {
        rate: number(&found["summary"]["requestsPerSec"])?,
        p50: 1e3 * number(&percentiles["p50"])?,
        p99: 1e3 * number(&percentiles["p99"])?,
    })
}

fn url(shape: &Shape, addr: SocketAddr) -> String {
    format!("http://{addr}{}", shape.path)
}
