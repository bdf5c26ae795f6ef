//! Which users the permission "Waive Multi-Factor Authentication for Exempt Users" exempts.

use super::login_inputs::LoginInputs;
use super::rule::{Fired, Rule};
use super::rulebook::WaiverEffect;
use vestibule_model::Waiver;

/// Whether the waiver exempts the user while nothing is enforced.
pub(super) fn exempts(login: &LoginInputs<'_>, fired: &mut Fired) -> bool {
    let rule = &login.book().exemptions.waiver_before;
    let exempt = login.user.waiver != Waiver::None && rule.value == WaiverEffect::Exempts;
    if exempt {
        fired.add(Rule::WaiverExempts, rule, "the waiver permission exempts the user".to_owned());
    }
    exempt
}

/// Whether the waiver exempts the user once enforcement has reached the org.
pub(super) fn exempts_under_enforcement(login: &LoginInputs<'_>, fired: &mut Fired) -> bool {
    let rules = &login.book().exemptions;
    match (login.user.waiver, rules.waiver_enforced.value, rules.waiver_approved.value) {
        (Waiver::None, _, _) => false,
        (_, WaiverEffect::Exempts, _) => {
            fired.add(Rule::WaiverExempts, &rules.waiver_enforced, "the waiver permission exempts the user".to_owned());
            true
        }
        (Waiver::ApprovedBySupport, _, WaiverEffect::Exempts) => {
            let why = "the waiver is approved by Support, so the user is exempt".to_owned();
            fired.add(Rule::WaiverApproved, &rules.waiver_approved, why);
            true
        }
        (Waiver::ApprovedBySupport, _, WaiverEffect::Inert) => {
            let why = "the waiver no longer exempts anyone, approved or not".to_owned();
            fired.add(Rule::WaiverApprovalInert, &rules.waiver_approved, why);
            false
        }
        (Waiver::Assigned, WaiverEffect::Inert, _) => {
            let why = "the waiver permission no longer exempts anyone without Support's approval".to_owned();
            fired.add(Rule::WaiverInert, &rules.waiver_enforced, why);
            false
        }
    }
}
