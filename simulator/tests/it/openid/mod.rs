//! OpenID Connect at the identity provider, beyond what the org asks for: every flow, success and each documented error,
//! as a relying party meets them. Tokens are verified, decrypted and forged by a second implementation.

mod certificates;
mod clients;
mod device;
mod dpop;
mod encryption;
mod front_channel;
mod logout;
mod logout_tokens;
mod request_objects;
mod tokens;

use std::collections::BTreeMap;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::{Jwk, JwkSet};
use josekit::jws::{
    self, ES256, ES384, EdDSA, JwsHeader, JwsSigner, JwsVerifier, PS256, PS384, PS512, RS256, RS384, RS512,
};
use josekit::jwt::{self, JwtPayload};
use openssl::sha::sha256;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use vestibule_model::{ClientKeys, RelyingPartySpec, Secret};
use vestibule_simulator::realm::{Component, IdpProtocol, IdpSpec};

use crate::sso_realm::{Browser, Page, TestRealm, page, pairs};

const RP: &str = "rp";
/// Long enough for HS256 (RFC 7518 3.2).
const RP_SECRET: &str = "secret-of-rp-which-has-more-than-64-characters-for-every-hmac-of-jose";
const REDIRECT: &str = "http://127.0.0.1:5000/callback";
const VERIFIER: &str = "a-verifier-of-43-characters-as-rfc-7636-asks";

/// A realm with one confidential relying party, and a browser of its user.
struct Provider {
    test: TestRealm,
    browser: Browser,
}

impl Provider {
    async fn start(change: impl FnOnce(&mut RelyingPartySpec)) -> Self {
        Self::with(IdpSpec::new(IdpProtocol::Oidc), change).await
    }

    async fn with(idp: IdpSpec, change: impl FnOnce(&mut RelyingPartySpec)) -> Self {
        let mut rp = RelyingPartySpec {
            client_secret: Some(Secret::new(RP_SECRET)),
            redirect_uris: vec![REDIRECT.parse().unwrap()],
            ..RelyingPartySpec::default()
        };
        change(&mut rp);
        let other = RelyingPartySpec {
            client_secret: Some(Secret::new("secret-of-other")),
            redirect_uris: vec!["http://127.0.0.1:5001/callback".parse().unwrap()],
            ..RelyingPartySpec::default()
        };
        let mut relying_parties = idp.relying_parties.clone();
        relying_parties.extend([(RP.to_owned(), rp), ("other".to_owned(), other)]);
        let test = TestRealm::start(IdpSpec { relying_parties, ..idp }).await;
        let browser = test.careful_browser();
        Self { test, browser }
    }

    /// An authorization request with these parameters changed or left out.
    fn authorize_url(&self, changes: &[(&str, Option<&str>)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()));
        let mut parameters = vec![
            ("response_type", Some("code")),
            ("client_id", Some(RP)),
            ("redirect_uri", Some(REDIRECT)),
            ("scope", Some("openid")),
            ("state", Some("s-1")),
            ("nonce", Some("n-1")),
            ("code_challenge", Some(challenge.as_str())),
            ("code_challenge_method", Some("S256")),
        ];
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            parameters.push((name, *value));
        }
        let mut url = url::Url::parse(&self.test.idp("/oidc/authorize")).unwrap();
        url.query_pairs_mut().extend_pairs(parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
        url.into()
    }

    async fn authorize(&self, changes: &[(&str, Option<&str>)]) -> Page {
        self.browser.get(&self.authorize_url(changes)).await
    }

    async fn code(&self, changes: &[(&str, Option<&str>)]) -> String {
        let answer = self.authorize(changes).await;
        answered(&answer).remove("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// A request to an endpoint, without authentication.
    fn call(&self, path: &str) -> RequestBuilder {
        self.browser.request(Method::POST, &self.test.idp(path))
    }

    /// Posts a form as the relying party.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        page(self.call(path).basic_auth(RP, Some(RP_SECRET)).form(&pairs(form))).await
    }

    /// Redeems a code as the relying party.
    async fn redeem(&self, code: &str) -> Page {
        self.post("/oidc/token", &code_form(code)).await
    }

    /// The tokens for this scope.
    async fn tokens(&self, scope: &str) -> Value {
        let code = self.code(&[("scope", Some(scope))]).await;
        good(&self.redeem(&code).await)
    }

    async fn introspect(&self, token: &str) -> Value {
        good(&self.post("/oidc/introspect", &[("token", token)]).await)
    }

    async fn userinfo(&self, access_token: &str) -> Page {
        page(self.browser.request(Method::GET, &self.test.idp("/oidc/userinfo")).bearer_auth(access_token)).await
    }

    /// The claims of a signed token. An independent library checks that a published key signed it for this client, and that
    /// it is valid now.
    async fn verified(&self, token: &str) -> JwtPayload {
        let keys = JwkSet::from_bytes(self.browser.get(&self.test.idp("/oidc/jwks")).await.body).unwrap();
        let header = jwt::decode_header(token).unwrap();
        let kid = header.claim("kid").and_then(Value::as_str).unwrap();
        let [key] = keys.get(kid)[..] else { panic!("no key `{kid}`") };
        let alg = header.claim("alg").and_then(Value::as_str).unwrap();
        assert_eq!(key.algorithm(), Some(alg));
        let (claims, _) = jwt::decode_with_verifier(token, &*verifier(alg, key)).unwrap();
        let now = SystemTime::from(self.test.realm.clock.now(Component::Idp));
        assert_eq!(claims.issuer(), Some(self.test.trust().issuer.as_str()));
        assert_eq!(claims.audience(), Some(vec![RP]));
        assert!(now < claims.expires_at().unwrap(), "{claims:?}");
        claims
    }

    fn issuer(&self) -> String {
        self.test.trust().issuer.clone()
    }

    fn now(&self) -> i64 {
        self.test.realm.clock.now(Component::Idp).as_second()
    }
}

fn code_form(code: &str) -> [(&str, &str); 4] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)]
}

/// The parameters of an answer in the query or in the fragment of a redirect.
fn answered(page: &Page) -> BTreeMap<String, String> {
    let url = url::Url::parse(page.location.as_deref().unwrap_or_else(|| panic!("no redirect: {page:?}"))).unwrap();
    assert!(url.as_str().starts_with(REDIRECT), "{url}");
    let fields = url.fragment().or(url.query()).unwrap_or_default().to_owned();
    url::form_urlencoded::parse(fields.as_bytes()).into_owned().collect()
}

/// The JSON of a good answer.
fn good(page: &Page) -> Value {
    assert!((200..300).contains(&page.status), "{}: {}", page.status, page.body);
    parsed(page)
}

fn parsed(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body))
}

/// Status and code of a refusal in JSON.
fn refused(page: &Page) -> (u16, String) {
    (page.status, parsed(page)["error"].as_str().unwrap_or_default().to_owned())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no `{name}`: {value}"))
}

fn verifier(alg: &str, key: &Jwk) -> Box<dyn JwsVerifier> {
    match alg {
        "RS256" => Box::new(RS256.verifier_from_jwk(key).unwrap()),
        "RS384" => Box::new(RS384.verifier_from_jwk(key).unwrap()),
        "RS512" => Box::new(RS512.verifier_from_jwk(key).unwrap()),
        "PS256" => Box::new(PS256.verifier_from_jwk(key).unwrap()),
        "PS384" => Box::new(PS384.verifier_from_jwk(key).unwrap()),
        "PS512" => Box::new(PS512.verifier_from_jwk(key).unwrap()),
        "ES256" => Box::new(ES256.verifier_from_jwk(key).unwrap()),
        "ES384" => Box::new(ES384.verifier_from_jwk(key).unwrap()),
        "EdDSA" => Box::new(EdDSA.verifier_from_jwk(key).unwrap()),
        other => panic!("`{other}`"),
    }
}

/// A key of a client, made and used by the second implementation.
fn client_key() -> Jwk {
    let mut key = Jwk::generate_ec_key(josekit::jwk::P_256).unwrap();
    key.set_key_id("client-1");
    key
}

/// The public halves, with what the keys are called and used for.
fn public(keys: &[&Jwk]) -> ClientKeys {
    let public = keys.iter().map(|key| {
        let mut public = Value::Object(key.to_public_key().unwrap().as_ref().clone());
        for (name, value) in [("kid", key.key_id()), ("use", key.key_use())] {
            if let Some(value) = value {
                public[name] = json!(value);
            }
        }
        public
    });
    json!({ "keys": public.collect::<Vec<_>>() }).to_string().try_into().unwrap()
}

/// Signs claims with a key of a client.
fn signed(claims: &Value, key: &Jwk) -> String {
    signed_by(claims, &JwsHeader::new(), &ES256.signer_from_jwk(key).unwrap())
}

fn signed_by(claims: &Value, header: &JwsHeader, signer: &dyn JwsSigner) -> String {
    jws::serialize_compact(claims.to_string().as_bytes(), header, signer).unwrap()
}
