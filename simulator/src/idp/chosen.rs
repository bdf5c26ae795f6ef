//! What a person chooses on a sign-in page for one login, in place of what the identity provider is set up to say.

use std::borrow::Cow;

use vestibule_model::{Fault, Signal};

use super::presets::PresetError;
use super::requested::{Requested, answered};
use super::signals::emitted;
use crate::http::Fields;
use crate::realm::{IdpProtocol, IdpSpec, MethodUsed};

/// What was chosen; by default nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    exactly: Option<Exactly>,
    /// What is wrong with the answer.
    pub(super) faults: Vec<Fault>,
}

/// The signals of a login.
#[derive(Debug, Clone)]
struct Exactly {
    amr: Vec<String>,
    /// `AuthnContextClassRef` or `acr`.
    context: Option<String>,
}

impl Chosen {
    /// Reads the fields of the page. Signals that are left empty are those of the identity provider, unless the page says
    /// that they are meant to be empty.
    pub(super) fn read(fields: &Fields) -> Self {
        let amr: Vec<String> = fields.text(AMR).split_whitespace().map(str::to_owned).collect();
        let context = Some(fields.text(CONTEXT).trim()).filter(|context| !context.is_empty()).map(str::to_owned);
        let chosen = fields.has(EXACTLY) || !amr.is_empty() || context.is_some();
        Self {
            exactly: chosen.then_some(Exactly { amr, context }),
            faults: fields.text(FAULT).parse::<Fault>().into_iter().collect(),
        }
    }

    /// Whether the signals were chosen.
    pub(super) fn is_exact(&self) -> bool {
        self.exactly.is_some()
    }

    /// What holds for the later logins of the session too: how the user signed in, but nothing that is wrong with one answer.
    pub(super) fn lasting(&self) -> Self {
        Self { faults: Vec::new(), ..self.clone() }
    }

    /// The signals of the answer to a request; `None` if it is refused. Signals that were chosen are sent whatever was
    /// requested.
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
        let signals = emitted(&self.applied_to(spec), method)?;
        Ok(if self.exactly.is_some() { Some(signals) } else { answered(spec, requested, signals) })
    }

    fn applied_to<'a>(&self, spec: &'a IdpSpec) -> Cow<'a, IdpSpec> {
        let Some(Exactly { amr, context }) = &self.exactly else { return Cow::Borrowed(spec) };
        let mut spec = spec.clone();
        spec.emit = None;
        spec.attributes.clear();
        spec.amr = Some(amr.clone());
        (spec.class_ref, spec.acr) = match spec.protocol {
            IdpProtocol::Saml => (context.clone(), None),
            IdpProtocol::Oidc => (None, context.clone()),
        };
        Cow::Owned(spec)
    }
}

const AMR: &str = "amr";
const CONTEXT: &str = "context";
const EXACTLY: &str = "exactly";
const FAULT: &str = "fault";
