//! From words to a condition, by recursive descent.

use super::lex::{Token, tokens};
use super::{Claim, ClaimError, Comparison, Factor, Metric, Operator, Product};

pub(super) fn claim(text: &str) -> Result<Claim, ClaimError> {
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0 };
    let any = parser.separated(&Token::Or, |parser| parser.separated(&Token::And, Parser::comparison))?;
    match parser.peek() {
        None => Ok(Claim { text: text.to_owned(), any }),
        Some(_) => Err(parser.error("expected && or || or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    /// Where the next word begins, or the text ends.
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.text.len(), |(at, _)| *at)
    }

    fn error(&self, what: impl Into<String>) -> ClaimError {
        ClaimError { text: self.text.to_owned(), at: self.at(), what: what.into() }
    }

    /// One or more, with the separator between them.
    fn separated<T>(
        &mut self,
        separator: &Token,
        mut part: impl FnMut(&mut Self) -> Result<T, ClaimError>,
    ) -> Result<Vec<T>, ClaimError> {
        let mut parts = vec![part(self)?];
        while self.peek() == Some(separator) {
            self.next += 1;
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    fn comparison(&mut self) -> Result<Comparison, ClaimError> {
        let left = self.product()?;
        let operator = self.operator()?;
        let right = self.product()?;
        let comparison = Comparison { left, operator, right };
        self.check_base(&comparison)?;
        Ok(comparison)
    }

    /// `base` is the earlier value of the one metric beside it.
    fn check_base(&self, comparison: &Comparison) -> Result<(), ClaimError> {
        let factors = || comparison.left.iter().chain(&comparison.right);
        let metrics = factors().filter(|factor| matches!(factor, Factor::Metric { .. })).count();
        match factors().find_map(|factor| if let Factor::Base { at } = factor { Some(*at) } else { None }) {
            Some(at) if metrics != 1 => Err(ClaimError {
                text: self.text.to_owned(),
                at,
                what: "base stands for the earlier value of one metric, as in 'async.rps < 0.95 * base'"
                    .to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn operator(&mut self) -> Result<Operator, ClaimError> {
        match self.peek() {
            Some(Token::Operator(operator)) => {
                let operator = *operator;
                self.next += 1;
                Ok(operator)
            }
            _ => Err(self.error("expected <, <=, > or >=")),
        }
    }

    fn product(&mut self) -> Result<Product, ClaimError> {
        self.separated(&Token::Times, Self::factor)
    }

    fn factor(&mut self) -> Result<Factor, ClaimError> {
        let factor = match self.peek() {
            Some(Token::Number(number, unit)) => {
                let unit = unit_of(unit).ok_or_else(|| {
                    self.error(format!("there is no unit {unit}: use ns, us, ms, s, %, KiB, MiB, kB or MB"))
                })?;
                Factor::Number(number * unit)
            }
            Some(Token::Word(word)) if word == "base" => Factor::Base { at: self.at() },
            Some(Token::Word(word)) => self.metric(word)?,
            _ => {
                return Err(
                    self.error("expected a number, or a contender and its metric, as in threaded.p99")
                );
            }
        };
        self.next += 1;
        Ok(factor)
    }

    fn metric(&self, word: &str) -> Result<Factor, ClaimError> {
        let known = || {
            let names: Vec<&str> = Metric::ALL.iter().map(|(name, _)| *name).collect();
            names.join(", ")
        };
        let Some((contender, name)) = word.rsplit_once('.') else {
            return Err(
                self.error(format!("{word} has no metric: use {word}.METRIC, with one of {}", known()))
            );
        };
        match Metric::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, metric)) => Ok(Factor::Metric { contender: contender.to_owned(), metric: *metric }),
            None => Err(self.error(format!("there is no metric {name}: use one of {}", known()))),
        }
    }
}

/// Times are nanoseconds and sizes bytes, as in the report.
fn unit_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "" | "ns" | "B" => 1.0,
        "us" | "µs" | "kB" => 1e3,
        "ms" | "MB" => 1e6,
        "s" => 1e9,
        "%" => 0.01,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        _ => return None,
    })
}
