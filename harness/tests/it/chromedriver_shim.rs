//! What happens when a suite starts ChromeDriver by itself.

use std::fs;

use serde_json::Value;

use crate::program::vestibule;

#[test]
fn a_chromedriver_that_a_suite_starts_leads_to_the_endpoint_and_ends_when_it_is_shut_down() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("suite.sh"), SUITE).unwrap();
    let arguments =
        ["survive", "--condition=two-step", "--date=2026-11-22", "--json", "--no-progress", "--", "sh", "suite.sh"];

    let output = vestibule(&arguments).current_dir(folder.path()).output().unwrap();

    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("\"survived\""), "{said}");
    let seen = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let status: Value = serde_json::from_str(&seen("status")).unwrap();
    let told = format!("ChromeDriver {}", status["value"]["build"]["version"].as_str().unwrap());
    assert_eq!(seen("version").trim(), told);
    let after: Value = serde_json::from_str(&seen("after")).unwrap();
    assert_eq!(after["value"]["build"], status["value"]["build"], "the real one still runs");
}

/// The browsers that a suite starts itself get what this prints.
#[test]
fn host_rules_of_a_suite_are_printed_as_far_as_they_lead_nobody_to_a_real_org() {
    let own = "MAP alias login.salesforce.com, MAP org acme.localhost:443, EXCLUDE *.com, MAP a b";

    let output =
        vestibule(&["host-rules-shim", "--address=127.0.0.1:8443", "--host=acme.localhost", "--", own]).output();

    let printed = String::from_utf8(output.unwrap().stdout).unwrap();
    assert_eq!(printed, "MAP alias ~NOTFOUND, MAP org 127.0.0.1:8443, MAP a b\n");
}

/// The ChromeDriver is shut down on the connection that carried a command. The last line signs in.
const SUITE: &str = r#"set -eu
"$SE_CHROMEDRIVER" --version > version
"$SE_CHROMEDRIVER" --port=0 --log-level=ALL > said &
until grep -q . said; do sleep 0.1; done
port=$(sed -n 's/^ChromeDriver was started successfully on port \([0-9]*\)\.$/\1/p' said)
curl -sSf --noproxy '*' -o status "http://127.0.0.1:$port/status" -o shutdown "http://127.0.0.1:$port/shutdown"
wait $!
curl -sSf --noproxy '*' -o after "$VESTIBULE_WEBDRIVER_URL/status"
curl -sSf -L -b '' -o home "$VESTIBULE_FRONTDOOR_URL"
"#;
