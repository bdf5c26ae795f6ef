//! What one answer says in place of what the identity provider is set up to say: by the choice of a person on the sign-in page,
//! by plan, or for one user.

use std::borrow::Cow;

use jiff::civil::Date;
use vestibule_model::{AnswerSpec, Fault, Signal};

use super::lies;
use super::presets::PresetError;
use super::requested::{Requested, answered};
use super::signals::emitted;
use crate::http::Fields;
use crate::realm::{IdpProtocol, IdpSpec, MethodUsed, OnRequestedContext};

/// What was chosen; by default nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    /// Without its faults.
    answer: AnswerSpec,
    /// The calendar date, which says what a product sends; by default that of today's products.
    date: Option<Date>,
    /// What is wrong with the answer.
    pub(super) faults: Vec<Fault>,
}

impl Chosen {
    /// Reads the fields of the page. Signals that are left empty are those of the identity provider, unless the page says
    /// that they are meant to be empty.
    pub(super) fn read(fields: &Fields, protocol: IdpProtocol) -> Self {
        let amr: Vec<String> = fields.text(AMR).split_whitespace().map(str::to_owned).collect();
        let context = Some(fields.text(CONTEXT).trim()).filter(|context| !context.is_empty()).map(str::to_owned);
        let faults = fields.text(FAULT).parse::<Fault>().into_iter().collect();
        if !fields.has(EXACTLY) && amr.is_empty() && context.is_none() {
            return Self { faults, ..Self::default() };
        }
        let (class_ref, acr) = match protocol {
            IdpProtocol::Saml => (context, None),
            IdpProtocol::Oidc => (None, context),
        };
        Self::from(AnswerSpec { amr: Some(amr), class_ref, acr, faults, ..AnswerSpec::default() })
    }

    /// Whether the signals were chosen and are sent whatever was requested.
    pub(super) fn is_exact(&self) -> bool {
        self.answer.has_signals() && self.answer.on_requested_context == Some(OnRequestedContext::Ignore)
    }

    /// What holds for the later logins of the session too: how the user signed in, but nothing that is wrong with one answer.
    pub(super) fn lasting(&self) -> Self {
        Self { faults: Vec::new(), ..self.clone() }
    }

    /// What was chosen, and what was left open as in this answer.
    pub(super) fn over(self, other: Self) -> Self {
        let faults = [other.faults, self.faults].concat();
        Self { answer: self.answer.over(&other.answer), date: self.date.or(other.date), faults }
    }

    /// The same on this calendar date.
    pub(super) fn on(self, date: Date) -> Self {
        Self { date: Some(date), ..self }
    }

    /// The signals of the answer to a request, with what is wrong with them; `None` if it is refused. Signals that were
    /// chosen are sent whatever was requested.
    ///
    /// # Errors
    ///
    /// If the preset is unknown or does not cover the protocol.
    pub(super) fn signals(
        &self,
        spec: &IdpSpec,
        method: MethodUsed,
        requested: Option<Requested<'_>>,
    ) -> Result<Option<Vec<Signal>>, PresetError> {
        let spec = if self.answer.is_empty() { Cow::Borrowed(spec) } else { Cow::Owned(self.answer.applied_to(spec)) };
        let method = self.answer.method.unwrap_or(method);
        let signals = answered(&spec, requested, emitted(&spec, method, self.date.unwrap_or(Date::MAX))?);
        let faults = || spec.faults.iter().chain(&self.faults);
        Ok(signals.map(|signals| lies::told(faults(), spec.protocol, signals)))
    }
}

/// Signals that are named exactly are sent whatever was requested, unless the answer says otherwise.
impl From<AnswerSpec> for Chosen {
    fn from(mut answer: AnswerSpec) -> Self {
        let faults = std::mem::take(&mut answer.faults);
        if answer.has_signals() {
            answer.on_requested_context.get_or_insert(OnRequestedContext::Ignore);
        }
        Self { answer, faults, date: None }
    }
}

const AMR: &str = "amr";
const CONTEXT: &str = "context";
const EXACTLY: &str = "exactly";
const FAULT: &str = "fault";
