//! The documented variables of a suite, each with its description.

/// A documented variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Name in the environment: `VESTIBULE_LOGIN_URL`.
    pub name: &'static str,
    /// Name in a template: `login-url`.
    pub template: &'static str,
    /// What it holds, in one sentence.
    pub about: &'static str,
    /// Whether its value is a secret.
    pub secret: bool,
    /// Whether each user has a separate one: `VESTIBULE_USERNAME_ADMIN` and `{user.admin}`. The plain name belongs to
    /// the first user.
    pub per_user: bool,
}

/// A variable that other programs define and many clients read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StandardVariable {
    /// Name in the environment: `HTTPS_PROXY`.
    pub name: &'static str,
    /// Its value and who reads it, in one sentence.
    pub about: &'static str,
}

/// Every variable, in the order of the documentation.
pub(crate) const VARIABLES: &[Variable] = &[
    plain("VESTIBULE_CONDITION", "condition", "name of the condition, or of the case"),
    plain("VESTIBULE_LOGIN_URL", "login-url", "the login page, on the My Domain host"),
    plain("VESTIBULE_SHARED_LOGIN_URL", "shared-login-url", "the login page on the host that all orgs share"),
    plain("VESTIBULE_ORG_URL", "org-url", "origin of the org, the My Domain host; API calls go there"),
    plain("VESTIBULE_ORG_HOST", "org-host", "host of the org, with the port if it is not 443"),
    plain("VESTIBULE_LIGHTNING_URL", "lightning-url", "origin of Lightning Experience"),
    plain(
        "VESTIBULE_SSO_URL",
        "sso-url",
        "URL that starts single sign-on; unset without an identity provider, or if no step names one of several",
    ),
    plain("VESTIBULE_ORG_ID", "org-id", "id of the org, 18 characters"),
    personal("VESTIBULE_USERNAME", "user", "username", false),
    personal("VESTIBULE_PASSWORD", "password", "password", true),
    personal("VESTIBULE_TOTP_SECRET", "totp-secret", "TOTP secret, base32; unset without a TOTP app", true),
    personal("VESTIBULE_TOTP_URI", "totp-uri", "otpauth:// URI of the TOTP app; unset without one", true),
    personal(
        "VESTIBULE_TEMPORARY_CODE",
        "temporary-code",
        "temporary verification code; unset if no admin made one",
        true,
    ),
    personal(
        "VESTIBULE_PASSKEY_RP_ID",
        "passkey-rp-id",
        "RP ID of the user's passkey; this and what follows of it is unset without one",
        false,
    ),
    personal("VESTIBULE_PASSKEY_CREDENTIAL_ID", "passkey-credential-id", "credential ID, base64url", false),
    personal("VESTIBULE_PASSKEY_PRIVATE_KEY", "passkey-private-key", "private key, PKCS#8 in base64url", true),
    personal("VESTIBULE_PASSKEY_USER_HANDLE", "passkey-user-handle", "user handle, base64url", false),
    personal("VESTIBULE_PASSKEY_SIGN_COUNT", "passkey-sign-count", "signature counter of its last use", false),
    personal(
        "VESTIBULE_PASSKEY_CREDENTIAL_ID_BASE64",
        "passkey-credential-id-base64",
        "credential ID in plain base64, as DevTools takes it (WebAuthn.addCredential)",
        false,
    ),
    personal(
        "VESTIBULE_PASSKEY_PRIVATE_KEY_BASE64",
        "passkey-private-key-base64",
        "private key, PKCS#8 in plain base64; also the body of a PEM file",
        true,
    ),
    personal(
        "VESTIBULE_PASSKEY_USER_HANDLE_BASE64",
        "passkey-user-handle-base64",
        "user handle in plain base64",
        false,
    ),
    personal("VESTIBULE_ACCESS_TOKEN", "access-token", "access token of an API login", true),
    personal("VESTIBULE_FRONTDOOR_URL", "frontdoor-url", "frontdoor.jsp URL that opens a browser session", true),
    plain(
        "VESTIBULE_CA_FILE",
        "ca-file",
        "PEM file with the simulator's CA, the machine's own, and those that you name",
    ),
    plain("VESTIBULE_PROXY_URL", "proxy-url", "HTTP proxy that serves the simulated hosts and refuses the vendor's"),
    plain(
        "VESTIBULE_WEBDRIVER_URL",
        "webdriver-url",
        "WebDriver endpoint; its browsers reach and trust the simulated hosts",
    ),
    plain(
        "VESTIBULE_BROWSER_PATH",
        "browser-path",
        "Chromium that reaches and trusts the simulated hosts, to be started directly",
    ),
    plain("VESTIBULE_SPKI_PIN", "spki-pin", "value for Chromium's --ignore-certificate-errors-spki-list"),
    plain("VESTIBULE_HOST_RULES", "host-rules", "value for Chromium's --host-resolver-rules"),
];

/// The other programs' variables that Vestibule sets, in the order of the documentation. The proxy variables are also
/// set in lower case, because some clients read only those.
pub(crate) const STANDARD: &[StandardVariable] = &[
    standard(
        "HTTPS_PROXY",
        "the proxy; read by curl, Python, Go, Ruby and .NET; by Node from 22.21 on, not by Node 20; a proxy that you name \
         here is used for every host that is neither simulated nor the vendor's",
    ),
    standard("HTTP_PROXY", "the proxy, for plain http"),
    standard("NO_PROXY", "addresses to reach without the proxy: the WebDriver endpoint"),
    standard("NODE_USE_ENV_PROXY", "1: Node from 22.21 and 24 on obeys HTTPS_PROXY"),
    standard("NODE_EXTRA_CA_CERTS", "the CA file, with the certificates of your own; read by Node at its start"),
    standard(
        "SSL_CERT_FILE",
        "the same; read by OpenSSL, Python's ssl, Go, Ruby and .NET; also, where you set them, AWS_CA_BUNDLE, \
         CARGO_HTTP_CAINFO, DENO_CERT, GIT_SSL_CAINFO, GRPC_DEFAULT_SSL_ROOTS_FILE_PATH, HTTPLIB2_CA_CERTS, \
         NPM_CONFIG_CAFILE, PIP_CERT and WEBSOCKET_CLIENT_CA_BUNDLE",
    ),
    standard("REQUESTS_CA_BUNDLE", "the same; read by Python requests"),
    standard("CURL_CA_BUNDLE", "the same; read by curl"),
    standard(
        "CHROME_BIN",
        "the Chromium of VESTIBULE_BROWSER_PATH; also CHROME_PATH, CHROMIUM_PATH and TAIKO_BROWSER_PATH",
    ),
    standard("PUPPETEER_EXECUTABLE_PATH", "the same Chromium; read by Puppeteer"),
    standard(
        "SE_CHROMEDRIVER",
        "a ChromeDriver that leads to the WebDriver endpoint; also CHROMEDRIVER_PATH and CHROMEDRIVER_FILEPATH",
    ),
    standard(
        "SE_MANAGER_PATH",
        "a Selenium Manager that names this Chromium and ChromeDriver, and for other browsers what is installed",
    ),
    standard("SE_OFFLINE", "true: Selenium downloads no browser; also SE_AVOID_STATS"),
    standard(
        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
        "1: Playwright downloads no browser; also PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS",
    ),
    standard("TMPDIR", "a folder that is removed after the case, with the profiles that an ended browser leaves in it"),
    standard("PATH", "starts with a folder that has this Chromium and ChromeDriver under their usual names"),
    standard(
        "NODE_OPTIONS",
        "your own options, plus a preload with which Playwright, Puppeteer and fetch reach the simulated hosts",
    ),
    standard(
        "PYTHONPATH",
        "your own, after a folder with a preload for Python clients that read no HTTPS_PROXY, such as aiohttp",
    ),
    standard(
        "JAVA_TOOL_OPTIONS",
        "your own options, plus the proxy, a trust store that includes yours, and the path of this ChromeDriver",
    ),
    standard("PYTHONUNBUFFERED", "1: nothing that Python printed is lost when the suite is ended after its login"),
];

/// The name of a variable for one user: `VESTIBULE_PASSWORD_SALES_REP` for the key `sales-rep`.
pub(crate) fn for_user(name: &str, key: &str) -> String {
    let plain = |char: char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' };
    format!("{name}_{}", key.chars().map(plain).collect::<String>())
}

const fn plain(name: &'static str, template: &'static str, about: &'static str) -> Variable {
    Variable { name, template, about, secret: false, per_user: false }
}

const fn personal(name: &'static str, template: &'static str, about: &'static str, secret: bool) -> Variable {
    Variable { name, template, about, secret, per_user: true }
}

const fn standard(name: &'static str, about: &'static str) -> StandardVariable {
    StandardVariable { name, about }
}
