//! Which methods a login can be asked for, and which can be enrolled.

use super::case::Case;
use super::rule::{Fired, Rule};
use super::strength::method_tier;
use vestibule_model::{LoginKind, Strength, VerificationMethod};

/// The registered methods that meet a demand, the preferred one first.
#[derive(Debug)]
pub(super) struct Registered {
    /// Those that can be answered in this login.
    pub(super) usable: Vec<VerificationMethod>,
    /// Whether some are ruled out by the WebView alone.
    pub(super) webview_hinders: bool,
}

/// The registered methods that meet a demand.
pub(super) fn registered(case: &Case<'_>, demand: Strength, fired: &mut Fired) -> Registered {
    let order = &case.book().enrolment.order;
    let preferred = order.value.iter().filter(|method| **method != VerificationMethod::TemporaryCode);
    let mut found = Registered { usable: Vec::new(), webview_hinders: false };
    for method in preferred.copied().chain([VerificationMethod::TemporaryCode]) {
        if !case.user.verifiers.contains(&method) {
            continue;
        }
        let tier = method_tier(case, method);
        if tier.value < demand {
            fired.add(Rule::VerifierTooWeak, tier, format!("the registered {method} is only {}", tier.value));
        } else if !is_enabled(case, method) {
            let why = format!("the registered {method} is not enabled in the org");
            fired.add(Rule::VerifierNotEnabled, order, why);
        } else if is_out_of_reach(case, method) {
            found.webview_hinders = true;
        } else {
            found.usable.push(method);
        }
    }
    found
}

/// The methods that can be enrolled to meet a demand, the preferred one first.
pub(super) fn enrollable(case: &Case<'_>, demand: Strength) -> Vec<VerificationMethod> {
    enabled_for(case, demand).filter(|method| !is_out_of_reach(case, *method)).collect()
}

/// Whether the WebView alone rules out every method.
pub(super) fn webview_hinders_enrolment(case: &Case<'_>, demand: Strength) -> bool {
    enabled_for(case, demand).next().is_some() && enrollable(case, demand).is_empty()
}

/// A temporary code is made by an admin, so it can be neither enabled nor enrolled.
fn enabled_for<'a>(case: &'a Case<'_>, demand: Strength) -> impl Iterator<Item = VerificationMethod> + 'a {
    let rules = &case.book().enrolment;
    let methods = rules.order.value.iter().copied().filter(|method| *method != VerificationMethod::TemporaryCode);
    methods.filter(move |method| {
        let sufficient = !rules.only_sufficient.value || method_tier(case, *method).value >= demand;
        sufficient && is_enabled(case, *method)
    })
}

fn is_enabled(case: &Case<'_>, method: VerificationMethod) -> bool {
    method == VerificationMethod::TemporaryCode || case.org.methods.contains(&method)
}

/// Up to a version of the Mobile SDK its WebView cannot run a passkey ceremony.
fn is_out_of_reach(case: &Case<'_>, method: VerificationMethod) -> bool {
    let limit = case.book().verifiers.webview_without_passkeys_up_to.value;
    matches!(case.evidence.login, LoginKind::MobileWebView { sdk } if method.is_passkey() && sdk <= limit)
}
