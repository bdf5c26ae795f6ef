//! The settings that `vestibule idp --snippet` prints, pasted into the libraries that they are for.

use std::fs::{self, File};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use reqwest::redirect::Policy;

use super::parties::{Ended, Page, USER, World, free_ports};
use super::runs_all;
use crate::program::vestibule;

#[tokio::test]
async fn each_snippet_that_is_run_signs_a_user_in() {
    let world = World::new();
    for snippet in SNIPPETS.iter().filter(|snippet| !snippet.file.ends_with(".py") || runs_all()) {
        let printed = Printed::by(&world, snippet);
        let script = world.clients.join("interop").join(snippet.file);
        fs::write(&script, format!("{}\n{}", printed.text, snippet.rest)).unwrap();
        let run = |answer: &str| {
            let output = world.command(&script).env("ANSWER", answer).output().unwrap();
            let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert!(output.status.success(), "{}: {out}{err}", snippet.name);
            out.trim().to_owned()
        };

        let asked = run("");
        let port = printed.port;
        let stay = Policy::custom(
            move |attempt| {
                if attempt.url().port() == Some(port) { attempt.follow() } else { attempt.stop() }
            },
        );
        let answered = world.browser(stay).get(&asked).send().await.unwrap();
        let location = answered.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        let answer = match location {
            Some(location) => location,
            None => {
                let (_, fields) = Page::read(answered).await.form();
                let response = fields.into_iter().find(|(name, _)| name == "SAMLResponse");
                response.unwrap_or_else(|| panic!("{} gets no answer to {asked}", snippet.name)).1
            }
        };

        assert_eq!(run(&answer), USER, "{}: {}", snippet.name, printed.text);
    }
}

/// A snippet, and what a script does with it: it prints where a login begins or, with an answer, who is signed in.
struct Snippet {
    name: &'static str,
    /// Key and protocol of the identity provider.
    idp: &'static str,
    file: &'static str,
    rest: &'static str,
}

/// What was printed, and the identity provider.
struct Printed {
    text: String,
    port: u16,
    _process: Ended,
}

impl Printed {
    fn by(world: &World, snippet: &Snippet) -> Self {
        let ([port, _], key) = (free_ports(), snippet.idp);
        let file = |name: &str| world.folder.path().join(format!("{}-{name}", snippet.name));
        let mut command = vestibule(&["idp", "--user=rep", "--snippet", snippet.name]);
        command.arg(format!("--port={port}")).arg(format!("--idp={key}:protocol={key},sign-in=automatic"));
        command.arg(format!("--public-url={key}=https://localhost:{port}"));
        command.env("XDG_CACHE_HOME", world.folder.path());
        command.stdout(File::create(file("out")).unwrap()).stderr(Stdio::from(File::create(file("err")).unwrap()));
        let mut process = Ended(command.spawn().unwrap());
        let read = |name: &str| fs::read_to_string(file(name)).unwrap();
        // Said after the snippet.
        while !read("err").contains("Press Ctrl-C") {
            let ended = process.0.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", read("err"));
            thread::sleep(Duration::from_millis(20));
        }
        let printed = read("out");
        // It begins with a comment, after an empty line.
        let begin = ["\n\n# ", "\n\n// "].into_iter().filter_map(|mark| printed.find(mark)).min().unwrap();
        Self { text: printed[begin..].trim_start().to_owned(), port, _process: process }
    }
}

const SNIPPETS: &[Snippet] = &[
    Snippet {
        name: "node-saml",
        idp: "saml",
        file: "snippet_node_saml.mjs",
        rest: r#"
const { ANSWER } = process.env;
const signedIn = async () => (await saml.validatePostResponseAsync({ SAMLResponse: ANSWER })).profile.nameID;
console.log(ANSWER ? await signedIn() : await saml.getAuthorizeUrlAsync("", undefined, {}));
"#,
    },
    Snippet {
        name: "openid-client",
        idp: "oidc",
        file: "snippet_openid_client.mjs",
        rest: r#"
const { ANSWER } = process.env;
const pkceCodeVerifier = "a-verifier-of-43-characters-as-rfc-7636-asks";
if (ANSWER) {
  const checks = { pkceCodeVerifier, expectedState: "of-a-test" };
  console.log((await client.authorizationCodeGrant(config, new URL(ANSWER), checks)).claims().sub);
} else {
  const asked = {
    redirect_uri: "http://localhost:3000/callback",
    scope: "openid",
    state: "of-a-test",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  };
  console.log(client.buildAuthorizationUrl(config, asked).href);
}
"#,
    },
    Snippet {
        name: "python3-saml",
        idp: "saml",
        file: "snippet_python3_saml.py",
        rest: r#"
import os
from onelogin.saml2.auth import OneLogin_Saml2_Auth

request = {"https": "off", "http_host": "localhost:3000", "script_name": "/acs", "get_data": {}}
auth = OneLogin_Saml2_Auth({**request, "post_data": {"SAMLResponse": os.environ["ANSWER"]}}, settings)
if os.environ["ANSWER"]:
    auth.process_response()
    print(auth.get_nameid() or auth.get_last_error_reason())
else:
    print(auth.login())
"#,
    },
];
