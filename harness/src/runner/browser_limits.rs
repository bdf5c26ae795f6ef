//! What a browser cannot do for our actors. A case that needs it is not run, and says why; it never counts as passed.

use vestibule_model::AuthenticatorFault;
use vestibule_model::diagnostic::Diagnostic;

use crate::browser::BrowserKind;
use crate::scenario::Case;
use crate::scenario::model::Step;

/// Why this browser cannot perform a case; `None` if it can.
pub(super) fn why_not_run(kind: BrowserKind, case: &Case) -> Option<Diagnostic> {
    if kind == BrowserKind::Chromium {
        return None;
    }
    let mut faults = case.scenario.steps.iter().filter_map(|step| match &step.value {
        Step::SignIn(step) => step.authenticator_fault.as_ref(),
        _ => None,
    });
    let (fault, why) = faults.find_map(|fault| Some((fault, impossible_in_firefox(fault.value)?)))?;
    let title = format!("not run in {}: `authenticator-fault: {}` is impossible there", kind.title(), fault.value);
    let place = case.place(fault.span, "impossible in this browser");
    Some(Diagnostic::new("browser-limit", title).at(place).note(why).hint("run it in Chromium: leave `--browser` out"))
}

/// Why geckodriver cannot do this; `None` if it can.
fn impossible_in_firefox(fault: AuthenticatorFault) -> Option<&'static str> {
    fault.backup_flags().map(|_| "geckodriver has no command that sets the backup flags of a passkey")
}
