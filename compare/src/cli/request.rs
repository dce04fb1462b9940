//! The request that is measured, as flags of `compare`: curl's where curl has one.

use crate::{Mode, RequestSpec};
use bytes::Bytes;
use clap::ValueEnum;
use http::{HeaderMap, HeaderName, HeaderValue, Method, uri::PathAndQuery};
use polyserve_host::{Error, Result};
use std::fs;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Request {
    /// The path, with its query, that is asked for [default: /, or what the shape measures]
    #[arg(short, long, value_name = "PATH")]
    pub(super) path: Option<PathAndQuery>,

    /// The method [default: GET, or POST with a body]
    #[arg(short, long, value_name = "METHOD")]
    method: Option<Method>,

    /// A header field; may be given several times
    #[arg(short = 'H', long = "header", value_parser = header, value_name = "NAME: VALUE")]
    headers: Vec<(HeaderName, HeaderValue)>,

    /// The body, or @FILE for a file's content
    #[arg(short, long, value_name = "TEXT|@FILE")]
    body: Option<String>,

    /// The connection mode, or both one after the other
    #[arg(long, value_enum, default_value_t = Modes::New)]
    mode: Modes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Modes {
    /// A new connection for each request, as ab does
    New,
    /// Connections that are kept
    KeepAlive,
    Both,
}

impl Request {
    pub(super) fn modes(&self) -> Vec<Mode> {
        match self.mode {
            Modes::New => vec![Mode::NewConnection],
            Modes::KeepAlive => vec![Mode::KeepAlive],
            Modes::Both => vec![Mode::NewConnection, Mode::KeepAlive],
        }
    }

    /// The request for that path, with its body read.
    pub(super) fn read(self, path: PathAndQuery) -> Result<RequestSpec> {
        let body = match self.body {
            None => None,
            Some(text) => Some(match text.strip_prefix('@') {
                None => Bytes::from(text),
                Some(file) => fs::read(file)
                    .map_err(|error| Error::io(format!("cannot read the body from {file:?}"), error))?
                    .into(),
            }),
        };
        let usual = if body.is_some() { Method::POST } else { Method::GET };
        Ok(RequestSpec {
            method: self.method.unwrap_or(usual),
            path,
            headers: self.headers.into_iter().collect::<HeaderMap>(),
            body: body.unwrap_or_default(),
        })
    }
}

fn header(text: &str) -> std::result::Result<(HeaderName, HeaderValue), String> {
    const FORM: &str = "a header field is NAME: VALUE, as in 'Accept: text/html'";
    let (name, value) = text.split_once(':').ok_or(FORM)?;
    let name = name.parse().map_err(|error| format!("{error}: {FORM}"))?;
    let value = value.trim().parse().map_err(|error| format!("{error}: {FORM}"))?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Flags {
        #[command(flatten)]
        request: Request,
    }

    fn parse(flags: &[&str]) -> std::result::Result<RequestSpec, String> {
        let flags =
            Flags::try_parse_from([&["compare"], flags].concat()).map_err(|error| error.to_string())?;
        let path = flags.request.path.clone().unwrap_or_else(|| PathAndQuery::from_static("/"));
        flags.request.read(path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_body_makes_it_a_post() {
        let request =
            parse(&["-p", "/echo?a=b", "-H", "Accept: text/html", "-H", "X-A:1", "-b", "hello"]).unwrap();
        assert_eq!(request.method, Method::POST);
        assert_eq!(request.path, "/echo?a=b");
        assert_eq!(request.headers["accept"], "text/html");
        assert_eq!(request.headers["x-a"], "1");
        assert_eq!(request.body, "hello");
        assert_eq!(parse(&["-m", "PUT", "-b", "hello"]).unwrap().method, Method::PUT);
        assert_eq!(parse(&[]).unwrap().method, Method::GET);
    }

    #[test]
    fn a_body_may_be_a_file() {
        let file = concat!("@", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert!(parse(&["-b", file]).unwrap().body.starts_with(b"[package]"));
        let error = parse(&["-b", "@nothing-of-this-name"]).unwrap_err();
        assert!(error.starts_with("cannot read the body from \"nothing-of-this-name\": "), "{error}");
    }

    #[test]
    fn what_is_no_header_field_is_explained() {
        for field in ["Accept", "A B: c", "A: \u{1}"] {
            let error = parse(&["-H", field]).unwrap_err();
            assert!(error.contains("a header field is NAME: VALUE, as in 'Accept: text/html'"), "{error}");
        }
    }
}
