//! What keeps a suite from the login page.

use vestibule_model::vendor_hosts::{is_within, names_vendor_host};
use vestibule_simulator::realm::Event;

use super::login_page::searched_a_field;
use super::no_page::called_in_vain;
use crate::diagnosis::cause::Proof;
use crate::diagnosis::reading::contains_any;
use crate::diagnosis::sign_ins::Progress;
use crate::diagnosis::{Cause, Evidence, VariableWithoutValue};
use crate::outcome::{Exit, Owner, ProxyFate, WebDriverCommand};
use crate::trace::StopReason;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "real-host",
        what: "The suite went to a real host of the vendor instead of the simulated org, and was refused.",
        needs: "a request that the proxy refused because of its host, or an output line that says a host of the vendor cannot be resolved",
        owner: Owner::Suite,
        remedy: "Read the login URL from the environment instead of writing it into the suite (`vestibule env` lists the variables, `--env NAME={login-url}` gives them the names you already read).",
        fact: "https://www.rfc-editor.org/rfc/rfc6761#section-6.3",
        prove: real_host,
    },
    Cause {
        id: "certificate-refused",
        what: "The browser or an HTTP client of the suite does not trust the certificate of the simulated org.",
        needs: "a TLS handshake that the client broke off, the page \"Privacy error\", or an output line about a refused certificate, and no page of the org",
        owner: Owner::Suite,
        remedy: "Do not replace the environment that the suite gets: keep NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and JAVA_TOOL_OPTIONS (a trust store named on Java's command line takes the place of the one there: name it in JAVA_TOOL_OPTIONS, and it is joined with ours), let Firefox accept insecure certificates (`acceptInsecureCerts`), and start the browser through VESTIBULE_WEBDRIVER_URL or the Playwright preload.",
        fact: "https://nodejs.org/api/cli.html#node_extra_ca_certsfile",
        prove: certificate_refused,
    },
    Cause {
        id: "own-webdriver-server",
        what: "The suite asks its own WebDriver server, such as a Grid, for its browser; such a browser does not reach the simulated org.",
        needs: "no page of the org, no command at VESTIBULE_WEBDRIVER_URL, and a request or an output line that names another WebDriver server",
        owner: Owner::Suite,
        remedy: "Let the suite read the address of its WebDriver server from VESTIBULE_WEBDRIVER_URL (`--env NAME={webdriver-url}` gives it the name that the suite reads).",
        fact: "https://www.selenium.dev/documentation/webdriver/drivers/remote_webdriver/",
        prove: own_webdriver_server,
    },
    Cause {
        id: "simulated-host-not-found",
        what: "An HTTP client of the suite does not use the proxy of the run, so it does not find the simulated org.",
        needs: "no page of the org, and an output line that says that a simulated host cannot be resolved",
        owner: Owner::Suite,
        remedy: "Let the client use the proxy in HTTPS_PROXY (also VESTIBULE_PROXY_URL) and trust VESTIBULE_CA_FILE; a Java client must use the proxy of its system properties, which JAVA_TOOL_OPTIONS sets (`useSystemProperties()` in Apache HttpClient).",
        fact: "https://docs.oracle.com/en/java/javase/21/core/java-networking.html",
        prove: simulated_host_not_found,
    },
    Cause {
        id: "variable-without-value",
        what: "The suite looks for a variable that has no value in this condition.",
        needs: "nothing typed or searched on a page of the org, and an output line that says that the variable is missing",
        owner: Owner::Suite,
        remedy: "Read the variable only where the org asks for what it holds; or give the user what it comes from (`verifiers: [totp]` in the file of `--users` for a TOTP secret), or leave the condition out.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.mfa_automation_totp.htm",
        prove: variable_without_value,
    },
    Cause {
        id: "suite-broke-before-login",
        what: "The suite itself broke before it opened the login page: a module, a program or a browser is missing, or it crashed.",
        needs: "no page of the org, and an end by a signal; or an exit code other than 0, a line of the output that names what is missing, and no browser that was sent to a page",
        owner: Owner::Suite,
        remedy: "Fix what the quoted line names (`npm ci`, `pip install -r requirements.txt`, `npx playwright install`); the login has nothing to do with it.",
        fact: "https://playwright.dev/docs/browsers#install-browsers",
        prove: suite_broke,
    },
];

fn real_host(evidence: &Evidence) -> Option<Proof> {
    // Whoever proved a password to the simulated org went there; what else is asked for beside it stops no login.
    if evidence.journal.progress() >= Progress::Proved {
        return None;
    }
    let refused = evidence.details.proxied.iter().find(|request| request.fate == ProxyFate::RefusedRealHost);
    if let Some(request) = refused {
        let sentence =
            format!("The suite went to {}, a real host of the vendor; nothing was sent there.", request.host);
        let proof = Proof::new(sentence).because(format!("refused by the proxy: {}", request.host));
        return Some(Proof { also: Some(own_hosts(evidence)), ..proof });
    }
    // Under the vendor's names, a simulated host that is not found is another cause.
    let names_real = |text: &str| names_vendor_host(text) && !names_simulated_host(evidence, text);
    let tells = |line: &str| contains_any(line, &NOT_RESOLVED_SIGNS) && (names_real(line) || names_no_host(line));
    let line = evidence.line_where(tells)?;
    let names_vendor = names_real(&line);
    let opened = evidence.details.commands.iter().rev().find_map(|command| {
        let url = command.target.as_deref().filter(|_| command.what == WebDriverCommand::Open)?;
        names_real(url).then(|| url.to_owned())
    });
    (names_vendor || opened.is_some()).then(|| {
        let where_to = opened.map(|url| format!(" ({url})")).unwrap_or_default();
        let sentence = format!("The suite went to a real host of the vendor{where_to}; nothing was sent there.");
        Proof { also: Some(own_hosts(evidence)), ..Proof::new(sentence).quoting(line) }
    })
}

/// How the simulated org gets the hosts that a suite has written in it.
fn own_hosts(evidence: &Evidence) -> &'static str {
    if evidence.real_hosts {
        "Or give the simulated org the name of your own: `--my-domain NAME`."
    } else {
        "Or run with `--real-hosts`, and with `--my-domain NAME` if the suite names an org of your own."
    }
}

fn certificate_refused(evidence: &Evidence) -> Option<Proof> {
    if evidence.saw_any_page() {
        return None;
    }
    let handshake = evidence.details.proxied.iter().find(|request| request.fate == ProxyFate::CertificateRefused);
    let privacy = evidence.stopped.as_ref().filter(|why| **why == StopReason::PrivacyError);
    let tells = |line: &str| contains_any(line, &CERTIFICATE_SIGNS);
    // A client may name the fault in one line and the host in another.
    let elsewhere = evidence.line_where(|line| tells(line) && names_other_host(line)).is_some()
        && evidence.line_where(|line| tells(line) && names_own_host(line)).is_none();
    let line = evidence.line_where(|line| tells(line) && !names_other_host(line)).filter(|_| !elsewhere);
    // WebDriver, 6.6 "Handling errors": how a driver that accepts no such certificate answers.
    let command = evidence.details.commands.iter().find(|command| command.error.as_deref() == Some(INSECURE));
    let in_a_browser = line.as_deref().is_some_and(|line| contains_any(line, &CERTIFICATE_SIGNS[..3]));
    let who = match (&handshake, privacy, command) {
        (_, Some(_), _) | (_, _, Some(_)) => "The browser",
        _ if in_a_browser => "The browser",
        (Some(_), None, None) => "An HTTP client of the suite",
        (None, None, None) => "The suite",
    };
    let proof =
        Proof::new(format!("{who} does not trust the certificate of the simulated org, so no page was loaded."));
    let quoted = line.clone();
    let evidence = [
        handshake.map(|request| format!("the TLS handshake with {} was broken off by the client", request.host)),
        privacy.map(ToString::to_string),
        command.map(|_| format!("a WebDriver command failed with \"{INSECURE}\"")),
        line.map(|line| format!("output: {line}")),
    ];
    let evidence: Vec<_> = evidence.into_iter().flatten().collect();
    (!evidence.is_empty()).then_some(Proof { evidence, quoted, ..proof })
}

fn own_webdriver_server(evidence: &Evidence) -> Option<Proof> {
    if evidence.saw_any_page() || !evidence.details.commands.is_empty() {
        return None;
    }
    let request = evidence.details.proxied.iter().find(|request| request.host.ends_with(":4444"));
    let request = request.map(|request| format!("a request to {}, where a Grid listens", request.host));
    let line = || evidence.line_where(|line| contains_any(line, &GRID_SIGNS) && contains_any(line, &NOT_REACHED_SIGNS));
    let sentence = "The suite asks its own WebDriver server for its browser, and no page of the org was opened.";
    let proof = match request {
        Some(request) => Proof::new(sentence).because(request),
        None => Proof::new(sentence).quoting(line()?),
    };
    Some(proof.because("no command reached VESTIBULE_WEBDRIVER_URL"))
}

fn simulated_host_not_found(evidence: &Evidence) -> Option<Proof> {
    if evidence.saw_any_page() {
        return None;
    }
    let tells = |line: &str| contains_any(line, &NOT_RESOLVED_SIGNS) && names_simulated_host(evidence, line);
    let line = evidence.line_where(tells)?;
    let sentence = "An HTTP client of the suite does not find the simulated org: it does not use the proxy of the run.";
    Some(Proof::new(sentence).quoting(line))
}

/// Whether a text names a host below `localhost`, or one that the run simulates under its real name.
fn names_simulated_host(evidence: &Evidence, text: &str) -> bool {
    let mut words = text.split(|char| !is_of_a_host(char)).map(|word| word.trim_matches('.'));
    words.any(|word| {
        let simulated = || evidence.hosts.iter().any(|host| host.eq_ignore_ascii_case(word));
        word != "localhost" && (is_within(word, "localhost") || simulated())
    })
}

fn variable_without_value(evidence: &Evidence) -> Option<Proof> {
    let posted = |event: &Event| matches!(event, Event::LoginFormPosted { .. } | Event::LoginStarted { .. });
    // A suite that goes on to log in got over what it missed.
    let went_on = evidence.events_of_run().any(posted) || searched_a_field(evidence).is_some();
    if went_on || evidence.suite_says_success() {
        return None;
    }
    let (variable, line) = evidence.without_value.iter().find_map(|variable| {
        let tells = |line: &str| names_word(line, &variable.name) && contains_any(line, &NO_VALUE_SIGNS);
        Some((variable, evidence.line_where(tells)?))
    })?;
    let VariableWithoutValue { name, template } = variable;
    let sentence =
        format!("The suite looks for {name}, which has no value here: there is no `{{{template}}}` in this case.");
    Some(Proof::new(sentence).quoting(line))
}

/// Whether a line says that something at another host than those of the org is meant: a URL, or `host='mail.example.com'`.
fn names_other_host(line: &str) -> bool {
    !names_own_host(line) && hosts_named(line).any(|host| host.contains('.'))
}

/// Whether a line says that a host of an org is meant.
fn names_own_host(line: &str) -> bool {
    hosts_named(line).any(|host| is_within(host, "localhost") || names_vendor_host(host) || host.starts_with("127."))
}

fn names_no_host(line: &str) -> bool {
    hosts_named(line).all(|host| !host.contains('.'))
}

/// What a line names as a host, as clients do.
fn hosts_named(line: &str) -> impl Iterator<Item = &str> {
    let named =
        HOST_MARKS.iter().flat_map(move |mark| line.match_indices(mark).map(move |(at, _)| &line[at + mark.len()..]));
    named.map(|rest| rest.split(|char| !is_of_a_host(char)).next().unwrap_or_default())
}

fn is_of_a_host(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '-')
}

/// Whether a text holds this name, and not only a longer one that contains it.
fn names_word(text: &str, name: &str) -> bool {
    text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').any(|word| word == name)
}

fn suite_broke(evidence: &Evidence) -> Option<Proof> {
    if evidence.saw_any_page() || called_in_vain(evidence) || evidence.exit.is_none() || evidence.suite_says_success() {
        return None;
    }
    if let Some(Exit::Signal(signal)) = evidence.exit {
        let sentence = format!("The suite was ended by signal {signal} before it opened the login page.");
        let proof = Proof::new(sentence).because("Vestibule did not send this signal");
        return Some(Proof { also: Some(BY_SIGNAL), ..proof.ending_with(evidence.last_line()) });
    }
    // A browser that was sent somewhere was there: what is told to be missing was not needed for it.
    let opened = evidence.details.commands.iter().any(|command| command.what == WebDriverCommand::Open);
    if opened || evidence.line_with(&NAVIGATED_SIGNS).is_some() {
        return None;
    }
    let tells = |line: &str| contains_any(line, &MISSING_SIGNS) || is_shell_not_found(line);
    let line = evidence.line_where(tells)?;
    let also = contains_any(&line, &["ffmpeg"]).then_some(FFMPEG);
    let proof = Proof::new("The suite broke before it opened the login page: something that it needs is missing.")
        .quoting(line);
    Some(Proof { also, ..proof })
}

/// How dash says that there is no such program: `sh: 1: playwright: not found`.
fn is_shell_not_found(line: &str) -> bool {
    line.trim_end().ends_with(": not found") && line.split(": ").any(|part| part == "sh" || part.ends_with("/sh"))
}

/// Said of a suite that a signal ended.
const BY_SIGNAL: &str = "A signal is a crash of the program, too little memory, or a time limit of somebody else.";

/// How clients say that a browser did not get the page to which it was sent: Chromium and Playwright, Firefox.
const NAVIGATED_SIGNS: [&str; 3] = ["net::ERR_", "page.goto: ", "NS_ERROR_"];

/// The WebDriver error of a page whose certificate is not accepted.
const INSECURE: &str = "insecure certificate";

/// How Firefox, OpenSSL, Node, Python, Java, Go, Chromium, Ruby, .NET, curl and Deno refuse a certificate.
const CERTIFICATE_SIGNS: [&str; 20] = [
    "InsecureCertificateException",
    "SEC_ERROR_UNKNOWN_ISSUER",
    "MOZILLA_PKIX_ERROR_",
    "ERR_CERT_",
    "CERT_HAS_EXPIRED",
    "CERTIFICATE_VERIFY_FAILED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "unable to get local issuer certificate",
    "PKIX path building failed",
    "certificate signed by unknown authority",
    "self-signed certificate",
    "certificate verify failed",
    "UntrustedRoot",
    "PartialChain",
    "RemoteCertificateNameMismatch",
    "SSL certificate problem",
    "invalid peer certificate",
];

/// Playwright records videos by a program that comes with its own browsers only.
const FFMPEG: &str = "Videos need Playwright's own ffmpeg: `npx playwright install ffmpeg`, or record none.";

/// How clients name a WebDriver server that they do not reach, or reach at the port and path of a Grid.
const GRID_SIGNS: [&str; 5] =
    ["/wd/hub", ":4444", "port=4444", "invalid address of the remote server", "make sure browser driver is running"];

/// How clients say that a server does not answer, whatever its address.
const NOT_REACHED_SIGNS: [&str; 14] = [
    "connect",
    "refused",
    "max retries",
    "invalid address",
    "not reachable",
    "unreachable",
    "driver is running",
    "timed out",
    "timeout",
    "not resolve",
    "ENOTFOUND",
    "EAI_AGAIN",
    "getaddrinfo",
    "UnknownHost",
];

/// What stands before a host in the words of clients.
const HOST_MARKS: [&str; 14] = [
    "https://",
    "http://",
    "host='",
    "host=\"",
    "hostname '",
    "resolve '",
    "resolve host: ",
    "lookup ",
    "connection to ",
    "known (",
    "known. (",
    "ENOTFOUND ",
    "EAI_AGAIN ",
    "UnknownHostException: ",
];

/// How browsers and runtimes say that a host has no address.
const NOT_RESOLVED_SIGNS: [&str; 12] = [
    "ERR_NAME_NOT_RESOLVED",
    "UnknownHostException",
    "ENOTFOUND",
    "EAI_AGAIN",
    "getaddrinfo",
    "NameResolutionError",
    "Name or service not known",
    "Could not resolve host",
    "no such host",
    "failed to lookup address",
    "failure in name resolution",
    "nodename nor servname provided",
];

/// How suites and runtimes say that a variable has no value.
const NO_VALUE_SIGNS: [&str; 12] = [
    "KeyError",
    "missing",
    "required",
    "undefined",
    "not set",
    "not defined",
    "not found",
    "unset",
    "empty",
    "must be",
    "is null",
    "no value",
];

/// How runtimes say that something is not installed.
const MISSING_SIGNS: [&str; 39] = [
    "could not determine executable to run",
    "Need to install the following packages",
    "package was not found and will be installed",
    "npm error network",
    "npm ERR! network",
    "npm error request to",
    "error while loading shared libraries",
    "Host system is missing dependencies",
    "No module named",
    "Could not resolve dependencies",
    "Cannot find module",
    "Cannot find package",
    "ModuleNotFoundError",
    "ImportError",
    "Executable doesn't exist",
    "command not found",
    "No such file or directory",
    "Could not find or load main class",
    "Unable to obtain driver",
    "SyntaxError",
    "cannot load such file",
    "Could not find gem",
    "in locally installed gems",
    "Could not resolve all",
    "Could not load file or assembly",
    "ClassNotFoundException",
    "NoClassDefFoundError",
    "Module not found",
    "Failed opening required",
    "Cannot find the browser",
    "Could not find Chrome",
    "Could not find expected browser",
    "revision is not downloaded",
    "ChromeDriver cannot be found",
    "Required modules are not installed",
    "No keyword with name",
    "Importing library '",
    "Failed to launch the browser process",
    "cannot find Chrome binary",
];
