//! `--shape`: a handler, a load and what they show, by one name.
//!
//! Three of the shapes need a handler that does as they say. The program is asked for it by its route, as the demo has it,
//! so that any program with such a route takes part.

use super::work;
use crate::{Limit, Pacing, Shape as Shown};
use clap::ValueEnum;
use http::{Method, uri::PathAndQuery};
use polyserve_core::{Handler, RouteList};
use polyserve_host::{Error, Result};
use std::{num::NonZeroUsize, time::Duration};

/// What a handler of `cpu` and `mixed` computes takes about this long on a core that nobody else uses.
const COMPUTING: Duration = Duration::from_millis(10);
/// What the tutorial's handlers sleep.
const WAIT: Duration = super::TUTORIAL_WAIT;
/// What `mixed` sleeps: with ten clients, one core falls short of them and two do not.
const MIXED_WAIT: Duration = Duration::from_millis(50);
/// What the models of slow clients' servers have to do: without any work, those who are not slow would be served in no time.
const SMALL_WORK: Duration = Duration::from_micros(100);
/// One client in ten takes 100 ms for its request, in five pieces.
const SLOW: Pacing = match NonZeroUsize::new(10) {
    Some(one_in) => Pacing { one_in, pieces: 5, pause: Duration::from_millis(25) },
    None => panic!("ten is not zero"),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// The handler sleeps: what does that hold? The default
    Wait,
    /// The handler at GET /cpu computes: how many cores are busy?
    Cpu,
    /// The handler at GET /mixed computes, then sleeps: waits can overlap, computing only on several cores
    Mixed,
    /// The handler at GET /big answers with a megabyte: what do copies and buffers cost?
    BigBody,
    /// One client in ten takes 100 ms to send its request: whom does it hold up?
    SlowClient,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Shaped {
    /// A handler and a load that show one thing
    #[arg(long, value_enum, value_name = "SHAPE", help_heading = "Load")]
    shape: Option<Shape>,

    /// Steps that handlers of the shapes cpu and mixed compute [default: as many as take 10 ms here, found out first]
    #[arg(long, value_name = "STEPS", help_heading = "Load")]
    work: Option<u64>,
}

/// What the handlers of a shape are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) wait: Duration,
    pub(super) work: Option<u64>,
}

/// A shape without a program.
#[derive(Debug)]
pub(super) struct Modelled {
    pub(super) wait: Duration,
    pub(super) cpu: Duration,
    pub(super) send: Duration,
    pub(super) one_in: NonZeroUsize,
    pub(super) cores: NonZeroUsize,
    pub(super) shown: Option<Shown>,
}

impl Shape {
    /// The route that a program has to have.
    fn path(self) -> Option<&'static str> {
        match self {
            Self::Cpu => Some("/cpu"),
            Self::Mixed => Some("/mixed"),
            Self::BigBody => Some("/big"),
            Self::Wait | Self::SlowClient => None,
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn wait(self) -> Duration {
        match self {
            Self::Wait => WAIT,
            Self::Mixed => MIXED_WAIT,
            Self::Cpu | Self::BigBody | Self::SlowClient => Duration::ZERO,
        }
    }

    fn computes(self) -> bool {
        matches!(self, Self::Cpu | Self::Mixed)
    }

    fn shows(self) -> &'static str {
        match self {
            Self::Wait => "the handler sleeps: what does that hold?",
            Self::Cpu => "the handler computes: how many cores does that keep busy?",
            Self::Mixed => "it computes, then sleeps: sleeps can overlap, computing needs cores",
            Self::BigBody => "1 MiB in each answer: what do copies and buffers cost (CPU/req, mem/conn)?",
            Self::SlowClient => "one client in ten sends for 100 ms: whom does it hold up?",
        }
    }

    fn limit(self) -> Limit {
        match self {
            Self::Cpu | Self::Mixed => Limit::Cores,
            Self::BigBody => Limit::Bytes,
            Self::Wait | Self::SlowClient => Limit::Waits,
        }
    }

    fn shown(self, set_up: String) -> Shown {
        Shown { name: self.name(), shows: self.shows().to_owned(), set_up, limit: self.limit() }
    }
}

impl Shaped {
    /// Refuses a shape that this program has no handler for.
    ///
    /// # Errors
    /// The error names the route that is missing, and the next command.
    pub(super) fn check(&self, app: &dyn Handler, program: &str) -> Result {
        let Some((shape, path)) = self.shape.and_then(|shape| Some((shape, shape.path()?))) else {
            return Ok(());
        };
        let routes = RouteList::of(app).0;
        let answers = |route: &polyserve_core::Route| {
            route.path.as_deref() == Some(path)
                && route.method.as_ref().is_none_or(|method| *method == Method::GET)
        };
        if routes.iter().any(answers) {
            return Ok(());
        }
        Err(Error::setting(format!(
            "--shape {} measures the handler at GET {path}, and this program has none: add one (polyserve's src/main.rs \
             shows how), or measure a handler of your own with `{program} compare --path /...`; --shape slow-client works \
             with any",
            shape.name()
        )))
    }

    /// The path that the shape measures.
    ///
    /// # Errors
    /// Another path was asked for.
    pub(super) fn path(&self, asked: Option<PathAndQuery>) -> Result<PathAndQuery> {
        let own = self.shape.and_then(|shape| Some((shape, shape.path()?)));
        match (own, asked) {
            (Some((shape, path)), Some(asked)) if asked != path => Err(Error::setting(format!(
                "--shape {} measures {path}, not {asked}: leave --path or --shape out",
                shape.name()
            ))),
            (Some((_, path)), _) => Ok(PathAndQuery::from_static(path)),
            (None, asked) => Ok(asked.unwrap_or_else(|| PathAndQuery::from_static("/"))),
        }
    }

    /// What the servers are told, finding out first how fast this machine computes.
    pub(super) fn told(&self, wait: Option<Duration>) -> Told {
        let computes = self.shape.is_some_and(Shape::computes);
        let usual = || computes.then(|| work::steps_in(COMPUTING));
        Told {
            wait: wait.unwrap_or_else(|| self.shape.map_or(WAIT, Shape::wait)),
            work: self.work.or_else(usual),
        }
    }

    pub(super) fn pacing(&self) -> Option<Pacing> {
        (self.shape == Some(Shape::SlowClient)).then_some(SLOW)
    }

    /// Whether servers are to have all cores: the load generator needs next to nothing of one, and the question is how many
    /// of them a runtime uses.
    pub(super) fn needs_all_cores(&self) -> bool {
        self.shape.is_some_and(Shape::computes)
    }

    /// What the report says of the shape.
    pub(super) fn shown(&self, told: Told) -> Option<Shown> {
        let shape = self.shape?;
        let set_up = match told.work.filter(|_| shape.computes()) {
            None => String::new(),
            Some(steps) if self.work.is_some() => format!("{steps} steps for everybody"),
            Some(steps) => format!("{steps} steps for everybody, about 10 ms of a core"),
        };
        Some(shape.shown(set_up))
    }

    /// The shape for a simulation.
    ///
    /// # Errors
    /// A model has no bytes, so it has no large ones.
    pub(super) fn model(&self) -> Result<Modelled> {
        let one = NonZeroUsize::MIN;
        let shape = self.shape.unwrap_or(Shape::Wait);
        let slow = shape == Shape::SlowClient;
        let cpu = match shape {
            Shape::Cpu | Shape::Mixed => COMPUTING,
            Shape::SlowClient => SMALL_WORK,
            Shape::Wait => Duration::ZERO,
            Shape::BigBody => {
                return Err(Error::setting(
                    "a model has no bytes, so --shape big-body is only measured: leave --simulate out",
                ));
            }
        };
        Ok(Modelled {
            wait: shape.wait(),
            cpu,
            send: if slow { SLOW.length() } else { Duration::ZERO },
            one_in: if slow { SLOW.one_in } else { one },
            cores: if shape.computes() { one.saturating_add(1) } else { one },
            shown: self.shape.map(|shape| shape.shown(String::new())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use polyserve_core::{Reply, Router, handler_fn};

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        shaped: Shaped,
    }

    fn shaped(flags: &[&str]) -> Shaped {
        let flags = Flags::try_parse_from([&["compare"], flags].concat());
        flags.unwrap_or_else(|error| panic!("{error}")).shaped
    }

    fn app(method: Method, path: &str) -> Router {
        Router::new().route(method, path, handler_fn(|_| Reply::from("")))
    }

    #[test]
    fn a_program_without_the_handler_of_a_shape_is_told_what_to_do() {
        for (shape, path) in [("cpu", "/cpu"), ("mixed", "/mixed"), ("big-body", "/big")] {
            let shaped = shaped(&["--shape", shape]);
            shaped.check(&app(Method::GET, path), "mine").unwrap();
            for other in [app(Method::POST, path), app(Method::GET, "/")] {
                let error = shaped.check(&other, "mine").unwrap_err().to_string();
                assert!(
                    error.contains(&format!("the handler at GET {path}, and this program has none")),
                    "{error}"
                );
                assert!(error.contains("`mine compare --path /...`"), "{error}");
            }
        }
        for shape in ["wait", "slow-client"] {
            shaped(&["--shape", shape]).check(&app(Method::GET, "/mine"), "mine").unwrap();
        }
    }

    #[test]
    fn a_shape_has_one_path_and_a_load_any() {
        let mine = || Some(PathAndQuery::from_static("/mine"));
        assert_eq!(shaped(&["--shape", "cpu"]).path(None).unwrap(), "/cpu");
        assert_eq!(shaped(&["--shape", "slow-client"]).path(mine()).unwrap(), "/mine");
        assert_eq!(shaped(&[]).path(None).unwrap(), "/");
        let error = shaped(&["--shape", "cpu"]).path(mine()).unwrap_err().to_string();
        assert_eq!(error, "--shape cpu measures /cpu, not /mine: leave --path or --shape out");
    }

    #[test]
    fn what_is_asked_for_goes_before_what_a_shape_has() {
        let shaped = shaped(&["--shape", "mixed", "--work", "700"]);
        let told = shaped.told(Some(Duration::from_millis(3)));
        assert_eq!(told, Told { wait: Duration::from_millis(3), work: Some(700) });
        assert_eq!(shaped.told(None).wait, MIXED_WAIT);
        let shown = shaped.shown(told).unwrap();
        assert_eq!((shown.name.as_str(), shown.set_up.as_str()), ("mixed", "700 steps for everybody"));
    }

    #[test]
    fn a_large_answer_is_only_measured() {
        let error = shaped(&["--shape", "big-body"]).model().unwrap_err().to_string();
        assert!(error.contains("leave --simulate out"), "{error}");
    }
}
