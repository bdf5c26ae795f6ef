//! What a variable holds, told by all words of its name. One that is not known leaves a doubt, and then the variable
//! gets nothing.

/// The template that fits a variable; `None` if its name says something else or leaves a doubt.
pub(super) fn template(name: &str) -> Option<&'static str> {
    if OF_THE_SYSTEM.contains(&name) {
        return None;
    }
    let words = words(name);
    MEANINGS.iter().find(|meaning| meaning.fits(&words)).map(|meaning| meaning.template)
}

/// Whether a name that got no template may be one of the login, so that people should look at it.
pub(super) fn in_doubt(name: &str) -> bool {
    let words = words(name);
    let has = |list: &str| words.iter().any(|word| lists(list, word));
    let known = OF_THE_SYSTEM.contains(&name) || has(OTHER_SYSTEMS) || template(name).is_some();
    !known && (has(SALESFORCE) || has(OF_LOGINS))
}

/// A meaning, and the words that have it.
struct Meaning {
    /// Alternatives, each a sequence of slots; a slot is a list of words, and one that ends in `?` may be missing.
    words: &'static [&'static [&'static str]],
    template: &'static str,
    /// Words that may not stand before these, besides those that may not stand before any.
    not_after: &'static str,
    /// Whether another word may stand between the name of Salesforce and these: `SF_MAIA_PASSWORD`.
    of_anyone: bool,
    /// Whether words of environments and roles may follow: `SF_PASSWORD_UAT`.
    may_go_on: bool,
}

impl Meaning {
    /// Whether somewhere in the name are the words of this meaning, and all others leave it as it is.
    fn fits(&self, words: &[String]) -> bool {
        (0..words.len()).any(|start| {
            let mut ends = self.words.iter().flat_map(|slots| ends(slots, words, start));
            ends.any(|end| self.fits_between(&words[..start], &words[end..]))
        })
    }

    fn fits_between(&self, before: &[String], after: &[String]) -> bool {
        let goes_on = after.iter().all(|word| lists(NEUTRAL, word) || lists(SALESFORCE, word));
        if !goes_on || !(self.may_go_on || after.is_empty()) {
            return false;
        }
        let excluded = [OTHER_SYSTEMS, QUALIFIERS, self.not_after];
        if before.iter().any(|word| excluded.iter().any(|list| lists(list, word))) {
            return false;
        }
        // What stands before the name of Salesforce is the name of a company or of a tool.
        let ours = before.iter().rposition(|word| lists(SALESFORCE, word));
        let rest = &before[ours.map_or(0, |position| position + 1)..];
        (self.of_anyone && ours.is_some()) || rest.iter().all(|word| lists(NEUTRAL, word))
    }
}

/// Where the slots can end that begin at a word.
fn ends(slots: &[&str], words: &[String], start: usize) -> Vec<usize> {
    let Some((slot, rest)) = slots.split_first() else { return vec![start] };
    let (list, optional) = slot.strip_suffix('?').map_or((*slot, false), |list| (list, true));
    let taken = words.get(start).is_some_and(|word| lists(list, word));
    let mut found = if taken { ends(rest, words, start + 1) } else { Vec::new() };
    if optional {
        found.extend(ends(rest, words, start));
    }
    found
}

fn lists(list: &str, wanted: &str) -> bool {
    list.split(' ').any(|word| word == wanted)
}

/// `SF_USERNAME_2`, `sfUsername2`, `SFUsername`: upper-case words without the number at their ends.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| chars.get(index)).copied().unwrap_or(' ');
        let after = chars.get(index + 1).copied().unwrap_or(' ');
        let begins = char.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if begins || !char.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if char.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(char.to_ascii_uppercase());
        }
    }
    let bare = words.iter().map(|word| word.trim_end_matches(|char: char| char.is_ascii_digit()));
    bare.filter(|word| !word.is_empty()).flat_map(parts).map(str::to_owned).collect()
}

/// `BASEURL` is two words, and so is `SFPASSWORD`.
fn parts(word: &str) -> Vec<&str> {
    let begins = |start: &str| [NEUTRAL, SALESFORCE, OF_ADDRESSES].iter().any(|list| lists(list, start));
    let joined = LAST_PARTS.split(' ').find_map(|last| {
        let start = word.strip_suffix(last).filter(|start| begins(start))?;
        Some(vec![start, last])
    });
    joined.unwrap_or_else(|| vec![word])
}

/// In the order in which they are tried.
static MEANINGS: [Meaning; 13] = [
    Meaning { of_anyone: true, ..named(&[&["TOTP OTP", "AUTH?", URL], &["OTPAUTH", "URI URL?"]], "totp-uri") },
    Meaning {
        of_anyone: true,
        ..named(&[&[FACTORS, "APP AUTH SHARED TOTP OTP?", "SHARED?", "SECRET KEY SEED", "KEY SEED?"]], "totp-secret")
    },
    Meaning { may_go_on: false, of_anyone: true, ..named(&[&["TOTP OTP"]], "totp-secret") },
    Meaning { of_anyone: true, ..named(&[&["ACCESS", "TOKEN"]], "access-token") },
    Meaning {
        of_anyone: true,
        not_after: ONE_TIME,
        ..named(&[&["PASSWORD PASSWD PWD PASS"], &["PASS", "WORD"]], "password")
    },
    named(&[&["SSO", "LOGIN START?", URL]], "sso-url"),
    named(&[&["FRONTDOOR", URL]], "frontdoor-url"),
    named(&[&["LIGHTNING", "BASE?", URL]], "lightning-url"),
    named(&[&["INSTANCE DOMAIN MYDOMAIN ORG", "BASE?", URL], &["MY", "DOMAIN", "BASE?", URL]], "org-url"),
    named(&[&["INSTANCE DOMAIN MYDOMAIN ORG", HOST], &["MY", "DOMAIN", HOST]], "org-host"),
    // `SFDX_AUTH_URL` holds a refresh token.
    Meaning { not_after: "AUTH", ..named(&[&["LOGIN", "PAGE BASE?", URL], &[URL]], "login-url") },
    Meaning {
        of_anyone: true,
        ..named(
            &[&["USERNAME"], &["USER LOGIN", "NAME"], &["USER LOGIN", "EMAIL"], &["LOGIN", "USER"], &["USER"]],
            "user",
        )
    },
    // `EMAIL_USER` is a user of the mail server.
    Meaning { may_go_on: false, of_anyone: true, ..named(&[&["EMAIL"]], "user") },
];

/// A meaning that words of environments and roles may precede and follow.
const fn named(words: &'static [&'static [&'static str]], template: &'static str) -> Meaning {
    Meaning { words, template, not_after: "", of_anyone: false, may_go_on: true }
}

const URL: &str = "URL URI";
const HOST: &str = "HOST HOSTNAME";

/// Words for a second factor.
const FACTORS: &str = "TOTP OTP MFA 2FA TFA AUTHENTICATOR";

/// Words that make a password one that is not the user's.
const ONE_TIME: &str = "2FA MFA ONE ONETIME OTP TEMP TEMPORARY TFA TIME TOTP";

/// Names of the product.
const SALESFORCE: &str = "SALESFORCE SF SFDC SFDX SFORCE";

/// Words of environments, roles and tools: they leave the meaning of a name as it is.
const NEUTRAL: &str = "ADMIN ADMINISTRATOR APP AUTH BASE CRM CYPRESS DEFAULT DEMO DEV E2E EMPLOYEE ENV ENVIRONMENT \
    INTERNAL LOCAL LOGIN MAIN MANAGER MY ORG PLAYWRIGHT PREPROD PRIMARY PROD PRODUCTION QA REGULAR REP ROBOT SALES \
    SALESREP SANDBOX SIT SITE STAGE STAGING STANDARD START SUITE SYSADMIN SYSTEM TARGET TEST TESTER TESTING TESTS \
    UAT UI USER VALID WDIO WEB";

/// Words that make a name say something about a value, or name a value for a negative test.
const QUALIFIERS: &str = "AGENT ALGORITHM ATTEMPTS BAD CERT CERTIFICATE CODE COUNT CREATED CURRENT DATA DELETED \
    DIGITS DIR DISABLED DURATION ENABLED EXPIRED EXPIRY FAKE FIELD FILE FROZEN GROUP ID INACTIVE INCORRECT INTERVAL \
    INVALID ISSUER KEY LENGTH LIMIT LOCATOR LOCKED MAX METHOD MIN MS NEW NUM NUMBER OLD PATH PERIOD PFX POLICY POOL \
    PRIVATE PROFILE REQUIRED RESET RETRIES ROLE SECONDS SELECTOR SKIP STEP TIMEOUT TYPE UNKNOWN WAIT WINDOW WRONG";

/// Words of systems that suites use beside the org.
const OTHER_SYSTEMS: &str = "ARTIFACTORY AWS AZURE BROWSERSTACK CODECOV CONFLUENCE DATABASE DB DOCKER EMAIL FTP GIT GITHUB \
    GITLAB GMAIL GRID HUB IMAP INBOX JDBC JENKINS JIRA KEYSTORE LAMBDATEST MAIL MAILBOX MAILOSAUR MAILSLURP MAILTRAP \
    MONGO MYSQL NPM OKTA OUTLOOK PERCY PG POP POSTGRES PROXY REDIS REPORTPORTAL SAP SAUCE SAUCELABS SELENIUM SFTP \
    SLACK SMTP SONAR SQL SSH STRIPE TESTRAIL TRUSTSTORE TWILIO VAULT XRAY";

/// Words that are written together with one of these: `BASEURL`.
const LAST_PARTS: &str = "URL URI USERNAME PASSWORD PASSWD PWD";

/// Words that say which address a URL is.
const OF_ADDRESSES: &str = "DOMAIN FRONTDOOR INSTANCE LIGHTNING MYDOMAIN SSO";

/// Words of values that a login needs.
const OF_LOGINS: &str = "2FA ACCOUNT CREDENTIAL CREDENTIALS LOGIN MFA OTP PASSCODE PASSWORD PASSWD PWD SECRET TFA TOKEN \
    TOTP USERNAME";

/// Variables of the operating system.
const OF_THE_SYSTEM: [&str; 2] = ["USER", "PWD"];

#[cfg(test)]
mod tests {
    use super::{in_doubt, template};

    #[test]
    fn whole_words_decide() {
        for (name, expected) in [
            ("SF_TOTP_SECRET", Some("totp-secret")),
            ("MFA_SECRET", Some("totp-secret")),
            ("SF_2FA_KEY", Some("totp-secret")),
            ("TOTP_SEED_ADMIN", Some("totp-secret")),
            ("SF_OTP", Some("totp-secret")),
            ("OTPAUTH_URL", Some("totp-uri")),
            ("MFA_CODE", None),
            ("TOTP_DIGITS", None),
            ("TOTP_ALGORITHM", None),
            ("MFA_TIMEOUT_MS", None),
            ("MFA_ENABLED", None),
            ("SF_MFA", None),
            ("OTP_CODE", None),
            ("SF_PASSWORD", Some("password")),
            ("SF_PASSWORD_UAT", Some("password")),
            ("sfPassword", Some("password")),
            ("ADMIN_PASS", Some("password")),
            ("SF_PWD", Some("password")),
            ("MAIL_PASSWORD", None),
            ("GMAIL_PASS", None),
            ("EMAIL_PASSWORD", None),
            ("SMTP_PWD", None),
            ("DB_PASSWORD", None),
            ("PASSWORD_FIELD", None),
            ("WRONG_PASSWORD", None),
            ("PASS_RATE", None),
            ("PASSKEY_NAME", None),
            ("COMPASS", None),
            ("PWD", None),
            ("SF_USERNAME", Some("user")),
            ("USERNAME", Some("user")),
            ("sfUserName", Some("user")),
            ("SF_USER", Some("user")),
            ("SF_USER1", Some("user")),
            ("QA_USER", Some("user")),
            ("USER", None),
            ("USER_AGENT", None),
            ("USER_DATA_DIR", None),
            ("INVALID_USERNAME", None),
            ("BROWSERSTACK_USERNAME", None),
            ("QA_URL", Some("login-url")),
            ("SF_URL", Some("login-url")),
            ("BASE_URL", Some("login-url")),
            ("baseURL", Some("login-url")),
            ("URL", Some("login-url")),
            ("SF_LOGIN_URL", Some("login-url")),
            ("SF_INSTANCE_URL", Some("org-url")),
            ("ORG_URL", Some("org-url")),
            ("LIGHTNING_URL", Some("lightning-url")),
            ("JIRA_URL", None),
            ("SELENIUM_GRID_URL", None),
            ("PAYMENT_URL", None),
            ("SF_ACCESS_TOKEN", Some("access-token")),
            ("GITHUB_ACCESS_TOKEN", None),
            ("SF_EMAIL", Some("user")),
            ("SF_ADMIN_EMAIL", Some("user")),
            ("USER_EMAIL", Some("user")),
            ("LOGIN_EMAIL", Some("user")),
            ("EMAIL_URL", None),
            ("EMAIL_USER", None),
            ("SF_EMAIL_PASSWORD", None),
            ("NOTIFY_EMAIL", None),
            ("SALESFORCE_URL", Some("login-url")),
            ("ACME_SF_URL", Some("login-url")),
            ("SF_PAYMENT_URL", None),
            ("SF_PASSWORD_RESET_URL", None),
            ("LOGOUT_URL", None),
            ("HOME_URL", None),
            ("WEBHOOK_URL", None),
            ("SF_ORG_INSTANCE_URL", Some("org-url")),
            ("MY_DOMAIN_URL", Some("org-url")),
            ("SF_MY_DOMAIN_HOST", Some("org-host")),
            ("SF_LIGHTNING_BASE_URL", Some("lightning-url")),
            ("SSO_LOGIN_URL", Some("sso-url")),
            ("ACME_SF_USERNAME", Some("user")),
            ("SF_MAIA_PASSWORD", Some("password")),
            ("SFUsername", Some("user")),
            ("SF_USER_NAME", Some("user")),
            ("SF_LOGIN_NAME", Some("user")),
            ("SALES_REP_USERNAME", Some("user")),
            ("CYPRESS_SF_USERNAME", Some("user")),
            ("STRIPE_PASSWORD", None),
            ("HEROKU_USER", None),
            ("SF_USER_ID", None),
            ("SF_USER_COUNT", None),
            ("SF_USERNAME_SELECTOR", None),
            ("SF_PASSWORD_HASH", None),
            ("SF_PASSWORD_MIN_LENGTH", None),
            ("SF_OTP_PASSWORD", None),
            ("SF_ONE_TIME_PASSWORD", None),
            ("SF_KEYSTORE_PASSWORD", None),
            ("SF_LOCKED_USER", None),
            ("TOTP_USER", None),
            ("SF_TOTP_SHARED_SECRET", Some("totp-secret")),
            ("TOTPSecret", Some("totp-secret")),
            ("SF_TOTP_SECRET_NAME", None),
            ("SF_TOTP_KEY_ID", None),
            ("SF_TOTP_ISSUER", None),
            ("SF_MFA_URL_TIMEOUT", None),
            ("SFDX_AUTH_URL", None),
            ("SF_AUTH_URL", None),
            ("BASEURL", Some("login-url")),
            ("SFDC_LOGINURL", Some("login-url")),
            ("INSTANCEURL", Some("org-url")),
            ("SFUSERNAME", Some("user")),
            ("SFPASSWORD", Some("password")),
            ("CURL", None),
            ("SHORTURL", None),
            ("SF_SECURITY_TOKEN", None),
            ("SF_CLIENT_SECRET", None),
            ("SF_SECRET_KEY", None),
            ("CI", None),
        ] {
            assert_eq!(template(name), expected, "{name}");
        }
    }

    #[test]
    fn names_that_a_login_may_need_and_that_got_nothing_are_in_doubt() {
        for (name, expected) in [
            ("MFA_CODE", true),
            ("MAIL_PASSWORD", false),
            ("SF_SECURITY_TOKEN", true),
            ("APP_TOKEN", true),
            ("API_TOKEN", true),
            ("apiToken", true),
            ("app.token", true),
            ("CLIENT_SECRET", true),
            ("TEST_CREDENTIALS", true),
            ("SFDX_AUTH_URL", true),
            ("GITHUB_TOKEN", false),
            ("NPM_TOKEN", false),
            ("CODECOV_TOKEN", false),
            ("SONAR_TOKEN", false),
            ("AWS_SECRET_ACCESS_KEY", false),
            ("SF_ACCESS_TOKEN", false),
            ("SF_PASSWORD", false),
            ("PWD", false),
            ("CI", false),
            ("HEADLESS", false),
        ] {
            assert_eq!(in_doubt(name), expected, "{name}");
        }
    }
}
