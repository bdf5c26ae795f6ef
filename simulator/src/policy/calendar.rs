//! Whether enforcement has reached this audience, org and day, and since when.

use std::num::NonZeroU16;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::audience::{Audience, audience};
use super::rulebook::{Calendar, Document, Rulebook, Sourced, Start, Wave};
use vestibule_model::confidence::mark;
use vestibule_model::{Confidence, OrgKind, Strength};
use vestibule_model::{OrgFacts, UserFacts};

/// Whether MFA is enforced for a user of an org on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enforcement {
    /// The audience whose calendar applies.
    pub audience: Audience,
    /// Whether it is in force on the given day.
    pub in_force: bool,
    /// The day on which it came into force for this org, if it has.
    pub since: Option<Date>,
    /// The day on which it reaches this org, past or future; `None` if it never does.
    pub begins: Option<Date>,
    /// The tier it requires, once in force.
    pub demands: Option<Strength>,
    /// The source of the date.
    pub source: String,
    /// How certain the source is.
    #[serde(serialize_with = "mark::serialize")]
    pub confidence: Confidence,
}

/// Whether MFA is enforced for this user in this org on this day.
pub fn enforcement(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, date: Date) -> Enforcement {
    let audience = audience(rulebook, user);
    let reach = reach(rulebook.document(), org, audience, date);
    let (source, confidence) = match reach.start {
        Some(start) => (&start.source, start.confidence),
        None => (&reach.kind.source, reach.kind.confidence),
    };
    Enforcement {
        audience: reach.audience,
        in_force: reach.in_force,
        since: reach.begins.filter(|_| reach.in_force),
        begins: reach.begins,
        demands: demands(rulebook.document(), reach.audience).map(|demanded| demanded.value),
        source: source.as_str().to_owned(),
        confidence,
    }
}

/// The org-wide setting "Require multi-factor authentication (MFA) for all direct UI logins to your Salesforce org".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MfaSetting {
    /// Whether it is active.
    pub active: bool,
    /// Whether an admin can change it; otherwise it is greyed out.
    pub can_be_changed: bool,
}

/// The org-wide MFA setting on this day: once enforcement has reached the org's employees it is active and greyed out.
pub fn mfa_setting(rulebook: &Rulebook, org: &OrgFacts, date: Date) -> MfaSetting {
    let book = rulebook.document();
    let forced = book.routes.org_setting_forced.value && reach(book, org, Audience::Employee, date).in_force;
    MfaSetting { active: forced || org.mfa_setting, can_be_changed: !forced }
}

/// How far enforcement has come for an audience of an org.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach<'a> {
    /// The audience of the wave. For privileged users it is employees while their own wave is still to come.
    pub(super) audience: Audience,
    pub(super) in_force: bool,
    pub(super) begins: Option<Date>,
    /// First day of the wave; `None` if the kind of org or the audience has none.
    pub(super) start: Option<&'a Sourced<Start>>,
    /// The calendar that this kind of org follows.
    pub(super) kind: &'a Sourced<Calendar>,
}

pub(super) fn reach<'a>(book: &'a Document, org: &OrgFacts, audience: Audience, date: Date) -> Reach<'a> {
    let kind = kind_rule(book, org, date);
    let never = Reach { audience, in_force: false, begins: None, start: None, kind };
    match audience {
        Audience::ExperienceCloud | Audience::Chatter | Audience::ApiOnly => never,
        Audience::Employee => wave_reach(book, org, audience, kind, date),
        Audience::Privileged => {
            let own = wave_reach(book, org, audience, kind, date);
            let employees = wave_reach(book, org, Audience::Employee, kind, date);
            if employees.in_force && !own.in_force { employees } else { own }
        }
    }
}

/// The tier that enforcement requires of an audience.
pub(super) fn demands(book: &Document, audience: Audience) -> Option<&Sourced<Strength>> {
    match audience {
        Audience::Employee => Some(&book.audiences.employee_demands),
        Audience::Privileged => Some(&book.privileged.demands),
        Audience::ExperienceCloud | Audience::Chatter | Audience::ApiOnly => None,
    }
}

/// The day after a number of days, or the last day that can be represented.
pub(super) fn days_after(date: Date, days: u16) -> Date {
    date.checked_add(i64::from(days).days()).unwrap_or(Date::MAX)
}

fn wave_reach<'a>(
    book: &'a Document,
    org: &OrgFacts,
    audience: Audience,
    kind: &'a Sourced<Calendar>,
    date: Date,
) -> Reach<'a> {
    let waves = if audience == Audience::Privileged { &book.calendar.privileged } else { &book.calendar.employee };
    let wave = match kind.value {
        Calendar::Production => &waves.production,
        Calendar::Sandbox => &waves.sandbox,
        Calendar::None => return Reach { audience, in_force: false, begins: None, start: None, kind },
    };
    let begins = begins(book, org, wave);
    let in_force = begins.is_some_and(|day| date >= day);
    Reach { audience, in_force, begins, start: Some(&wave.start), kind }
}

fn begins(book: &Document, org: &OrgFacts, wave: &Wave) -> Option<Date> {
    let days = wave.stagger_days.value;
    let day = org.stagger_day.map_or_else(|| day_of_id(&org.id, days), |given| given.get().min(days.get() - 1));
    let reached = days_after(wave.start.value.date()?, day);
    let converted = org.converted_on.filter(|_| org.kind == OrgKind::ConvertedTrial);
    Some(converted.map_or(reached, |day| reached.max(days_after(day, book.trials.grace_days_enforced.value))))
}

/// The org's place in a wave: the same id always gives the same day.
fn day_of_id(org_id: &str, days: NonZeroU16) -> u16 {
    let hash = org_id.bytes().fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    u16::try_from(hash % u64::from(days.get())).expect("invariant: the remainder is smaller than the u16 divisor")
}

/// Before its conversion, a converted trial org counts as a trial.
fn kind_rule<'a>(book: &'a Document, org: &OrgFacts, date: Date) -> &'a Sourced<Calendar> {
    let kinds = &book.org_kinds;
    match org.kind {
        OrgKind::Production => &kinds.production,
        OrgKind::Sandbox => &kinds.sandbox,
        OrgKind::ConvertedTrial if org.converted_on.is_none_or(|day| date >= day) => &kinds.converted_trial,
        OrgKind::Trial | OrgKind::ConvertedTrial => &kinds.trial,
        OrgKind::Scratch => &kinds.scratch,
        OrgKind::DeveloperEdition => &kinds.developer_edition,
        OrgKind::PartnerDeveloperEdition => &kinds.partner_developer_edition,
        OrgKind::TrailheadPlayground => &kinds.trailhead_playground,
    }
}

/// FNV-1a, 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
