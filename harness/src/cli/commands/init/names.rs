//! What a variable holds, told by the whole words of its name.

/// The template that fits a variable; `None` if its name says something else, or is that of another system.
pub(super) fn template(name: &str) -> Option<&'static str> {
    let words = words(name);
    let has = |list: &str| words.iter().any(|word| lists(list, word));
    if has(OTHER_SYSTEMS) || has(QUALIFIERS) || OF_THE_SYSTEM.contains(&name) {
        return None;
    }
    let last = words.last().map(String::as_str).unwrap_or_default();
    if has(FACTORS) {
        return match last {
            _ if has("URI URL OTPAUTH") => Some("totp-uri"),
            _ if has("SECRET KEY SEED") => Some("totp-secret"),
            "TOTP" | "OTP" => Some("totp-secret"),
            _ => None,
        };
    }
    if has("PASSWORD PASSWD PWD") || last == "PASS" {
        return Some("password");
    }
    if has("ACCESS") && has("TOKEN") {
        return Some("access-token");
    }
    if has("URL URI") {
        return url(&words);
    }
    has("USERNAME USER").then_some("user")
}

/// The address that a name means: the first of its words that says so, or the login page where every word is one of an
/// environment.
fn url(words: &[String]) -> Option<&'static str> {
    let named = words.iter().find_map(|word| URLS.iter().find(|(known, _)| known == word));
    let plain = words.iter().all(|word| lists(ENVIRONMENTS, word));
    named.map(|(_, template)| *template).or_else(|| plain.then_some("login-url"))
}

fn lists(list: &str, wanted: &str) -> bool {
    list.split(' ').any(|word| word == wanted)
}

/// `SF_USERNAME_2`, `sfUsername2`: upper-case words without the number at their ends.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for char in name.chars() {
        let begins = !char.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && char.is_ascii_uppercase());
        if begins {
            words.push(String::new());
        }
        if char.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(char.to_ascii_uppercase());
        }
        before = char;
    }
    let bare = words.iter().map(|word| word.trim_end_matches(|char: char| char.is_ascii_digit()).to_owned());
    bare.filter(|word| !word.is_empty()).collect()
}

/// Words for a second factor.
const FACTORS: &str = "TOTP OTP MFA 2FA TFA AUTHENTICATOR OTPAUTH";

/// Words that make a name say something about a value, or name a value for a negative test.
const QUALIFIERS: &str = "AGENT ALGORITHM ATTEMPTS BAD CODE COUNT DATA DIGITS DIR DISABLED DURATION ENABLED EXPIRED EXPIRY FAKE FIELD \
    FILE GROUP ID INCORRECT INTERVAL INVALID ISSUER LENGTH LIMIT LOCATOR LOCKED MAX METHOD MIN MS NEW OLD PATH \
    PERIOD POLICY POOL PROFILE REQUIRED RETRIES ROLE SECONDS SELECTOR SKIP STEP TIMEOUT TYPE WAIT WINDOW WRONG";

/// Words of systems that suites use beside the org.
const OTHER_SYSTEMS: &str = "ARTIFACTORY AWS AZURE BROWSERSTACK CONFLUENCE DATABASE DB DOCKER EMAIL FTP GIT GITHUB GITLAB GMAIL GRID HUB \
    IMAP INBOX JDBC JENKINS JIRA KEYSTORE LAMBDATEST MAIL MAILBOX MAILOSAUR MAILSLURP MAILTRAP MONGO MYSQL NPM \
    OUTLOOK PERCY PG POP POSTGRES PROXY REDIS REPORTPORTAL SAUCE SELENIUM SFTP SLACK SMTP SQL SSH TESTRAIL \
    TRUSTSTORE XRAY";

/// Variables of the operating system.
const OF_THE_SYSTEM: [&str; 2] = ["USER", "PWD"];

/// A word, and the address that it means.
const URLS: [(&str, &str); 8] = [
    ("LOGIN", "login-url"),
    ("FRONTDOOR", "frontdoor-url"),
    ("LIGHTNING", "lightning-url"),
    ("INSTANCE", "org-url"),
    ("DOMAIN", "org-url"),
    ("MYDOMAIN", "org-url"),
    ("ORG", "org-url"),
    ("SSO", "sso-url"),
];

/// Words of a name that means the address where a suite begins: `QA_URL`.
const ENVIRONMENTS: &str = "APP BASE DEV ENV ENVIRONMENT HOME PREPROD PROD QA SALESFORCE SANDBOX SF SFDC SIT SITE STAGE STAGING START \
    TARGET TEST UAT URI URL WEB";

#[cfg(test)]
mod tests {
    use super::template;

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
            ("CI", None),
        ] {
            assert_eq!(template(name), expected, "{name}");
        }
    }
}
