//! The reminder banners.

use jiff::civil::Date;
use serde::Serialize;

use super::audience::{Audience, audience};
use super::calendar::mfa_setting;
use super::rulebook::{PasskeyBanner, Rulebook, WaiverBanner};
use vestibule_model::{OrgFacts, UserFacts, VerificationMethod, Waiver};

/// A reminder banner shown in the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Banner {
    /// The condition that shows it.
    pub condition: BannerCondition,
}

impl Banner {
    /// Why it is shown, in one sentence.
    pub fn text(self) -> &'static str {
        match self.condition {
            BannerCondition::SsoConfigured => "Single sign-on is configured.",
            BannerCondition::MfaSettingDisabled => "MFA is not required for all direct UI logins.",
            BannerCondition::WaiverAssigned => "The permission to waive MFA is assigned.",
            BannerCondition::PasskeysNotAvailable => "Security keys and built-in authenticators are not available.",
        }
    }
}

/// Why a banner is shown.
///
/// Source: help 005321561, "In-app Banner reminders".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BannerCondition {
    /// Single sign-on is configured.
    SsoConfigured,
    /// The org-wide MFA setting is not active.
    MfaSettingDisabled,
    /// The waiver permission is assigned, approved or not.
    WaiverAssigned,
    /// Security keys and built-in authenticators are not enabled.
    PasskeysNotAvailable,
}

/// The banners that this user sees on this day. Experience Cloud users never enter the app that shows them (inferred).
pub fn banners(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, date: Date) -> Vec<Banner> {
    let book = rulebook.document();
    let shown = book.banners_from.value.reached(date) && !book.banners_until.value.reached(date);
    if !shown || audience(rulebook, user) == Audience::ExperienceCloud {
        return Vec::new();
    }
    let viewer_holds_the_waiver = user.waiver != Waiver::None;
    let waiver_assigned = match book.banners_waiver.value {
        WaiverBanner::AnyUser => viewer_holds_the_waiver || org.waiver_assigned,
        WaiverBanner::Viewer => viewer_holds_the_waiver,
    };
    let lacks = |method| !org.methods.contains(&method);
    let lacking = (lacks(VerificationMethod::SecurityKey), lacks(VerificationMethod::BuiltInAuthenticator));
    let passkeys_not_available = match book.banners_passkeys.value {
        PasskeyBanner::Both => lacking.0 && lacking.1,
        PasskeyBanner::Either => lacking.0 || lacking.1,
    };
    let conditions = [
        (org.sso_configured, BannerCondition::SsoConfigured),
        (!mfa_setting(rulebook, org, date).active, BannerCondition::MfaSettingDisabled),
        (waiver_assigned, BannerCondition::WaiverAssigned),
        (passkeys_not_available, BannerCondition::PasskeysNotAvailable),
    ];
    conditions.into_iter().filter(|(holds, _)| *holds).map(|(_, condition)| Banner { condition }).collect()
}
