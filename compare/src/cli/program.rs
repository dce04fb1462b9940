//! `--server`: any program that serves.

use std::net::SocketAddr;
use std::process::Command;

use crate::Contender;

/// How it is started, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    name: String,
    /// The program and its arguments, with placeholders.
    words: Vec<String>,
}

impl Program {
    /// `NAME=COMMAND ARGS`, with quotes as a POSIX shell has them, but without a shell's expansions.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "a server is NAME=COMMAND ARGS, as in 'nginx=nginx -c /tmp/nginx.conf' or \
                            'mine=target/release/mine --port {port}'";
        let (name, command) = text.split_once('=').ok_or(FORM)?;
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(FORM.to_owned());
        }
        let words = shlex::split(command).ok_or_else(|| format!("a quote is not closed in {command}"))?;
        if words.is_empty() {
            return Err(FORM.to_owned());
        }
        Ok(Self { name: name.to_owned(), words })
    }

    fn command(&self, addr: SocketAddr) -> Command {
        let mut words = self.words.iter().map(|word| fill(word, addr));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }

    pub(super) fn contender(self) -> Contender {
        Contender::foreign(self.name.clone(), move |addr| self.command(addr))
    }
}

fn fill(word: &str, addr: SocketAddr) -> String {
    word.replace("{port}", &addr.port().to_string()).replace("{addr}", &addr.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_told_where_to_listen() {
        let program = Program::parse("it=serve --at={addr} -c 'port {port};' \"\"").unwrap();
        assert_eq!(program.name, "it");
        let command = program.command("127.0.0.1:7".parse().unwrap());
        assert_eq!(command.get_program(), "serve");
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["--at=127.0.0.1:7", "-c", "port 7;", ""]);
    }

    #[test]
    fn what_is_no_command_is_explained() {
        for text in ["serve", "=serve", "it=", "it= ", "an it=serve"] {
            assert!(Program::parse(text).unwrap_err().starts_with("a server is NAME=COMMAND ARGS"), "{text}");
        }
        assert!(Program::parse("it=serve 'x").unwrap_err().contains("a quote is not closed"));
    }
}
