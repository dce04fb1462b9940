//! The words of a condition.

use super::{ClaimError, Operator};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A number with the letters that follow it at once.
    Number(f64, String),
    /// `base`, or `contender.metric`; names may have dashes.
    Word(String),
    Operator(Operator),
    Times,
    And,
    Or,
}

/// Each word with the byte it begins at.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ClaimError> {
    const SYMBOLS: [(&str, Token); 7] = [
        ("||", Token::Or),
        ("&&", Token::And),
        ("<=", Token::Operator(Operator::AtMost)),
        (">=", Token::Operator(Operator::AtLeast)),
        ("<", Token::Operator(Operator::Less)),
        (">", Token::Operator(Operator::More)),
        ("*", Token::Times),
    ];
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if let Some((symbol, token)) = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
            tokens.push((at, token.clone()));
            at += symbol.len();
        } else if first.is_ascii_digit() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let unit = &rest[digits..];
            let unit = &unit[..unit.find(|c: char| !c.is_alphabetic() && c != '%').unwrap_or(unit.len())];
            let number = rest[..digits].parse().map_err(|_| ClaimError {
                text: text.to_owned(),
                at,
                what: format!("{} is not a number", &rest[..digits]),
            })?;
            tokens.push((at, Token::Number(number, unit.to_owned())));
            at += digits + unit.len();
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-.".contains(c)).unwrap_or(rest.len());
            tokens.push((at, Token::Word(rest[..end].to_owned())));
            at += end;
        } else {
            return Err(ClaimError {
                text: text.to_owned(),
                at,
                what: format!("{first:?} means nothing here: a condition is like 'threaded.p99 > 120ms'"),
            });
        }
    }
    Ok(tokens)
}
