//! Users in a CSV file: an export of a report, or one that somebody wrote. Pure.

use std::collections::{BTreeMap, BTreeSet};

use csv::{ReaderBuilder, StringRecord, Trim};
use vestibule_model::diagnostic::suggest;
use vestibule_model::{LoginKind, OrgKind, Permission, UserType, VerificationMethod};

use super::history::values;
use crate::audit::facts::{Facts, Org, Settings, Signals, Use, User, Verifiers};
use crate::outcome::Gap;

/// A table of users cannot be read. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// A row is no row.
    #[error("read {file}: {source}")]
    Csv {
        /// The file.
        file: String,
        /// What is wrong, with its line.
        source: csv::Error,
    },
    /// It has no column of usernames.
    #[error("find the usernames in {file}: its columns are {}", .columns.join(", "))]
    NoUsernames {
        /// The file.
        file: String,
        /// Its columns, as they are written.
        columns: Vec<String>,
    },
    /// Two columns mean the same.
    #[error("read {file}: the columns `{first}` and `{second}` mean the same")]
    Twice {
        /// The file.
        file: String,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A value is none of those that are valid.
    #[error("read {file}, line {line}, column `{column}`: `{value}` is not {expected}")]
    BadValue {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column, as it is written.
        column: String,
        /// The value.
        value: String,
        /// What is valid.
        expected: &'static str,
    },
}

impl TableError {
    /// What to do.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::NoUsernames { .. } => Some(
                "call the column of the usernames `Username`; others are Profile, User Type, Active, Permissions, Verifiers, \
                 Waiver, Login, App and AMR",
            ),
            Self::Twice { .. } => Some("leave one of them out"),
            Self::Csv { .. } => Some("write one user in a line, and quote what contains the separator"),
            Self::BadValue { .. } => None,
        }
    }
}

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Username,
    Profile,
    UserType,
    Active,
    Permissions,
    Verifiers,
    Waiver,
    MfaForUi,
    SingleSignOn,
    Login,
    App,
    Amr,
    /// A column of its own for a permission: yes or no.
    Permission(Permission),
    /// A column of its own for a method: yes or no.
    Method(VerificationMethod),
}

/// Reads the users of a CSV file.
///
/// # Errors
/// If it has no usernames, or a value that means nothing.
pub(crate) fn read_table(file: &str, text: &str, kind: OrgKind) -> Result<Facts, TableError> {
    let text = text.trim_start_matches('\u{feff}');
    let broken = |source| TableError::Csv { file: file.to_owned(), source };
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(text)).trim(Trim::All).flexible(false).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(broken)?.clone();
    let mut gaps = BTreeSet::new();
    let columns = columns(file, &headers, &mut gaps)?;
    let mut users: BTreeMap<String, (User, Vec<Use>)> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let line = Line { file, headers: &headers, columns: &columns, row: &row };
        line.add_to(&mut users)?;
    }
    note_missing(&columns, &mut gaps);
    let users = users.into_iter().map(|(username, (mut user, uses))| {
        user.add(uses);
        (username, user)
    });
    let users = users.collect();
    Ok(Facts {
        source: file.to_owned(),
        org: Org { id: None, name: None, kind, settings: Settings::default() },
        users,
        providers: Vec::new(),
        apps: Vec::new(),
        gaps,
    })
}

/// The separator that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

fn columns(
    file: &str,
    headers: &StringRecord,
    gaps: &mut BTreeSet<Gap>,
) -> Result<BTreeMap<Column, usize>, TableError> {
    let mut columns: BTreeMap<Column, usize> = BTreeMap::new();
    for (place, header) in headers.iter().enumerate() {
        match column(header) {
            Some(column) => {
                if let Some(other) = columns.insert(column, place) {
                    let first = headers.get(other).unwrap_or_default().to_owned();
                    return Err(TableError::Twice { file: file.to_owned(), first, second: header.to_owned() });
                }
            }
            None if header.is_empty() => {}
            None => {
                let names = KNOWN.iter().flat_map(|(names, _)| names.iter().copied());
                let nearest = suggest(&folded(header), names);
                let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
                gaps.insert(Gap {
                    what: format!("column `{header}`"),
                    why: format!("the audit does not know this column{hint}"),
                    unknown: "what it says".to_owned(),
                });
            }
        }
    }
    if columns.contains_key(&Column::Username) {
        return Ok(columns);
    }
    Err(TableError::NoUsernames { file: file.to_owned(), columns: headers.iter().map(str::to_owned).collect() })
}

/// What is not known of anybody, because there is no column for it.
fn note_missing(columns: &BTreeMap<Column, usize>, gaps: &mut BTreeSet<Gap>) {
    let has = |column: Column| columns.contains_key(&column);
    let privileges = has(Column::Permissions) || columns.keys().any(|one| matches!(one, Column::Permission(_)));
    let methods = has(Column::Verifiers) || columns.keys().any(|one| matches!(one, Column::Method(_)));
    let rows = [
        (has(Column::Profile) || privileges, "Profile", "who is privileged by the profile"),
        (privileges, "Permissions", "who is privileged by a permission set"),
        (methods, "Verifiers", "what each user has registered"),
        (has(Column::Login), "Login", "how users log in; each is taken to log in with a password"),
    ];
    for (_, column, unknown) in rows.into_iter().filter(|(known, ..)| !known) {
        gaps.insert(Gap {
            what: format!("column `{column}`"),
            why: "the file does not have it".to_owned(),
            unknown: unknown.to_owned(),
        });
    }
}

/// A line of the file.
struct Line<'a> {
    file: &'a str,
    headers: &'a StringRecord,
    columns: &'a BTreeMap<Column, usize>,
    row: &'a StringRecord,
}

impl Line<'_> {
    fn add_to(&self, users: &mut BTreeMap<String, (User, Vec<Use>)>) -> Result<(), TableError> {
        let Some(username) = self.value(Column::Username) else { return Ok(()) };
        if self.flag(Column::Active)? == Some(false) {
            return Ok(());
        }
        let (user, one) = (self.user()?, self.login()?);
        // Further lines of a user are further logins.
        let (known, uses) = users.entry(username.to_owned()).or_insert((user, Vec::new()));
        match one {
            Some(one) => uses.push(one),
            None if uses.is_empty() => {
                let login = if known.user_type == UserType::ApiOnly { LoginKind::Api } else { LoginKind::PasswordUi };
                uses.push(Use::of(login));
            }
            None => {}
        }
        Ok(())
    }

    fn user(&self) -> Result<User, TableError> {
        let user_type = match self.value(Column::UserType) {
            Some(value) => user_type(value).ok_or_else(|| self.bad(Column::UserType, value, USER_TYPES))?,
            None => UserType::Employee,
        };
        let mut user = User::new(user_type, self.value(Column::Profile).unwrap_or_default());
        for value in self.listed(Column::Permissions) {
            let permission = permission(value).ok_or_else(|| self.bad(Column::Permissions, value, PERMISSIONS))?;
            user.privileges.entry(permission).or_default().insert("the file".to_owned());
        }
        let mut methods = BTreeSet::new();
        for value in self.listed(Column::Verifiers) {
            if !matches!(folded(value).as_str(), "none" | "no" | "") {
                methods.insert(method(value).ok_or_else(|| self.bad(Column::Verifiers, value, METHODS))?);
            }
        }
        let (mut has_permissions, mut has_methods) =
            (self.columns.contains_key(&Column::Permissions), self.columns.contains_key(&Column::Verifiers));
        for column in self.columns.keys() {
            match column {
                Column::Permission(permission) => {
                    has_permissions = true;
                    if self.flag(*column)? == Some(true) {
                        user.privileges.entry(*permission).or_default().insert("the file".to_owned());
                    }
                }
                Column::Method(method) => {
                    has_methods = true;
                    if self.flag(*column)? == Some(true) {
                        methods.insert(*method);
                    }
                }
                _ => {}
            }
        }
        user.privileges_known = has_permissions;
        user.verifiers = if has_methods { Verifiers::Exactly(methods) } else { Verifiers::AtLeast(methods) };
        user.mfa_for_ui_logins = self.flag(Column::MfaForUi)?.unwrap_or(false);
        user.single_sign_on = self.flag(Column::SingleSignOn)?.unwrap_or(false);
        if self.flag(Column::Waiver)? == Some(true) {
            user.waiver.insert("the file".to_owned());
        }
        Ok(user)
    }

    fn login(&self) -> Result<Option<Use>, TableError> {
        let Some(value) = self.value(Column::Login) else { return Ok(None) };
        let login = login(value).ok_or_else(|| self.bad(Column::Login, value, LOGINS))?;
        let said = self.value(Column::Amr).map(values);
        let signals = match (&login, said) {
            (_, Some(said)) => Signals::Said(said),
            (LoginKind::Saml | LoginKind::Oidc, None) => Signals::NotShown,
            (_, None) => Signals::Said(BTreeSet::new()),
        };
        Ok(Some(Use { app: self.value(Column::App).map(str::to_owned), signals, ..Use::of(login) }))
    }

    /// The value in a column; `None` if it is empty.
    fn value(&self, column: Column) -> Option<&str> {
        self.row.get(*self.columns.get(&column)?).filter(|value| !value.is_empty())
    }

    fn listed(&self, column: Column) -> impl Iterator<Item = &str> {
        let value = self.value(column).unwrap_or_default();
        value.split([',', ';', '|']).map(str::trim).filter(|part| !part.is_empty())
    }

    fn flag(&self, column: Column) -> Result<Option<bool>, TableError> {
        let Some(value) = self.value(column) else { return Ok(None) };
        match value.to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "x" | "checked" | "active" => Ok(Some(true)),
            "false" | "no" | "n" | "0" | "-" | "unchecked" | "inactive" => Ok(Some(false)),
            _ => Err(self.bad(column, value, "yes or no")),
        }
    }

    fn bad(&self, column: Column, value: &str, expected: &'static str) -> TableError {
        let place = self.columns.get(&column).and_then(|place| self.headers.get(*place));
        TableError::BadValue {
            file: self.file.to_owned(),
            line: self.row.position().map_or(0, csv::Position::line),
            column: place.unwrap_or_default().to_owned(),
            value: value.to_owned(),
            expected,
        }
    }
}

/// Without case, blanks and signs: `User Name`, `user_name` and `UserName` are one.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn column(header: &str) -> Option<Column> {
    let folded = folded(header);
    let known = KNOWN.iter().find(|(names, _)| names.contains(&folded.as_str())).map(|(_, column)| *column);
    let permissions = || permission(folded.strip_prefix("permissions").unwrap_or(&folded)).map(Column::Permission);
    let methods = || method(folded.strip_prefix("has").unwrap_or(&folded)).map(Column::Method);
    known.or_else(permissions).or_else(methods)
}

fn permission(text: &str) -> Option<Permission> {
    match folded(text).as_str() {
        "modifyalldata" => Some(Permission::ModifyAllData),
        "viewalldata" => Some(Permission::ViewAllData),
        "customizeapplication" => Some(Permission::CustomizeApplication),
        "authorapex" => Some(Permission::AuthorApex),
        _ => None,
    }
}

fn method(text: &str) -> Option<VerificationMethod> {
    match folded(text).as_str() {
        "passkey" | "builtinauthenticator" => Some(VerificationMethod::BuiltInAuthenticator),
        "securitykey" | "u2f" => Some(VerificationMethod::SecurityKey),
        "totp" | "totpapp" | "onetimepasswordgenerator" | "authenticatorapp" => Some(VerificationMethod::TotpApp),
        "salesforceauthenticator" => Some(VerificationMethod::SalesforceAuthenticator),
        "tempcode" | "temporarycode" => Some(VerificationMethod::TemporaryCode),
        _ => None,
    }
}

fn user_type(text: &str) -> Option<UserType> {
    match folded(text).as_str() {
        "employee" | "standard" | "salesforce" => Some(UserType::Employee),
        "experiencecloud"
        | "community"
        | "customercommunity"
        | "partnercommunity"
        | "csplite"
        | "cspliteportal"
        | "powerpartner"
        | "powercustomersuccess" => Some(UserType::ExperienceCloud),
        "chatter" | "chatterfree" | "chatterexternal" | "csnonly" => Some(UserType::Chatter),
        "apionly" => Some(UserType::ApiOnly),
        "integration" | "salesforceintegration" => Some(UserType::Integration),
        _ => None,
    }
}

fn login(text: &str) -> Option<LoginKind> {
    match folded(text).as_str() {
        "passwordui" | "application" | "password" | "ui" => Some(LoginKind::PasswordUi),
        "passwordless" | "passwordlesslogin" => Some(LoginKind::Passwordless),
        "saml" | "samlsfdcinitiatedsso" | "samlidpinitiatedsso" => Some(LoginKind::Saml),
        "oidc" | "thirdpartysso" => Some(LoginKind::Oidc),
        "oauthwebserver" => Some(LoginKind::OauthWebServer),
        "oauthuseragent" => Some(LoginKind::OauthUserAgent),
        "oauthhybrid" => Some(LoginKind::OauthHybrid),
        "jwtbearer" => Some(LoginKind::JwtBearer),
        "clientcredentials" => Some(LoginKind::ClientCredentials),
        "oauthpassword" => Some(LoginKind::OauthPassword),
        "soaplogin" | "soap" => Some(LoginKind::SoapLogin),
        "api" => Some(LoginKind::Api),
        "frontdoor" => Some(LoginKind::Frontdoor),
        _ => None,
    }
}

const KNOWN: [(&[&str], Column); 12] = [
    (&["username", "user", "loginname"], Column::Username),
    (&["profile", "profilename"], Column::Profile),
    (&["usertype", "type", "license", "licence", "userlicense"], Column::UserType),
    (&["active", "isactive"], Column::Active),
    (&["permissions", "privileges"], Column::Permissions),
    (&["verifiers", "methods", "mfamethods", "verificationmethods"], Column::Verifiers),
    (&["waiver", "bypassmfa", "permissionsbypassmfaforuilogins"], Column::Waiver),
    (&["mfaforuilogins", "permissionsforcetwofactor"], Column::MfaForUi),
    (&["singlesignon", "sso", "permissionsisssoenabled"], Column::SingleSignOn),
    (&["login", "logintype", "route"], Column::Login),
    (&["app", "application", "connectedapp"], Column::App),
    (&["amr", "authmethodreference"], Column::Amr),
];
const USER_TYPES: &str = "employee, experience-cloud, chatter, api-only or integration";
const PERMISSIONS: &str = "modify-all-data, view-all-data, customize-application or author-apex";
const METHODS: &str = "passkey, security-key, totp, salesforce-authenticator, temporary-code or none";
const LOGINS: &str = "password-ui, passwordless, saml, oidc, oauth-web-server, oauth-user-agent, oauth-hybrid, jwt-bearer, \
     client-credentials, oauth-password, soap-login, api or frontdoor";

#[cfg(test)]
mod tests;
