//! Stops that no other row explains.

use crate::diagnosis::cause::Proof;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[Cause {
    id: "unknown",
    what: "The login stopped, and what was seen fits no known cause.",
    needs: "none: this cause is reported if no other fits",
    owner: Owner::Unknown,
    remedy: "Read the evidence and the last page in the HTML report, and run the case again with `--headed --pause-on-failure`.",
    fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
    prove: unknown,
}];

fn unknown(evidence: &Evidence) -> Option<Proof> {
    let mut proof = Proof::new(format!("The login stopped on {}, and no known cause fits.", evidence.page()))
        .because(format!("last page: {}", evidence.place()));
    let stopped = evidence.stopped.as_ref().map(ToString::to_string);
    proof.evidence.extend(stopped.into_iter().chain(evidence.stood()));
    if let Some(row) = evidence.login_row() {
        proof = proof.because(format!("Login History: {}", row.status));
    }
    Some(proof.ending_with(evidence.last_line()))
}
