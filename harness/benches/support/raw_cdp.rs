//! The same login over the Chrome DevTools Protocol with nothing around it: no choice by page, no real keys, no record.
//! What a login costs beyond this is the price of a client.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};
use vestibule::bench_internals::{Binaries, SessionOptions, Stopwatch, browser_arguments, now};

use super::figures::{Failure, failed_to};
use super::reaped::Reaped;
use super::served_org::{Org, Person};
use super::steps::{STEPS, Times};

/// A browser, and the tab of the last login.
pub(crate) struct RawCdp {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    /// Events since the last input, oldest first.
    events: Vec<Value>,
    context: Option<String>,
    session: String,
    browser: Reaped,
}

impl RawCdp {
    /// Starts the browser with the same flags as ours; its profile goes into this folder.
    pub(crate) fn start(binaries: &Binaries, options: &SessionOptions, folder: &Path) -> Result<Self, Failure> {
        let child = Command::new(&binaries.browser)
            .args(browser_arguments(options, binaries.headless_shell))
            .args(["--remote-debugging-port=0", &format!("--user-data-dir={}", folder.display()), "about:blank"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed_to("start the browser"))?;
        let mut browser = Reaped(child);
        let stderr = browser.0.stderr.take().ok_or("failed to read from the browser")?;
        let mut lines = BufReader::new(stderr).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned))
            .ok_or("failed to start the browser: it names no debugger address")?;
        // A full pipe would stop the browser.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = url.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(address).map_err(failed_to("connect to the browser"))?;
        stream.set_nodelay(true).map_err(failed_to("connect to the browser"))?;
        let (socket, _) = tungstenite::client(url.as_str(), stream).map_err(failed_to("connect to the browser"))?;
        let mut raw = Self { socket, last_id: 0, events: Vec::new(), context: None, session: String::new(), browser };
        raw.open_tab()?;
        Ok(raw)
    }

    /// Process id of the browser.
    pub(crate) fn process_id(&self) -> u32 {
        self.browser.0.id()
    }

    /// One login, in a new user context or in the tab of the last login after its cookies and storage were removed.
    pub(crate) fn login(&mut self, org: &Org, person: &Person, new_context: bool) -> Result<Times, Failure> {
        let clock = Stopwatch::start();
        let mut ends = Vec::with_capacity(STEPS.len());
        let mut ended = || ends.push(clock.elapsed().as_secs_f64() * 1000.0);
        if new_context {
            self.new_context()?
        } else {
            self.clear()?
        }
        ended();
        self.send("Page.navigate", &json!({ "url": format!("{}/", org.ready.my_domain_url) }))?;
        self.parsed()?;
        ended();
        for (field, text, button) in [
            ("#username", person.username.clone(), "#Login"),
            ("#password", person.password.clone(), "#Login"),
            ("#tc", code(&person.totp_secret)?, "#save"),
        ] {
            self.evaluate(&format!("document.querySelector({}).focus()", json!(field)))?;
            self.call("Input.insertText", &json!({ "text": text }))?;
            ended();
            self.click(button)?;
            if field == "#tc" {
                self.at_home()?
            } else {
                self.parsed()?
            }
            ended();
        }
        Times::of_ends(ends).ok_or_else(|| "failed to time the steps of the login".into())
    }

    fn new_context(&mut self) -> Result<(), Failure> {
        let before = self.context.take();
        self.open_tab()?;
        let Some(before) = before else { return Ok(()) };
        self.of_browser("Target.disposeBrowserContext", &json!({ "browserContextId": before })).map(drop)
    }

    fn open_tab(&mut self) -> Result<(), Failure> {
        let made = self.of_browser("Target.createBrowserContext", &json!({}))?;
        let context = made["browserContextId"].as_str().unwrap_or_default().to_owned();
        let place = json!({ "url": "about:blank", "browserContextId": context });
        let target = self.of_browser("Target.createTarget", &place)?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.of_browser("Target.attachToTarget", &attach)?;
        self.session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        self.context = Some(context);
        self.call("Page.enable", &json!({})).map(drop)
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.call("Storage.clearDataForOrigin", &json!({ "origin": "*", "storageTypes": "all" }))?;
        self.call("Network.clearBrowserCookies", &json!({})).map(drop)
    }

    fn click(&mut self, css: &str) -> Result<(), Failure> {
        let rect = format!("document.querySelector({}).getBoundingClientRect()", json!(css));
        let spot =
            self.evaluate(&format!("(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])({rect})"))?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": spot[0], "y": spot[1], "button": "left", "clickCount": 1 });
            self.send("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    /// Waits until the next document is there with its scripts.
    fn parsed(&mut self) -> Result<(), Failure> {
        self.until(|event| event["method"] == "Page.domContentEventFired")
    }

    /// Waits until home is loaded.
    fn at_home(&mut self) -> Result<(), Failure> {
        let is_home = |url: &str| url.ends_with("/lightning/page/home");
        self.until(|event| event["params"]["frame"]["url"].as_str().is_some_and(is_home))?;
        self.until(|event| event["method"] == "Page.loadEventFired")
    }

    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<(), Failure> {
        loop {
            if let Some(place) = self.events.iter().position(&wanted) {
                self.events.drain(..=place);
                return Ok(());
            }
            let message = self.receive()?;
            self.events.push(message);
        }
    }

    fn evaluate(&mut self, expression: &str) -> Result<Value, Failure> {
        let params = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", &params)?;
        if !answer["exceptionDetails"].is_null() {
            return Err(format!("failed to run {expression}: {answer}").into());
        }
        Ok(answer["result"]["value"].take())
    }

    /// A command to the tab.
    fn call(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        let id = self.send(method, params)?;
        self.answer(id, method)
    }

    fn of_browser(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        self.last_id += 1;
        let call = json!({ "id": self.last_id, "method": method, "params": params });
        self.write(&call)?;
        self.answer(self.last_id, method)
    }

    fn send(&mut self, method: &str, params: &Value) -> Result<u64, Failure> {
        self.last_id += 1;
        self.events.clear();
        let call = json!({ "id": self.last_id, "method": method, "params": params, "sessionId": self.session });
        self.write(&call)?;
        Ok(self.last_id)
    }

    fn write(&mut self, call: &Value) -> Result<(), Failure> {
        self.socket.send(Message::text(call.to_string())).map_err(failed_to("talk to the browser"))
    }

    fn answer(&mut self, id: u64, method: &str) -> Result<Value, Failure> {
        loop {
            let mut message = self.receive()?;
            if message["id"] != id {
                self.events.push(message);
            } else if message["error"].is_null() {
                return Ok(message["result"].take());
            } else {
                return Err(format!("failed to {method}: {}", message["error"]).into());
            }
        }
    }

    fn receive(&mut self) -> Result<Value, Failure> {
        loop {
            if let Message::Text(text) = self.socket.read().map_err(failed_to("read from the browser"))? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }
}

/// RFC 6238: SHA-1, six digits, 30 seconds.
fn code(secret: &str) -> Result<String, Failure> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| "failed to read a TOTP secret")?;
    let unix = u64::try_from(now().as_second())?;
    Ok(totp_rs::Builder::new().with_secret(secret).build_noncompliant().generate(unix).to_string())
}
