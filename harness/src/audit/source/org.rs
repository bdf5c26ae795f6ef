//! Reads an org: one question for each object that the rules need, and what is not known where one is not answered
//! (contract H1.1, H2.1, H2.2, H3.1, H3.2, H4.6, H5.2, H6.3, H6.7, H6.8, H6.9).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vestibule_model::{IpRange, LoginKind, OrgKind, UserType, VerificationMethod};

use super::connection::Connection;
use super::history;
use super::permissions::{Grants, PRIVILEGE_FIELDS, Rows as PermissionRows};
use super::query::{Found, Question, ask, ask_where, version};
use super::row::{shown, text};
use super::trouble::Trouble;
use crate::audit::facts::{App, Facts, Org, Provider, RefreshTokens, Settings, Use, User, Verifiers};
use crate::outcome::Gap;

/// An org cannot be read. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// A question without whose answer nothing can be said.
    #[error("read {what} of {org}: {trouble}")]
    NoAnswer {
        /// What was asked for.
        what: &'static str,
        /// The org.
        org: String,
        /// Why.
        trouble: Trouble,
    },
    /// It is a production org, and nobody said that it may be read.
    #[error("read {0}: it says that it is a production org")]
    Production(String),
}

impl ReadError {
    /// What to do.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::NoAnswer { trouble, .. } => trouble.remedy(),
            Self::Production(_) => Some("if you mean this org, add --production; an audit only reads"),
        }
    }
}

/// Reads an org. `told` hears of each object and its number of rows.
///
/// # Errors
/// If the org does not answer, does not show its users, or is a production org and `production` is not set.
pub(crate) async fn read_org(
    connection: &Connection,
    production: bool,
    mut told: impl FnMut(&str, usize),
) -> Result<Facts, ReadError> {
    let org = connection.address().shown();
    let no_answer = |what, trouble| ReadError::NoAnswer { what, org: org.clone(), trouble };
    let version = version(connection).await.map_err(|trouble| no_answer("the versions of the API", trouble))?;
    let mut reader = Reader { connection, version, gaps: BTreeSet::new(), told: &mut told };

    let organization =
        reader.found(&ORGANIZATION, "the kind of org").await.map_err(|t| no_answer("Organization", t))?;
    let identity = organization.as_ref().and_then(|found| found.rows.first());
    let kind = kind(connection.address().kind(), identity);
    if kind == OrgKind::Production && !production {
        return Err(ReadError::Production(org.clone()));
    }
    let users = ask(connection, &reader.version, &USER).await.map_err(|trouble| no_answer("User", trouble))?;
    reader.note(&USER, &users);

    let mut answers = Answers::default();
    for (question, unknown) in OTHERS {
        let found = reader.found(question, unknown).await.map_err(|trouble| no_answer(question.object, trouble))?;
        answers.0.insert(question.object, found);
    }
    if answers.rows("PermissionSetGroup").is_some_and(|groups| !groups.is_empty()) {
        for (question, unknown) in OF_GROUPS {
            let found = reader.found(question, unknown).await.map_err(|trouble| no_answer(question.object, trouble))?;
            answers.0.insert(question.object, found);
        }
    }
    let ranges = reader.login_ip_ranges(&users).await.map_err(|trouble| no_answer("Profile", trouble))?;
    let Reader { gaps, .. } = reader;
    let named = |field: &str| identity.and_then(|row| text(row, field)).map(shown);
    let mut facts = Facts {
        source: org.clone(),
        org: Org { id: named("Id"), name: named("Name"), kind, settings: settings(answers.rows("SecuritySettings")) },
        users: BTreeMap::new(),
        providers: providers(&answers),
        apps: apps(&answers),
        gaps,
    };
    add_users(&mut facts, &users.rows, &answers, &ranges);
    Ok(facts)
}

/// What was answered, by object.
#[derive(Default)]
pub(super) struct Answers(pub(super) BTreeMap<&'static str, Option<Found>>);

impl Answers {
    /// The rows of an object; `None` if the org does not show it.
    pub(super) fn rows(&self, object: &str) -> Option<&[Value]> {
        self.0.get(object)?.as_ref().map(|found| found.rows.as_slice())
    }

    /// Whether an object has this field.
    fn has(&self, object: &str, field: &str) -> bool {
        let found = self.0.get(object).and_then(Option::as_ref);
        found.is_some_and(|found| found.missing.iter().all(|(missing, _)| *missing != field))
    }
}

struct Reader<'a> {
    connection: &'a Connection,
    version: String,
    gaps: BTreeSet<Gap>,
    told: &'a mut dyn FnMut(&str, usize),
}

impl Reader<'_> {
    /// The answer to a question; `None` if the org does not show the object, which is noted.
    async fn found(&mut self, question: &Question, unknown: &str) -> Result<Option<Found>, Trouble> {
        match ask(self.connection, &self.version, question).await {
            Ok(found) => {
                self.note(question, &found);
                Ok(Some(found))
            }
            Err(trouble) if trouble.is_about_one_object() => {
                self.gaps.insert(Gap {
                    what: question.object.to_owned(),
                    why: format!("not readable: {trouble}"),
                    unknown: unknown.to_owned(),
                });
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// The login IP ranges of the profiles of these users, by the id of the profile. The org shows those of one at a time.
    async fn login_ip_ranges(&mut self, users: &Found) -> Result<BTreeMap<String, Vec<IpRange>>, Trouble> {
        let ids: BTreeSet<&str> = users.rows.iter().filter_map(|row| text(row, "ProfileId")).collect();
        let ids = ids.into_iter().filter(|id| id.chars().all(|letter| letter.is_ascii_alphanumeric()));
        let mut ranges = BTreeMap::new();
        for (number, id) in ids.enumerate() {
            let missing = if number < MOST_PROFILES {
                match ask_where(self.connection, &self.version, &PROFILE, &format!("WHERE Id = '{id}'")).await {
                    Ok(found) => {
                        ranges.insert(id.to_owned(), found.rows.first().map(ranges_of_profile).unwrap_or_default());
                        continue;
                    }
                    Err(trouble) if trouble.is_about_one_object() => format!("not readable: {trouble}"),
                    Err(trouble) => return Err(trouble),
                }
            } else {
                format!("only {MOST_PROFILES} profiles were read")
            };
            let unknown = "from which addresses the users of a profile may log in".to_owned();
            self.gaps.insert(Gap { what: PROFILE.object.to_owned(), why: missing, unknown });
            break;
        }
        if !ranges.is_empty() {
            (self.told)(PROFILE.object, ranges.len());
        }
        Ok(ranges)
    }

    /// Notes the fields that an object lacks.
    fn note(&mut self, question: &Question, found: &Found) {
        (self.told)(question.object, found.rows.len());
        for (field, unknown) in found.missing.iter().filter(|(_, unknown)| !unknown.is_empty()) {
            self.gaps.insert(Gap {
                what: format!("{}.{field}", question.object),
                why: "the org does not have the field, or hides it".to_owned(),
                unknown: (*unknown).to_owned(),
            });
        }
        if question.rest.ends_with(&format!("LIMIT {MOST_ROWS}")) && found.rows.len() >= MOST_ROWS {
            self.gaps.insert(Gap {
                what: question.object.to_owned(),
                why: format!("only the newest {MOST_ROWS} rows were read"),
                unknown: "what only older rows say".to_owned(),
            });
        }
    }
}

fn kind(by_host: Option<OrgKind>, identity: Option<&Value>) -> OrgKind {
    let text = |field: &str| identity.and_then(|row| text(row, field));
    let sandbox = identity.and_then(|row| row.get("IsSandbox")).and_then(Value::as_bool);
    let expires = text("TrialExpirationDate").is_some();
    match (by_host, sandbox, text("OrganizationType")) {
        (Some(kind), _, _) if kind != OrgKind::Production => kind,
        // As `sf` tells a scratch org (contract K1.3).
        (_, Some(true), _) if expires => OrgKind::Scratch,
        (_, Some(true), _) => OrgKind::Sandbox,
        (_, _, Some("Developer Edition")) => OrgKind::DeveloperEdition,
        (_, _, Some("Partner Developer Edition")) => OrgKind::PartnerDeveloperEdition,
        (_, Some(false), _) if expires => OrgKind::Trial,
        _ => OrgKind::Production,
    }
}

fn settings(rows: Option<&[Value]>) -> Settings {
    let Some(metadata) = rows.and_then(|rows| rows.first()).and_then(|row| row.get("Metadata")) else {
        return Settings::default();
    };
    let flag = |section: &str, name: &str| metadata.get(section)?.get(name)?.as_bool();
    let ranges = metadata.get("networkAccess").and_then(|access| access.get("ipRanges")).and_then(Value::as_array);
    let range = |row: &Value| -> Option<IpRange> {
        let end = |name: &str| row.get(name).and_then(Value::as_str);
        format!("{}-{}", end("start")?, end("end")?).parse().ok()
    };
    Settings {
        mfa: flag("sessionSettings", "enableMFADirectUILoginOptIn"),
        built_in_authenticators: flag("sessionSettings", "enableBuiltInAuthenticator"),
        security_keys: flag("sessionSettings", "enableU2F"),
        credentials_disabled: flag("singleSignOnSettings", "isLoginWithSalesforceCredentialsDisabled"),
        trusted_ranges: ranges.map(|ranges| ranges.iter().filter_map(range).collect()),
    }
}

fn providers(answers: &Answers) -> Vec<Provider> {
    let named = |object: &str, saml: bool| -> Vec<Provider> {
        let rows = answers.rows(object).unwrap_or_default().iter();
        rows.map(|row| Provider {
            name: shown(text(row, "DeveloperName").unwrap_or("without a name")),
            saml,
            uses_org_mfa: row.get("OptionsRequireMfa").and_then(Value::as_bool),
        })
        .collect()
    };
    [named("SamlSsoConfig", true), named("AuthProvider", false)].concat()
}

/// Contract H6.9.
fn ranges_of_profile(row: &Value) -> Vec<IpRange> {
    let ranges = row.get("Metadata").and_then(|metadata| metadata.get("loginIpRanges")).and_then(Value::as_array);
    let range = |row: &Value| -> Option<IpRange> {
        let end = |name: &str| row.get(name).and_then(Value::as_str);
        format!("{}-{}", end("startAddress")?, end("endAddress")?).parse().ok()
    };
    ranges.into_iter().flatten().filter_map(range).collect()
}

/// Contract H6.7 and H6.8.
fn apps(answers: &Answers) -> Vec<App> {
    let flag = |row: &Value, name: &str| row.get(name).and_then(Value::as_bool);
    let connected = answers.rows("ConnectedApplication").unwrap_or_default().iter().map(|row| {
        let period = row.get("RefreshTokenValidityPeriod").map(Value::as_i64);
        App {
            name: shown(text(row, "Name").unwrap_or_default()),
            approved_only: flag(row, "OptionsAllowAdminApprovedUsersOnly"),
            high_assurance: flag(row, "OptionsHasSessionLevelPolicy"),
            refresh_tokens: period.map(|period| match (period, flag(row, "OptionsRefreshTokenValidityMetric")) {
                (None, _) => RefreshTokens::Never,
                (Some(0), _) => RefreshTokens::AtOnce,
                (Some(_), Some(true)) => RefreshTokens::AfterInactivity,
                (Some(_), _) => RefreshTokens::AfterLifetime,
            }),
            ip_relaxation: None,
        }
    });
    let external = answers.rows("ExtlClntAppOauthPlcyCnfg").unwrap_or_default().iter().map(|row| App {
        name: shown(text(row, "DeveloperName").unwrap_or_default()),
        approved_only: text(row, "PermittedUsersPolicyType").map(|policy| policy == "AdminApprovedPreAuthorized"),
        high_assurance: text(row, "RequiredSessionLevel").map(|level| level == "HIGH_ASSURANCE"),
        refresh_tokens: match text(row, "RefreshTokenPolicyType") {
            Some("Infinite") => Some(RefreshTokens::Never),
            Some("Zero") => Some(RefreshTokens::AtOnce),
            Some("SpecificLifetime") => Some(RefreshTokens::AfterLifetime),
            Some("SpecificInactivity") => Some(RefreshTokens::AfterInactivity),
            _ => None,
        },
        ip_relaxation: text(row, "IpRelaxationPolicyType").map(shown),
    });
    connected.chain(external).collect()
}

fn add_users(facts: &mut Facts, rows: &[Value], answers: &Answers, ranges: &BTreeMap<String, Vec<IpRange>>) {
    let grants = Grants::of(&PermissionRows {
        sets: answers.rows("PermissionSet"),
        assignments: answers.rows("PermissionSetAssignment"),
        groups: answers.rows("PermissionSetGroup"),
        components: answers.rows("PermissionSetGroupComponent"),
        muting: answers.rows("MutingPermissionSet"),
        every_field: PRIVILEGE_FIELDS.iter().all(|field| answers.has("PermissionSet", field)),
    });
    let methods = methods(answers);
    let exact = METHOD_FIELDS.iter().all(|field| answers.has("TwoFactorMethodsInfo", field));
    let seen = history::verified(answers.rows("VerificationHistory").unwrap_or_default());
    let frozen = frozen(answers);
    let apps = history::apps(answers.rows("OauthToken").unwrap_or_default());
    let sub_types = answers.has("LoginHistory", "LoginSubType");
    let logins = history::uses(answers.rows("LoginHistory").unwrap_or_default(), sub_types);
    for row in rows {
        let (Some(id), Some(username)) = (text(row, "Id"), text(row, "Username")) else { continue };
        let Some(user_type) = user_type(row) else { continue };
        let profile = row.get("Profile").and_then(|profile| text(profile, "Name")).unwrap_or_default();
        let granted = grants.of_user(id);
        let user_type =
            if granted.api_only && user_type != UserType::ExperienceCloud { UserType::ApiOnly } else { user_type };
        let mut user = User {
            privileges: granted.privileges,
            privileges_known: granted.complete && !profile.is_empty(),
            mfa_for_ui_logins: granted.mfa_for_ui_logins,
            waiver: granted.waiver,
            single_sign_on: granted.single_sign_on,
            frozen: frozen.contains(id),
            login_ip_ranges: text(row, "ProfileId").and_then(|id| ranges.get(id)).cloned().unwrap_or_default(),
            verifiers: match methods.get(id) {
                Some(methods) if exact => Verifiers::Exactly(methods.clone()),
                Some(methods) => Verifiers::AtLeast(methods.clone()),
                // Who has nothing may have no row at all; but then others have one.
                None if exact && !methods.is_empty() => Verifiers::Exactly(BTreeSet::new()),
                None => Verifiers::AtLeast(seen.get(id).cloned().unwrap_or_default()),
            },
            ..User::new(user_type, shown(profile))
        };
        user.add(logins.get(id).into_iter().flatten().cloned());
        let used: BTreeSet<String> = user.uses.iter().filter_map(|one| one.app.clone()).collect();
        let others = apps.get(id).into_iter().flatten().filter(|app| !used.contains(*app));
        user.add(others.map(|app| Use { app: Some(app.clone()), ..Use::of(LoginKind::Api) }));
        // Who was not seen to log in is taken to do it as such users do.
        if !logins.contains_key(id) {
            let through_the_api = matches!(user_type, UserType::ApiOnly | UserType::Integration);
            user.add([Use::of(if through_the_api { LoginKind::Api } else { LoginKind::PasswordUi })]);
        }
        facts.users.insert(shown(username), user);
    }
}

/// The fields without which it is not known what a user has.
const METHOD_FIELDS: [&str; 4] = ["HasBuiltInAuthenticator", "HasSecurityKey", "HasTotp", "HasSalesforceAuthenticator"];

/// Contract H2.2.
fn methods(answers: &Answers) -> BTreeMap<String, BTreeSet<VerificationMethod>> {
    let fields = [
        ("HasBuiltInAuthenticator", VerificationMethod::BuiltInAuthenticator),
        ("HasSecurityKey", VerificationMethod::SecurityKey),
        ("HasU2F", VerificationMethod::SecurityKey),
        ("HasTotp", VerificationMethod::TotpApp),
        ("HasSalesforceAuthenticator", VerificationMethod::SalesforceAuthenticator),
        ("HasTempCode", VerificationMethod::TemporaryCode),
    ];
    let row = |row: &Value| {
        let has = |field: &str| row.get(field).and_then(Value::as_bool).unwrap_or(false);
        let methods = fields.into_iter().filter(|(field, _)| has(field)).map(|(_, method)| method).collect();
        Some((text(row, "UserId")?.to_owned(), methods))
    };
    answers.rows("TwoFactorMethodsInfo").unwrap_or_default().iter().filter_map(row).collect()
}

/// Contract H5.2.
fn frozen(answers: &Answers) -> BTreeSet<String> {
    let rows = answers.rows("UserLogin").unwrap_or_default().iter();
    let frozen = rows.filter(|row| row.get("IsFrozen").and_then(Value::as_bool) == Some(true));
    frozen.filter_map(|row| text(row, "UserId").map(str::to_owned)).collect()
}

/// The audience by licence; `None` for a user that nobody logs in as. Source: Object Reference, `User.UserType`.
fn user_type(row: &Value) -> Option<UserType> {
    let licence = row.get("Profile").and_then(|profile| profile.get("UserLicense")).and_then(|of| text(of, "Name"));
    match text(row, "UserType").unwrap_or("Standard") {
        "Standard" if licence.is_some_and(|name| name.contains("Integration")) => Some(UserType::Integration),
        "Standard" => Some(UserType::Employee),
        "CsnOnly" => Some(UserType::Chatter),
        "CspLitePortal" | "CustomerSuccess" | "PowerCustomerSuccess" | "PowerPartner" | "SelfService" => {
            Some(UserType::ExperienceCloud)
        }
        _ => None,
    }
}

const ORGANIZATION: Question = Question {
    object: "Organization",
    tooling: false,
    needed: &["Id"],
    wanted: &[
        ("Name", ""),
        ("IsSandbox", "whether the org is a sandbox"),
        ("OrganizationType", "the edition of the org"),
        ("TrialExpirationDate", ""),
    ],
    rest: "",
};

const USER: Question = Question {
    object: "User",
    tooling: false,
    needed: &["Id", "Username"],
    wanted: &[
        ("UserType", "who is a user of a site or of Chatter"),
        ("Profile.Name", "who has the profile System Administrator"),
        ("ProfileId", "from which addresses users may log in"),
        ("Profile.UserLicense.Name", "who has an integration licence"),
    ],
    rest: "WHERE IsActive = true ORDER BY Username",
};

/// The objects that every audit asks for, and what is not known without each.
const OTHERS: &[(&Question, &str)] = &[
    (
        &Question {
            object: "PermissionSet",
            tooling: false,
            needed: &["Id", "Name"],
            wanted: &[
                ("IsOwnedByProfile", ""),
                ("Profile.Name", ""),
                ("PermissionsModifyAllData", "who is privileged by Modify All Data"),
                ("PermissionsViewAllData", "who is privileged by View All Data"),
                ("PermissionsCustomizeApplication", "who is privileged by Customize Application"),
                ("PermissionsAuthorApex", "who is privileged by Author Apex"),
                ("PermissionsForceTwoFactor", "of whom an admin requires MFA"),
                // Some editions do not have it, and then nobody holds it.
                ("PermissionsBypassMFAForUiLogins", ""),
                ("PermissionsIsSsoEnabled", ""),
                ("PermissionsApiUserOnly", "who is restricted to the API"),
            ],
            rest: "",
        },
        "who is privileged, who holds the waiver, and who is restricted to the API",
    ),
    (
        &Question {
            object: "PermissionSetAssignment",
            tooling: false,
            needed: &["AssigneeId", "PermissionSetId"],
            wanted: &[("PermissionSetGroupId", "what permission set groups grant"), ("IsActive", "")],
            rest: "WHERE Assignee.IsActive = true",
        },
        "who holds which permission set",
    ),
    (
        &Question {
            object: "PermissionSetGroup",
            tooling: false,
            needed: &["Id", "DeveloperName"],
            wanted: &[],
            rest: "",
        },
        "what permission set groups grant",
    ),
    (
        &Question {
            object: "TwoFactorMethodsInfo",
            tooling: false,
            needed: &["UserId"],
            wanted: &[
                ("HasBuiltInAuthenticator", "who has a passkey on the device"),
                ("HasSecurityKey", "who has a security key"),
                ("HasU2F", ""),
                ("HasTotp", "who has a TOTP app"),
                ("HasSalesforceAuthenticator", "who has Salesforce Authenticator"),
                ("HasTempCode", ""),
            ],
            rest: "",
        },
        "what each user has registered; the token's user needs \"Manage Multi-Factor Authentication in API\". What was used \
         within 180 days is known from VerificationHistory",
    ),
    (
        &Question {
            object: "VerificationHistory",
            tooling: false,
            needed: &["UserId", "VerificationMethod", "Status"],
            wanted: &[],
            rest: "WHERE VerificationTime >= LAST_N_DAYS:180 ORDER BY VerificationTime DESC LIMIT 50000",
        },
        "which methods were used",
    ),
    (
        &Question {
            object: "LoginHistory",
            tooling: false,
            needed: &["UserId", "LoginTime", "LoginType", "Status"],
            wanted: &[
                ("LoginSubType", "by which flow apps get their tokens"),
                ("Application", "which app logs in"),
                ("ApiType", "who uses SOAP login()"),
                ("AuthMethodReference", "what identity providers say"),
                ("SourceIp", "from which addresses users log in"),
            ],
            rest: "WHERE LoginTime >= LAST_N_DAYS:90 ORDER BY LoginTime DESC LIMIT 50000",
        },
        "how users and integrations log in; each user is taken to log in with a password",
    ),
    (
        &Question { object: "OauthToken", tooling: false, needed: &["UserId", "AppName"], wanted: &[], rest: "" },
        "which apps hold tokens of which users",
    ),
    (
        &Question {
            object: "ConnectedApplication",
            tooling: false,
            needed: &["Name"],
            wanted: &[
                (
                    "OptionsAllowAdminApprovedUsersOnly",
                    "which connected apps admit only users whom an admin has approved",
                ),
                ("OptionsHasSessionLevelPolicy", "which connected apps want a high-assurance session"),
                ("RefreshTokenValidityPeriod", "when the refresh tokens of connected apps end"),
                ("OptionsRefreshTokenValidityMetric", ""),
            ],
            rest: "ORDER BY Name",
        },
        "the policies of connected apps",
    ),
    (
        &Question {
            object: "ExtlClntAppOauthPlcyCnfg",
            tooling: false,
            needed: &["DeveloperName"],
            wanted: &[
                ("PermittedUsersPolicyType", "which external client apps admit only users whom an admin has approved"),
                ("RequiredSessionLevel", "which external client apps want a high-assurance session"),
                ("RefreshTokenPolicyType", "when the refresh tokens of external client apps end"),
                ("IpRelaxationPolicyType", "for which external client apps login IP ranges hold"),
            ],
            rest: "ORDER BY DeveloperName",
        },
        "the policies of external client apps",
    ),
    (
        &Question {
            object: "UserLogin",
            tooling: false,
            needed: &["UserId", "IsFrozen"],
            wanted: &[],
            rest: "WHERE IsFrozen = true",
        },
        "who is frozen",
    ),
    (
        &Question { object: "SamlSsoConfig", tooling: false, needed: &["Id", "DeveloperName"], wanted: &[], rest: "" },
        "which SAML identity providers the org trusts",
    ),
    (
        &Question {
            object: "AuthProvider",
            tooling: false,
            needed: &["Id", "DeveloperName"],
            wanted: &[("OptionsRequireMfa", "whether a provider is set to use the org's own MFA")],
            rest: "",
        },
        "which OpenID Connect providers the org trusts",
    ),
    (
        &Question { object: "SecuritySettings", tooling: true, needed: &["Metadata"], wanted: &[], rest: "" },
        "the org-wide MFA setting, whether passkeys can be registered, and the trusted IP ranges",
    ),
];

/// Of one profile at a time.
const PROFILE: Question = Question { object: "Profile", tooling: true, needed: &["Metadata"], wanted: &[], rest: "" };

/// What is asked for where the org has permission set groups.
const OF_GROUPS: &[(&Question, &str)] = &[
    (
        &Question {
            object: "PermissionSetGroupComponent",
            tooling: false,
            needed: &["PermissionSetGroupId", "PermissionSetId"],
            wanted: &[],
            rest: "",
        },
        "what permission set groups grant",
    ),
    (
        &Question {
            object: "MutingPermissionSet",
            tooling: false,
            needed: &["Id"],
            wanted: &[
                ("PermissionsModifyAllData", ""),
                ("PermissionsViewAllData", ""),
                ("PermissionsCustomizeApplication", ""),
                ("PermissionsAuthorApex", ""),
                ("PermissionsForceTwoFactor", ""),
                ("PermissionsBypassMFAForUiLogins", ""),
                ("PermissionsIsSsoEnabled", ""),
                ("PermissionsApiUserOnly", ""),
            ],
            rest: "",
        },
        "what permission set groups mute; a muted permission counts as granted",
    ),
];

/// Each costs a question.
const MOST_PROFILES: usize = 200;
/// As in the queries of the histories.
const MOST_ROWS: usize = 50_000;
