//! Which methods a login can be asked for, and which can be enrolled.

use super::login_inputs::LoginInputs;
use super::rule::{Fired, Rule};
use super::rulebook::Document;
use super::strength::method_tier;
use vestibule_model::{LoginKind, OrgFacts, Strength, UserFacts, VerificationMethod};

/// The registered methods that meet a requirement, the preferred one first.
#[derive(Debug)]
pub(super) struct Registered {
    /// Those that this login can use.
    pub(super) usable: Vec<VerificationMethod>,
    /// Whether some are ruled out by the WebView alone.
    pub(super) webview_hinders: bool,
}

/// The registered methods that meet a requirement.
pub(super) fn registered(login: &LoginInputs<'_>, demand: Strength, fired: &mut Fired) -> Registered {
    let rules = &login.book().enrolment;
    let mut found = Registered { usable: Vec::new(), webview_hinders: false };
    for method in in_order(login.book(), login.user) {
        let tier = method_tier(login, method);
        if tier.value < demand {
            fired.add(Rule::VerifierTooWeak, tier, format!("the registered {method} is only {}", tier.value));
        } else if !is_enabled(login.org, method) {
            let why = format!("the registered {method} is not enabled in the org");
            fired.add(Rule::VerifierNotEnabled, &rules.order, why);
        } else if is_out_of_reach(login, method) {
            found.webview_hinders = true;
        } else {
            found.usable.push(method);
        }
    }
    found
}

/// The methods that can be enrolled to meet a requirement, the preferred one first.
pub(super) fn enrollable(login: &LoginInputs<'_>, demand: Strength) -> Vec<VerificationMethod> {
    enabled_for(login, demand).filter(|method| !is_out_of_reach(login, *method)).collect()
}

/// Whether the WebView alone rules out every method.
pub(super) fn webview_hinders_enrolment(login: &LoginInputs<'_>, demand: Strength) -> bool {
    enabled_for(login, demand).next().is_some() && enrollable(login, demand).is_empty()
}

fn enabled_for<'a>(login: &'a LoginInputs<'_>, demand: Strength) -> impl Iterator<Item = VerificationMethod> + 'a {
    let rules = &login.book().enrolment;
    rules.methods().filter(move |method| {
        let sufficient = !rules.only_sufficient.value || method_tier(login, *method).value >= demand;
        sufficient && is_enabled(login.org, *method)
    })
}

/// The registered methods that the org has enabled, whatever their tier, the preferred one first.
pub(super) fn enabled(book: &Document, org: &OrgFacts, user: &UserFacts) -> Vec<VerificationMethod> {
    in_order(book, user).into_iter().filter(|method| is_enabled(org, *method)).collect()
}

/// A temporary code is in no order, and comes last.
fn in_order(book: &Document, user: &UserFacts) -> Vec<VerificationMethod> {
    let rules = &book.enrolment;
    let mut registered: Vec<_> = user.verifiers.iter().copied().collect();
    registered.sort_by_key(|method| rules.methods().position(|listed| listed == *method).unwrap_or(usize::MAX));
    registered
}

/// A temporary code is made by an admin, so an org need not enable it.
fn is_enabled(org: &OrgFacts, method: VerificationMethod) -> bool {
    method == VerificationMethod::TemporaryCode || org.methods.contains(&method)
}

/// Up to a certain version, the WebView of the Mobile SDK cannot run a passkey ceremony. From another on, its apps open the
/// system browser.
fn is_out_of_reach(login: &LoginInputs<'_>, method: VerificationMethod) -> bool {
    let rules = &login.book().verifiers;
    let LoginKind::MobileWebView { sdk } = login.evidence.login else { return false };
    let in_webview = sdk < rules.system_browser_from.value;
    in_webview && method.is_passkey() && sdk <= rules.webview_without_passkeys_up_to.value
}
