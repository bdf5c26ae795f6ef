//! The requests: right as they are, and spoilt by chance.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::chance::{Chance, ODD};
use super::world::{KEY, SECRET, SPARE, World};

/// What is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter)]
pub(super) enum Kind {
    Soap,
    Soql,
    Json,
    Form,
    Jwt,
    SamlResponse,
    SamlRequest,
}

/// A request.
#[derive(Debug)]
pub(super) struct Draw {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

impl Draw {
    pub(super) fn get(url: String) -> Self {
        Self { method: Method::GET, url, headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn post(url: String, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", media_type.to_owned())];
        Self { method: Method::POST, url, headers, body: body.into() }
    }

    pub(super) fn form(url: String, fields: &[(String, String)]) -> Self {
        Self::post(url, FORM, encoded(fields))
    }

    pub(super) fn bearer(mut self, token: &str) -> Self {
        self.headers.push(("authorization", format!("Bearer {token}")));
        self
    }
}

impl Kind {
    /// A request of this kind.
    pub(super) fn draw(self, world: &World, chance: &mut Chance) -> Draw {
        let mut draw = match self {
            Self::Soap => soap(world, chance),
            Self::Soql => soql(world, chance),
            Self::Json => json_body(world, chance),
            Self::Form => form(world, chance),
            Self::Jwt => jwt(world, chance),
            Self::SamlResponse => saml_response(world, chance),
            Self::SamlRequest => saml_request(world, chance),
        };
        if chance.once_in(12) {
            draw.headers.retain(|(name, _)| *name != "content-type");
            draw.headers.push(("content-type", chance.one(&MEDIA_TYPES).to_owned()));
        }
        if chance.once_in(25) {
            draw.method = [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS][chance.below(4)].clone();
        }
        draw
    }
}

fn soap(world: &World, chance: &mut Chance) -> Draw {
    let operation = chance.one(&["login", "getUserInfo", "logout", "query"]);
    let arguments = match operation {
        "login" => format!("<username>rep@acme.example</username><password>{}</password>", world.password_and_token),
        _ => String::new(),
    };
    let session = if operation == "login" { "" } else { &world.api_session };
    let namespace = "urn:partner.soap.sforce.com";
    let call = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><se:Envelope xmlns:se=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <se:Header><SessionHeader xmlns=\"{namespace}\"><sessionId>{session}</sessionId></SessionHeader></se:Header>\
         <se:Body><{operation} xmlns=\"{namespace}\">{arguments}</{operation}></se:Body></se:Envelope>"
    );
    let call = match chance.below(10) {
        8 => format!("{}{call}", "<a>".repeat(chance.below(5_000))),
        9 => chance.one(&ODD).repeat(chance.below(3_000)),
        _ => call,
    };
    let path = chance.one(&["/services/Soap/u/59.0", "/services/Soap/c/59.0", "/services/Soap/u/99999.0/x"]);
    Draw::post(world.at_org(path), "text/xml; charset=utf-8", chance.spoilt_bytes(call.as_bytes()))
}

fn soql(world: &World, chance: &mut Chance) -> Draw {
    let query = chance.one(&[
        "SELECT Id, Name, Profile.Name FROM User WHERE IsActive = true AND Name LIKE 'r%' ORDER BY Name LIMIT 5",
        "SELECT COUNT(Id) c FROM PermissionSetAssignment WHERE PermissionSet.PermissionsAuthorApex = true",
        "SELECT Name, (SELECT PermissionSet.Name FROM PermissionSetAssignments) FROM User",
        "SELECT Status, LoginTime FROM LoginHistory WHERE LoginTime >= LAST_N_DAYS:3 AND Status IN ('Success', 'x')",
        "SELECT Profile.Name, COUNT(Id) FROM User GROUP BY Profile.Name HAVING COUNT(Id) > 1",
    ]);
    let query = match chance.below(8) {
        6 => format!("SELECT Id FROM User WHERE {}Id = 'a'", "(".repeat(chance.below(10_000))),
        7 => format!("SELECT {} FROM User", vec!["Id"; chance.below(4_000)].join(",")),
        _ => query.to_owned(),
    };
    let mut query = chance.spoilt(&query);
    // A request line of more than 128 KiB does not come this far.
    let end = (0..=query.len().min(20_000)).rev().find(|at| query.is_char_boundary(*at));
    query.truncate(end.unwrap_or(0));
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let path =
        chance.one(&["/services/data/v60.0/query", "/services/data/v60.0/queryAll/", "/services/data/v66.0/query"]);
    let more = if chance.once_in(6) { "&columns=true" } else { "" };
    Draw::get(world.at_org(&format!("{path}?q={query}{more}"))).bearer(&world.api_session)
}

fn json_body(world: &World, chance: &mut Chance) -> Draw {
    if chance.once_in(4) {
        return registration(world, chance);
    }
    if chance.once_in(6) {
        let object = chance.one(&["User", "Account", "TwoFactorInfo"]);
        let body = chance.spoilt_bytes(br#"{"LastName":"x","Email":"x@acme.example"}"#);
        let url = world.at_org(&format!("/services/data/v60.0/sobjects/{object}"));
        return Draw::post(url, "application/json", body).bearer(&world.api_session);
    }
    let operation = &world.operations[chance.below(world.operations.len())];
    // The realm that is asked must not end here, and that of the program cannot be ended.
    let realm = if operation.method == Method::DELETE { "acme" } else { SPARE };
    let mut path = operation.path.replace("{realm}", realm).replace("{user}", "rep");
    if chance.once_in(8) {
        path = operation.path.replace("{realm}", &segment(chance)).replace("{user}", &segment(chance));
    }
    let body = chance.one(&[
        r#"{"act":"freeze"}"#,
        r#"{"act":{"generate-temporary-code":2}}"#,
        r#"{"act":{"disconnect":"totp"}}"#,
        r#"{"date":"2026-11-02"}"#,
        r#"{"advance-seconds":1}"#,
        r#"{"from":{"copy-of":"acme"},"my-domain":"spare"}"#,
        r#"{"from":{"scenario":"org: {}"}}"#,
    ]);
    let query = if chance.once_in(3) { format!("?from={}", segment(chance)) } else { String::new() };
    let url = format!("{}{path}{query}", world.control);
    let draw = if operation.takes_body || chance.once_in(10) {
        Draw::post(url, "application/json", chance.spoilt_bytes(body.as_bytes()))
    } else {
        Draw::get(url)
    };
    Draw { method: operation.method.clone(), ..draw }.bearer(&world.control_token)
}

/// A client that registers itself at the identity provider.
fn registration(world: &World, chance: &mut Chance) -> Draw {
    let metadata = json!({
        "redirect_uris": ["http://localhost:3000/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "client_name": "app",
    });
    Draw::post(
        world.at_oidc("/oidc/register"),
        "application/json",
        chance.spoilt_bytes(metadata.to_string().as_bytes()),
    )
}

fn form(world: &World, chance: &mut Chance) -> Draw {
    let fields = chance.one(&[
        &[("grant_type", "client_credentials"), ("client_id", KEY), ("client_secret", SECRET)][..],
        &[
            ("grant_type", "password"),
            ("client_id", KEY),
            ("client_secret", SECRET),
            ("username", "rep@acme.example"),
            ("password", "Right-password-1"),
        ],
        &[("grant_type", "authorization_code"), ("client_id", KEY), ("client_secret", SECRET), ("code", "aPrx")],
        &[("grant_type", "refresh_token"), ("client_id", KEY), ("client_secret", SECRET), ("refresh_token", "5Aep")],
        &[
            ("response_type", "code"),
            ("client_id", KEY),
            ("redirect_uri", "https://app.example/callback"),
            ("state", "s"),
        ],
        &[("response_type", "device_code"), ("client_id", KEY), ("scope", "api")],
        &[("username", "rep@acme.example"), ("pw", "Right-password-1"), ("startURL", "/lightning/page/home")],
        &[("tc", "123456"), ("save", "Verify"), ("vflow", "x"), ("emc", "123456"), ("smc", "123456")],
        &[("un", "rep@acme.example"), ("continue", "Continue"), ("p5", "Right-password-2"), ("p6", "Right-password-2")],
        &[("sid", "00D"), ("retURL", "/one/one.app"), ("startURL", "//evil.example"), ("otp", "x"), ("token", "x")],
        &[("user_code", "ABCDEFGH"), ("source", "x"), ("save", "Allow"), ("cancel", "Deny"), ("confirmation", "x")],
        &[("credential", "{\"id\":\"x\",\"rawId\":\"x\",\"type\":\"public-key\",\"response\":{}}"), ("ceremony", "x")],
        &[("username", "ann"), ("password", "Right-password-1"), ("code", "123456"), ("application", "mail")],
        &[("id_token_hint", "x"), ("post_logout_redirect_uri", "https://app.example/"), ("client_id", KEY)],
    ]);
    let mut fields: Vec<(String, String)> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for (name, value) in &mut fields {
        if chance.once_in(3) {
            *value = chance.spoilt(value);
        }
        if chance.once_in(15) {
            *name = chance.spoilt(name);
        }
    }
    if chance.once_in(5) {
        let again = fields[chance.below(fields.len())].clone();
        fields.push(again);
    }
    let url = address(world, chance);
    let mut draw = if chance.once_in(3) {
        Draw::get(with_query(&url, &encoded(&fields)))
    } else if chance.once_in(4) {
        Draw::post(url, FORM, chance.spoilt_bytes(encoded(&fields).as_bytes()))
    } else {
        Draw::form(url, &fields)
    };
    match chance.below(4) {
        0 => {}
        1 => draw.headers.push(("cookie", world.signed_in.clone())),
        2 => draw.headers.push(("cookie", world.mid_login.clone())),
        _ => draw.headers.push(("authorization", format!("Bearer {}", printable(&chance.spoilt(&world.api_session))))),
    }
    draw
}

/// An address of the org, and sometimes of what is beside it.
fn address(world: &World, chance: &mut Chance) -> String {
    match chance.below(10) {
        0 => world.at_org(chance.one(&["/services/oauth2/token", "/services/oauth2/authorize", "/"])),
        1 if chance.once_in(2) => world.at_saml(&filled(&world.idp_paths, chance)),
        1 => world.at_oidc(&filled(&world.idp_paths, chance)),
        2 => {
            let product = chance.one(&["crm", "vms", "erp"]);
            world.at_product(product, &filled(&world.product_paths, chance))
        }
        3 => world.at_login_host(&filled(&world.org_paths, chance)),
        4 => world.at_lightning(&filled(&world.org_paths, chance)),
        _ => world.at_org(&filled(&world.org_paths, chance)),
    }
}

/// One of the paths, with something in each of its places.
fn filled(paths: &[String], chance: &mut Chance) -> String {
    let path = &paths[chance.below(paths.len())];
    let parts = path.split('/').map(|part| match part {
        "{version}" if !chance.once_in(3) => "v60.0".to_owned(),
        _ if part.starts_with('{') => segment(chance),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Something odd as one segment of a path.
fn segment(chance: &mut Chance) -> String {
    if chance.once_in(20) {
        return "%FF".to_owned();
    }
    let odd = chance.one(&ODD);
    let odd = chance.one(&[odd, "00D000000000001", "User", "okta", "rep", "acme"]);
    let encoded: String = form_urlencoded::byte_serialize(odd.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    if encoded.is_empty() || encoded.trim_matches('.').is_empty() { "x".to_owned() } else { encoded }
}

fn jwt(world: &World, chance: &mut Chance) -> Draw {
    let mut header = json!({ "alg": "RS256", "typ": "JWT" });
    let mut claims = world.claims();
    for part in [&mut header, &mut claims] {
        let names: Vec<String> = part.as_object().unwrap().keys().cloned().collect();
        if chance.once_in(2) {
            let name = &names[chance.below(names.len())];
            part[name.as_str()] = value(chance);
        }
    }
    let (mut header, mut claims) = (header.to_string(), claims.to_string());
    if chance.once_in(4) {
        header = chance.spoilt(&header);
    }
    if chance.once_in(4) {
        claims = chance.spoilt(&claims);
    }
    let mut token = world.signed(&header, &claims);
    if chance.once_in(2) {
        token = chance.spoilt(&token);
    }
    if chance.once_in(8) {
        let path = chance.one(&[
            "/services/oauth2/userinfo",
            "/services/data/v60.0/sobjects",
            "/services/oauth2/singleaccess",
        ]);
        return Draw::get(world.at_org(path)).bearer(&printable(&token));
    }
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned();
    let fields = [("grant_type".to_owned(), grant), ("assertion".to_owned(), token)];
    Draw::form(world.at_org("/services/oauth2/token"), &fields)
}

/// Some JSON in place of what is expected.
fn value(chance: &mut Chance) -> Value {
    match chance.below(8) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(1e300),
        5 => json!([chance.one(&ODD)]),
        6 => json!({ "a": chance.one(&ODD) }),
        _ => json!(chance.one(&ODD)),
    }
}

fn saml_response(world: &World, chance: &mut Chance) -> Draw {
    let xml = match chance.below(9) {
        7 => format!("{}{}", "<a>".repeat(chance.below(3_000)), world.saml_response),
        8 => format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", world.saml_response),
        _ => world.saml_response.clone(),
    };
    let mut message = STANDARD.encode(chance.spoilt_bytes(xml.as_bytes()));
    if chance.once_in(6) {
        message = chance.spoilt(&message);
    }
    let relay_state = chance.spoilt("/lightning/page/home");
    let fields = |name: &str| [(name.to_owned(), message.clone()), ("RelayState".to_owned(), relay_state.clone())];
    match chance.below(8) {
        5 => {
            let mut draw = Draw::form(world.at_org("/setup/secur/SAMLValidationPage.apexp"), &fields("saml"));
            draw.headers.push(("cookie", world.signed_in.clone()));
            draw
        }
        6 => {
            let grant = "urn:ietf:params:oauth:grant-type:saml2-bearer".to_owned();
            let assertion = ("assertion".to_owned(), message.replace('+', "-").replace('/', "_"));
            Draw::form(world.at_org("/services/oauth2/token"), &[("grant_type".to_owned(), grant), assertion])
        }
        7 => {
            let url = world.at_org("/services/auth/sp/saml2/logout");
            Draw::get(with_query(&url, &encoded(&fields(chance.one(&["SAMLRequest", "SAMLResponse"])))))
        }
        _ => Draw::form(world.acs.clone(), &fields("SAMLResponse")),
    }
}

/// A request to an identity provider, by either binding; or one of OpenID Connect.
fn saml_request(world: &World, chance: &mut Chance) -> Draw {
    let url = world.at_saml("/saml/sso");
    match chance.below(6) {
        4 => {
            let mut query = world.oidc_request.clone();
            if chance.once_in(2) {
                query = chance.spoilt(&query);
            }
            let query: String = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form_urlencoded::parse(query.as_bytes()))
                .finish();
            Draw::get(with_query(&world.at_oidc("/oidc/authorize"), &query))
        }
        5 => {
            let fields =
                [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "https://app.example/")];
            let fields = fields.map(|(name, value)| (name.to_owned(), chance.spoilt(value)));
            let mut draw = Draw::form(world.at_oidc("/oidc/token"), &fields);
            let basic = STANDARD.encode(chance.spoilt("client:secret"));
            draw.headers.push(("authorization", format!("Basic {basic}")));
            draw
        }
        3 => {
            let message = STANDARD.encode(chance.spoilt_bytes(world.saml_request.as_bytes()));
            Draw::form(url, &[("SAMLRequest".to_owned(), message)])
        }
        _ => {
            let xml = chance.spoilt_bytes(world.saml_request.as_bytes());
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&xml).unwrap();
            let mut packed = encoder.finish().unwrap();
            if chance.once_in(5) {
                packed = chance.spoilt_bytes(&packed);
            }
            let relay_state = ("RelayState".to_owned(), chance.spoilt("/lightning/page/home"));
            let mut fields = vec![("SAMLRequest".to_owned(), STANDARD.encode(packed)), relay_state];
            if chance.once_in(5) {
                fields.push(("SigAlg".to_owned(), chance.spoilt("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")));
                fields.push(("Signature".to_owned(), chance.spoilt("c2lnbmF0dXJl")));
            }
            let mut query = encoded(&fields);
            query.truncate(60_000);
            Draw::get(with_query(&url, &query))
        }
    }
}

pub(super) fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn with_query(url: &str, query: &str) -> String {
    let short: String = query.chars().take(60_000).collect();
    format!("{url}?{short}")
}

/// What a header may hold (RFC 9110, 5.5).
fn printable(text: &str) -> String {
    text.chars().filter(|char| char.is_ascii_graphic() || *char == ' ').take(20_000).collect()
}

const FORM: &str = "application/x-www-form-urlencoded";
const MEDIA_TYPES: [&str; 8] = [
    "application/json",
    "text/xml",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/octet-stream",
    "a",
    ";",
];
