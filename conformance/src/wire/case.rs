//! What a row of the table is made of.

use super::{
    conversation::{Ending, Expected, NEXT},
    hyper::Reason,
};

/// What a client sends, and what it gets.
pub(super) struct Case {
    /// A sentence; no two cases have the same.
    pub(super) name: String,
    /// The section that asks for it, or the source of the attack.
    pub(super) source: &'static str,
    /// What a generated case is one of many of: one row of the document.
    pub(super) family: Option<&'static str>,
    pub(super) request: Vec<u8>,
    /// What the client sends when it has got `100 Continue`.
    pub(super) continued: Vec<u8>,
    pub(super) outcome: Outcome,
}

impl Case {
    pub(super) fn new(
        source: &'static str,
        name: impl Into<String>,
        outcome: Outcome,
        request: impl Into<Vec<u8>>,
    ) -> Case {
        let (name, request) = (name.into(), request.into());
        Case { name, source, family: None, request, continued: Vec::new(), outcome }
    }

    pub(super) fn continued_with(mut self, body: &str) -> Case {
        self.continued = body.into();
        self
    }

    /// Everything that the client sends without being asked. Unless the case is about a request that never ends,
    /// the next request follows at once: it is answered where the connection goes on, and nowhere else.
    pub(super) fn sent(&self) -> Vec<u8> {
        let mut sent = self.request.clone();
        if self.outcome.ending != Ending::Unfinished && self.continued.is_empty() {
            sent.extend_from_slice(NEXT);
        }
        sent
    }
}

/// What must come back for a case.
#[derive(Clone)]
pub(super) struct Outcome {
    pub(super) answers: Vec<Expected>,
    pub(super) ending: Ending,
    /// Why hyper answers otherwise, if it does.
    pub(super) hyper: Option<Reason>,
}

fn outcome(status: u16, ending: Ending) -> Outcome {
    Outcome { answers: vec![Expected::new(status)], ending, hyper: None }
}

/// One answer, and the connection goes on.
pub(super) fn goes_on(status: u16) -> Outcome {
    outcome(status, Ending::GoesOn)
}

/// 200 with this body, and the connection goes on.
pub(super) fn ok(body: &'static str) -> Outcome {
    goes_on(200).body(body)
}

/// One answer, which is the connection's last: nothing behind the request is looked at.
pub(super) fn ends(status: u16) -> Outcome {
    outcome(status, Ending::Ends)
}

/// Not a request, or not one that is served here: said so, and nothing behind it is looked at.
pub(super) fn refused(status: u16) -> Outcome {
    ends(status)
}

/// The client closes its side in the middle of the request, and gets this answer.
pub(super) fn unfinished(status: u16) -> Outcome {
    outcome(status, Ending::Unfinished)
}

/// The connection ends without an answer.
pub(super) fn silence() -> Outcome {
    Outcome { answers: Vec::new(), ending: Ending::Unfinished, hyper: None }
}

impl Outcome {
    /// The body of the last answer.
    pub(super) fn body(mut self, body: &'static str) -> Outcome {
        self.last().body = Some(body.into());
        self
    }

    /// A field of the last answer, by its name in lower case.
    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Outcome {
        self.last().fields.push((name, Some(value)));
        self
    }

    /// A field that the last answer must not have.
    pub(super) fn without(mut self, name: &'static str) -> Outcome {
        self.last().fields.push((name, None));
        self
    }

    /// The last answer is one to `HEAD`: no body follows, whatever its head says.
    pub(super) fn answering_head(mut self) -> Outcome {
        self.last().to_head = true;
        self
    }

    /// Another answer before those that are there already.
    pub(super) fn after(mut self, status: u16) -> Outcome {
        self.answers.insert(0, Expected::new(status));
        self
    }

    pub(super) fn but_hyper(mut self, reason: Reason) -> Outcome {
        self.hyper = Some(reason);
        self
    }

    /// For families of which hyper answers some members otherwise.
    pub(super) fn but_hyper_if(self, otherwise: bool, reason: Reason) -> Outcome {
        if otherwise { self.but_hyper(reason) } else { self }
    }

    fn last(&mut self) -> &mut Expected {
        self.answers.last_mut().unwrap()
    }
}

/// Writes rows: a source, and under it a name, what must come back, and what is sent.
macro_rules! rows {
    ($($source:literal { $($name:literal => $outcome:expr, $request:expr;)+ })+) => {
        vec![$($($crate::wire::case::Case::new($source, $name, $outcome, $request)),+),+]
    };
}
pub(super) use rows;

/// Generated rows that are one of many: each has its own name, and the document has one row for all of them.
pub(super) fn family(
    source: &'static str,
    title: &'static str,
    members: impl IntoIterator<Item = (String, Outcome, Vec<u8>)>,
) -> Vec<Case> {
    let member =
        |(name, outcome, request)| Case { family: Some(title), ..Case::new(source, name, outcome, request) };
    members.into_iter().map(member).collect()
}
