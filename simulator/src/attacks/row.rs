//! How the rows of the catalogue are written.

use super::case::{Case, Delivery, Expected, Family, Protocol, Reason, Severity};
use super::mutation::Mutation;
use vestibule_model::{CaseId, Strength, Weakness};

/// A row of an answer that is accepted, until the row says otherwise.
pub(super) const fn row(
    family: Family,
    protocol: Protocol,
    id: &'static str,
    about: &'static str,
    mutation: Mutation,
) -> Case {
    Case {
        id: CaseId::new(id),
        family,
        protocol,
        about,
        clause: "",
        expected: Expected::Accept,
        severity: Severity::Info,
        fix: "Accept the answer: it is legal.",
        weakness: None,
        delivery: Delivery::Once,
        name_ends_in: None,
        mutation,
    }
}

impl Case {
    /// What says so.
    pub(super) const fn source(mut self, clause: &'static str) -> Self {
        self.clause = clause;
        self
    }

    /// It is refused, and so bad is it if not.
    pub(super) const fn refuse(mut self, reason: Reason, severity: Severity) -> Self {
        self.expected = Expected::Refuse(reason);
        self.severity = severity;
        self.fix = usual_fix(reason);
        self
    }

    /// It is accepted after all.
    pub(super) const fn accept(mut self) -> Self {
        self.expected = Expected::Accept;
        self.severity = Severity::Info;
        self.fix = "Accept the answer: it is legal.";
        self
    }

    /// It is accepted as proved so strongly.
    pub(super) const fn tier(mut self, tier: Strength) -> Self {
        self.expected = Expected::AcceptAs(tier);
        self.severity = Severity::Medium;
        self
    }

    /// What to change in a party that does otherwise.
    pub(super) const fn fix(mut self, fix: &'static str) -> Self {
        self.fix = fix;
        self
    }

    /// It forges a login at a party that leaves out this check.
    pub(super) const fn aims_at(mut self, weakness: Weakness) -> Self {
        self.weakness = Some(weakness);
        self
    }

    /// The signed name ends so; a careless party reads only what comes before.
    pub(super) const fn name_ends_in(mut self, end: &'static str) -> Self {
        self.name_ends_in = Some(end);
        self
    }

    /// How it reaches the party.
    pub(super) const fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }
}

const fn usual_fix(reason: Reason) -> &'static str {
    match reason {
        Reason::Signature => "Verify the signature over exactly what is read afterwards, in an allowed form.",
        Reason::Key => "Trust only the configured keys of the provider, and none that the answer brings along.",
        Reason::Malformed => "Read answers with a strict parser, and refuse what could be read in two ways.",
        Reason::Time => "Compare every time of the answer with the clock, with a few minutes of skew.",
        Reason::Audience => "Compare the audience of the answer with your own entity id or client id.",
        Reason::Recipient => "Compare the address in the answer with the address that received it.",
        Reason::Issuer => "Compare the issuer of the answer with that of the provider, character by character.",
        Reason::Request => "Accept only the answer to a request that this browser sent and that still waits.",
        Reason::Status => "Read the status first, and sign nobody in unless it is a success.",
        Reason::Confirmation => "Accept only a bearer confirmation with Recipient and NotOnOrAfter.",
        Reason::Replay => "Remember what was used until it expires, and accept it once.",
        Reason::User => "Find the user by the whole name as it was signed, without changing it.",
        Reason::Provider => "Refuse the login if the provider does not answer as its protocol says.",
        Reason::Code => "Compare the code with that of the app, digit by digit and as text.",
        Reason::Ceremony => "Do every step of WebAuthn 7.1 and 7.2, in that order.",
    }
}
