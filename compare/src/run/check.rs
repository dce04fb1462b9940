//! Whether all contenders answer alike, and what one request takes.

use std::time::Duration;

use super::Comparison;
use crate::child::Server;
use crate::probe::{self, Probed};
use crate::progress::Step;
use crate::{Contender, Error, agree};

/// What the check has found.
pub(super) struct Checked {
    pub(super) status: u16,
    pub(super) body_bytes: u64,
    pub(super) wait: Duration,
}

impl Comparison<'_> {
    pub(super) fn check(&mut self) -> Result<Checked, Error> {
        let plan = self.plan;
        let mut probed = Vec::with_capacity(plan.contenders.len());
        for contender in &plan.contenders {
            self.begin(Step::Check { contender: &contender.name });
            if self.progress.cancelled() {
                return Err(Error::Interrupted);
            }
            let server = Server::start(contender, self.pinned.as_ref())?;
            probed.push(probe::probe(&server, &plan.request, plan.timeout)?);
        }
        check_agreement(&plan.contenders, &probed)?;
        // Neither can be missing: the plan names at least one contender, and each has been asked.
        let wait = probed.iter().map(|probed| probed.median).min().unwrap_or_default();
        let answer = probed.first().and_then(|probed| probed.answers.first());
        let (status, body_bytes) = answer.map_or((200, 0), |(_, answer)| (answer.status, answer.body.len()));
        Ok(Checked { status, body_bytes, wait })
    }
}

/// Every answer is held against the first contender's on a new connection. A server of another make has header fields of its own.
fn check_agreement(contenders: &[Contender], probed: &[Probed]) -> Result<(), Error> {
    let mut answers = contenders.iter().zip(probed).flat_map(|(contender, probed)| {
        let labelled = probed.answers.iter();
        labelled.map(|(mode, answer)| {
            (format!("{} ({mode})", contender.name), answer, contender.is_of_another_make())
        })
    });
    let Some((left_name, left, left_differs)) = answers.next() else {
        return Ok(());
    };
    for (right_name, right, right_differs) in answers {
        let differences = if left_differs || right_differs {
            let (left, right) = (left.without_headers(), right.without_headers());
            agree::differences((&left_name, &left), (&right_name, &right))
        } else {
            agree::differences((&left_name, left), (&right_name, right))
        };
        if !differences.is_empty() {
            return Err(Error::Mismatch { left: left_name, right: right_name, differences });
        }
    }
    Ok(())
}
