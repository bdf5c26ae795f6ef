//! What a suite meets when it starts a ChromeDriver or a browser by itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;
use vestibule_simulator::realm::HostNaming;

use crate::endpoint::case::{Case, With};

#[tokio::test(flavor = "multi_thread")]
async fn a_chromedriver_that_a_suite_starts_leads_to_the_endpoint_and_ends_when_it_is_shut_down() {
    let case = Case::open(With::default()).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let program = case.variable("SE_CHROMEDRIVER");
    let version = Command::new(&program).arg("--version").output().unwrap();
    let mut shim = Command::new(&program).args(["--port=0", "--log-level=ALL"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(shim.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port =
        line.trim().strip_prefix("ChromeDriver was started successfully on port ").unwrap().trim_end_matches('.');

    let url = format!("http://127.0.0.1:{port}");
    let status: Value = client.get(format!("{url}/status")).send().await.unwrap().json().await.unwrap();
    let shut_down = client.get(format!("{url}/shutdown")).send().await.unwrap().status().as_u16();

    let told = format!("ChromeDriver {}", status["value"]["build"]["version"].as_str().unwrap());
    assert_eq!(String::from_utf8(version.stdout).unwrap().trim(), told);
    assert_eq!(shut_down, 200);
    assert!(shim.wait().unwrap().success(), "on the connection that carried commands too");
    let directly = client.get(format!("{}status", case.driver.url())).send().await.unwrap();
    assert_eq!(directly.status().as_u16(), 200, "the real one lives on");
    case.end().await;
}

#[tokio::test]
async fn a_browser_that_a_suite_starts_reaches_and_trusts_the_realm() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let case = Case::open(With { naming, ..With::default() }).await;
        let mut browser = tokio::process::Command::new(case.variable("CHROME_BIN"));
        browser.args(["--headless", "--disable-gpu", "--dump-dom", &case.my_domain("/")]);

        let output = browser.output().await.unwrap();

        let page = String::from_utf8_lossy(&output.stdout);
        assert!(page.contains("id=\"username\""), "{page} {}", String::from_utf8_lossy(&output.stderr));
        case.end().await;
    }
}
