//! The service providers and relying parties that identity providers know, as the command line names them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use url::Url;
use vestibule_model::diagnostic::unknown_word;
use vestibule_model::{
    AcsBinding, AssertionConsumerService, EndpointUrl, IdpProtocol, IdpSpec, LogoutBinding, RelyingPartyAuth,
    RelyingPartySpec, SamlEncryption, Secret, ServiceProviderSpec, SingleLogoutService, with_causes,
};
use vestibule_simulator::idp::{service_providers_in, signed_service_providers_in};

use super::value_parsers::word;
use crate::browser::client_to;
use crate::cli::output::error::CliError;

/// Who may use the identity providers, besides the org.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PartyArgs {
    // Brackets would be links in documentation.
    #[arg(long = "sp", value_name = "FILE|URL|SP", help_heading = "Parties", help = SP_HELP)]
    service_providers: Vec<NamedServiceProvider>,

    /// The certificate, PEM, by which the metadata of service providers must be signed.
    #[arg(
        long = "metadata-certificate",
        value_name = "FILE",
        help_heading = "Parties",
        requires = "service_providers"
    )]
    metadata_certificate: Option<PathBuf>,

    #[arg(long = "client", value_name = "CLIENT", help_heading = "Parties", help = CLIENT_HELP)]
    relying_parties: Vec<NamedRelyingParty>,
}

const SP_HELP: &str = "A service provider for every SAML identity provider: its metadata as a file or a URL, or \
     entity=ID,acs=URL[,acs=URL][,artifact=URL][,logout=URL][,certificate=FILE][,signed=true][,encrypt=FILE], where \
     artifact is an ACS for HTTP-Artifact and encrypt a certificate to encrypt for (repeatable)";
const CLIENT_HELP: &str = "A relying party for every OpenID Connect identity provider: \
     id=ID,redirect=URL[,redirect=URL][,secret=SECRET]\
     [,auth=basic|post|secret-jwt|private-key-jwt|self-signed-tls-client][,jwks-uri=URL]\
     [,backchannel-logout=URL]; \
     without a secret, a public client (repeatable)";

/// Where a service provider is described.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NamedServiceProvider {
    /// In a metadata file.
    File(PathBuf),
    /// In metadata at an address.
    Url(Url),
    /// On the command line.
    Given {
        /// Entity id.
        entity_id: String,
        /// What is known without its certificates.
        spec: Box<ServiceProviderSpec>,
        /// Files of its certificates, PEM.
        certificates: Vec<PathBuf>,
        /// Files of the certificates to encrypt for, PEM.
        encryption_certificates: Vec<PathBuf>,
    },
}

/// A relying party and its client id.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedRelyingParty {
    client_id: String,
    spec: RelyingPartySpec,
}

impl PartyArgs {
    /// Whether no party of this protocol is named.
    pub(crate) fn is_empty(&self, protocol: IdpProtocol) -> bool {
        match protocol {
            IdpProtocol::Saml => self.service_providers.is_empty(),
            IdpProtocol::Oidc => self.relying_parties.is_empty(),
        }
    }

    /// The addresses that metadata is fetched from.
    pub(crate) fn metadata_addresses(&self) -> impl Iterator<Item = &Url> {
        self.service_providers.iter().filter_map(|named| match named {
            NamedServiceProvider::Url(url) => Some(url),
            NamedServiceProvider::File(_) | NamedServiceProvider::Given { .. } => None,
        })
    }

    /// Registers the parties with every identity provider of their protocol.
    ///
    /// # Errors
    /// If metadata or a certificate cannot be read, two parties have one name, or no identity provider speaks the
    /// protocol.
    pub(crate) async fn register(&self, idps: &mut BTreeMap<String, IdpSpec>) -> Result<(), CliError> {
        let mut service_providers = BTreeMap::new();
        let signer = self.metadata_certificate.as_deref().map(read_pem).transpose()?;
        for named in &self.service_providers {
            for (entity_id, spec) in named.read(signer.as_deref()).await? {
                add("service provider", &mut service_providers, entity_id, spec)?;
            }
        }
        let mut relying_parties = BTreeMap::new();
        for NamedRelyingParty { client_id, spec } in &self.relying_parties {
            add("client", &mut relying_parties, client_id.clone(), spec.clone())?;
        }
        for (protocol, option) in [(IdpProtocol::Saml, "--sp"), (IdpProtocol::Oidc, "--client")] {
            if !self.is_empty(protocol) && idps.values().all(|idp| idp.protocol != protocol) {
                let title = format!("`{option}` is given, but no identity provider speaks {}", protocol.spoken());
                return Err(CliError::usage(title).hint(format!("add one: --idp KEY:protocol={protocol}")));
            }
        }
        for idp in idps.values_mut() {
            match idp.protocol {
                IdpProtocol::Saml => idp.service_providers.extend(service_providers.clone()),
                IdpProtocol::Oidc => idp.relying_parties.extend(relying_parties.clone()),
            }
        }
        Ok(())
    }
}

impl NamedServiceProvider {
    /// The service providers that it describes, by entity id. Metadata must be signed with the certificate, if there is one.
    async fn read(&self, signer: Option<&str>) -> Result<BTreeMap<String, ServiceProviderSpec>, CliError> {
        let (metadata, place) = match self {
            Self::File(path) => (read_file(path)?, path.display().to_string()),
            Self::Url(url) => (fetched(url).await?, url.to_string()),
            Self::Given { entity_id, spec, certificates, encryption_certificates } => {
                let read = |paths: &[PathBuf]| paths.iter().map(|path| read_pem(path)).collect::<Result<_, _>>();
                let (certificates, encryption_certificates) = (read(certificates)?, read(encryption_certificates)?);
                let spec = ServiceProviderSpec { certificates, encryption_certificates, ..(**spec).clone() };
                return Ok(BTreeMap::from([(entity_id.clone(), spec)]));
            }
        };
        let read = match signer {
            Some(certificate) => signed_service_providers_in(&metadata, certificate),
            None => service_providers_in(&metadata),
        };
        read.map_err(|error| CliError::usage(format!("{place}: failed to {}", with_causes(&error))))
    }
}

impl FromStr for NamedServiceProvider {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(url) = text.split_once("://").and_then(|(scheme, _)| address(scheme, text)) {
            return Ok(Self::Url(url));
        }
        // A word before `=` is a key, also a misspelt one; whoever has such a file writes `./` before it.
        let is_key = |name: &str| name.trim().chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-');
        if !text.split_once('=').is_some_and(|(name, _)| is_key(name)) {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let (mut entity_id, mut spec) = (None, ServiceProviderSpec::default());
        let (mut certificates, mut encryption_certificates) = (Vec::new(), Vec::new());
        for (name, value) in fields(text, &SP_FIELDS)? {
            match name {
                "entity" => once(name, &mut entity_id, value.to_owned())?,
                "acs" => spec.acs.push(AssertionConsumerService::post(value.parse()?)),
                "artifact" => {
                    let post = AssertionConsumerService::post(value.parse()?);
                    spec.acs.push(AssertionConsumerService { binding: AcsBinding::HttpArtifact, ..post });
                }
                "logout" => {
                    let binding = LogoutBinding::default();
                    let service = SingleLogoutService { url: value.parse()?, response_url: None, binding };
                    once(name, &mut spec.single_logout, service)?;
                }
                "certificate" => certificates.push(PathBuf::from(value)),
                "encrypt" => {
                    spec.encryption = Some(SamlEncryption::default());
                    encryption_certificates.push(PathBuf::from(value));
                }
                _ => spec.authn_requests_signed = yes_or_no(name, value)?,
            }
        }
        let entity_id = entity_id.ok_or("the service provider has no name: add entity=ID")?;
        if spec.acs.is_empty() {
            return Err("the service provider has no address for answers: add acs=URL".to_owned());
        }
        if spec.authn_requests_signed && certificates.is_empty() {
            return Err("nothing verifies its signed requests: add certificate=FILE".to_owned());
        }
        Ok(Self::Given { entity_id, spec: Box::new(spec), certificates, encryption_certificates })
    }
}

impl FromStr for NamedRelyingParty {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut client_id, mut secret, mut auth, mut jwks_uri) = (None, None, None, None);
        let mut backchannel_logout_uri = None;
        let mut redirect_uris: Vec<EndpointUrl> = Vec::new();
        for (name, value) in fields(text, &CLIENT_FIELDS)? {
            match name {
                "id" => once(name, &mut client_id, value.to_owned())?,
                "secret" => once(name, &mut secret, Secret::new(value))?,
                "auth" => once(name, &mut auth, word::<RelyingPartyAuth>(value)?)?,
                "jwks-uri" => once(name, &mut jwks_uri, value.parse::<EndpointUrl>()?)?,
                "backchannel-logout" => once(name, &mut backchannel_logout_uri, value.parse::<EndpointUrl>()?)?,
                _ => redirect_uris.push(value.parse()?),
            }
        }
        let client_id = client_id.ok_or("the client has no name: add id=ID")?;
        if redirect_uris.is_empty() {
            return Err("the client has no address for answers: add redirect=URL".to_owned());
        }
        if auth == Some(RelyingPartyAuth::TlsClient) {
            let why = "a client by `tls-client` has more settings than fit here";
            return Err(format!("{why}: write it in a scenario, below `relying-parties`"));
        }
        let by_key = auth.is_some_and(RelyingPartyAuth::is_by_key);
        if by_key && jwks_uri.is_none() {
            return Err("nothing verifies what the client signs: add jwks-uri=URL".to_owned());
        }
        if auth.is_some() && !by_key && secret.is_none() {
            return Err("a client without a secret cannot authenticate: add secret=SECRET".to_owned());
        }
        let spec = RelyingPartySpec {
            client_secret: secret,
            client_auth: auth,
            redirect_uris,
            jwks_uri,
            backchannel_logout_uri,
            ..RelyingPartySpec::default()
        };
        Ok(Self { client_id, spec })
    }
}

/// `name=value,name=value`, with names from this list.
fn fields<'a>(text: &'a str, known: &[&str]) -> Result<Vec<(&'a str, &'a str)>, String> {
    let split = text.split(',').filter(|field| !field.trim().is_empty()).map(|field| {
        let (name, value) =
            field.split_once('=').ok_or_else(|| format!("`{field}` has no value: write {field}=VALUE"))?;
        let (name, value) = (name.trim(), value.trim());
        if !known.contains(&name) {
            return Err(unknown_word("unknown-setting", "setting", name, known.iter().copied()).in_one_line());
        }
        if value.is_empty() {
            return Err(format!("`{name}` has no value: write {name}=VALUE"));
        }
        Ok((name, value))
    });
    split.collect()
}

/// Sets what may be set once.
fn once<T>(name: &str, place: &mut Option<T>, value: T) -> Result<(), String> {
    match place.replace(value) {
        Some(_) => Err(format!("`{name}` is given twice")),
        None => Ok(()),
    }
}

fn yes_or_no(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("write {name}=true or {name}=false"))
}

fn add<T>(what: &str, all: &mut BTreeMap<String, T>, name: String, spec: T) -> Result<(), CliError> {
    if all.contains_key(&name) {
        return Err(CliError::usage(format!("the {what} `{name}` is given twice")));
    }
    all.insert(name, spec);
    Ok(())
}

/// The address of metadata.
fn address(scheme: &str, text: &str) -> Option<Url> {
    matches!(scheme, "http" | "https").then(|| Url::parse(text).ok()).flatten()
}

fn read_file(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|error| CliError::usage(format!("failed to read {}: {error}", path.display())))
}

/// A certificate, PEM.
fn read_pem(path: &Path) -> Result<String, CliError> {
    let bytes = read_file(path)?;
    let pem = String::from_utf8(bytes).ok().filter(|pem| openssl::x509::X509::from_pem(pem.as_bytes()).is_ok());
    pem.ok_or_else(|| CliError::usage(format!("{} is not an X.509 certificate in PEM", path.display())))
}

/// The metadata at an address that the user named. No redirect is followed: it may lead to plain HTTP, or to a host that nobody
/// named.
async fn fetched(url: &Url) -> Result<Vec<u8>, CliError> {
    let failed = |error: reqwest::Error| {
        CliError::broken(format!("failed to fetch {url}: {}", with_causes(&error.without_url())))
    };
    let here = url.as_str().parse().is_ok_and(|url: EndpointUrl| url.is_loopback());
    let builder = if here { client_to(url.scheme()) } else { reqwest::Client::builder() };
    let builder = builder.timeout(FETCH_LIMIT).redirect(reqwest::redirect::Policy::none());
    let client = builder.build().map_err(|error| failed(error).hint("apt-get install ca-certificates"))?;
    let answer = client.get(url.clone()).send().await.and_then(reqwest::Response::error_for_status);
    let mut answer = answer.map_err(failed)?;
    if answer.status().is_redirection() {
        let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
        let title = format!("failed to fetch {url}: it leads to {to}");
        return Err(CliError::broken(title).hint("name the address that has the metadata"));
    }
    let mut metadata = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        metadata.extend_from_slice(&chunk);
        if metadata.len() > LARGEST_METADATA {
            return Err(CliError::broken(format!(
                "{url} has more than {LARGEST_METADATA} bytes, so it is no metadata"
            )));
        }
    }
    Ok(metadata)
}

const SP_FIELDS: [&str; 7] = ["entity", "acs", "artifact", "logout", "certificate", "signed", "encrypt"];
const CLIENT_FIELDS: [&str; 6] = ["id", "redirect", "secret", "auth", "jwks-uri", "backchannel-logout"];
const FETCH_LIMIT: Duration = Duration::from_secs(10);
/// Far above the metadata of one service provider.
const LARGEST_METADATA: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::parse_one::parse;
    use crate::outcome::ExitCode;

    fn registered(words: &[&str], idps: &[(&str, IdpProtocol)]) -> Result<BTreeMap<String, IdpSpec>, CliError> {
        let args: PartyArgs = parse(words).unwrap();
        let mut idps = idps.iter().map(|(key, protocol)| ((*key).to_owned(), IdpSpec::new(*protocol))).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(args.register(&mut idps)).map(|()| idps)
    }

    const BOTH: [(&str, IdpProtocol); 3] =
        [("adfs", IdpProtocol::Saml), ("okta", IdpProtocol::Saml), ("entra", IdpProtocol::Oidc)];

    #[test]
    fn parties_of_the_command_line_reach_every_identity_provider_of_their_protocol() {
        let idps = registered(
            &[
                "--sp=entity=urn:app,acs=http://localhost:3000/acs,acs=http://localhost:3000/second",
                "--client=id=spa,redirect=http://localhost:3000/cb",
                "--client=id=web,redirect=http://localhost:5000/cb,secret=s-1,auth=post",
            ],
            &BOTH,
        )
        .unwrap();

        for key in ["adfs", "okta"] {
            let app = &idps[key].service_providers["urn:app"];
            let acs: Vec<_> = app.acs.iter().map(|acs| acs.url.as_str()).collect();
            assert_eq!(acs, ["http://localhost:3000/acs", "http://localhost:3000/second"]);
            assert!(idps[key].relying_parties.is_empty() && !app.authn_requests_signed);
        }
        let entra = &idps["entra"];
        assert!(entra.service_providers.is_empty() && entra.relying_parties["spa"].is_public());
        let web = &entra.relying_parties["web"];
        assert_eq!(web.client_secret.as_ref().unwrap().reveal(), "s-1");
        assert_eq!((web.client_auth, web.redirect_uris.len()), (Some(RelyingPartyAuth::Post), 1));
    }

    #[test]
    fn a_service_provider_names_its_other_services() {
        let folder = tempfile::tempdir().unwrap();
        let store = vestibule_certs::CertStore::open(folder.path(), "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let file = folder.path().join("sp.pem");
        fs::write(&file, store.authority_pem()).unwrap();
        let words = format!(
            "--sp=entity=urn:app,artifact=http://localhost:3000/art,logout=http://localhost:3000/slo,encrypt={}",
            file.display()
        );

        let idps = registered(&[&words], &BOTH).unwrap();

        let app = &idps["okta"].service_providers["urn:app"];
        assert_eq!(app.acs[0].binding, AcsBinding::HttpArtifact);
        assert_eq!(app.single_logout.as_ref().unwrap().url.as_str(), "http://localhost:3000/slo");
        assert_eq!((app.encryption_certificates.len(), app.encryption.clone()), (1, Some(SamlEncryption::default())));
    }

    #[test]
    fn a_metadata_file_and_a_certificate_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sp.xml");
        fs::write(&file, METADATA).unwrap();
        let broken = folder.path().join("broken.xml");
        fs::write(&broken, "<a/>").unwrap();

        let idps = registered(&[&format!("--sp={}", file.display())], &BOTH).unwrap();
        let refused = registered(&[&format!("--sp={}", broken.display())], &BOTH).unwrap_err();
        let signed = format!("--sp=entity=x,acs=http://localhost/acs,signed=true,certificate={}", broken.display());
        let no_certificate = registered(&[&signed], &BOTH).unwrap_err();

        assert_eq!(idps["okta"].service_providers["urn:app"].acs[0].url.as_str(), "http://127.0.0.1:5000/acs");
        assert_eq!((refused.code(), no_certificate.code()), (ExitCode::Usage, ExitCode::Usage));
        let (refused, no_certificate) = (format!("{refused:?}"), format!("{no_certificate:?}"));
        assert!(refused.contains("broken.xml: failed to find metadata: the root element is a"), "{refused}");
        assert!(no_certificate.contains("is not an X.509 certificate in PEM"), "{no_certificate}");
    }

    #[test]
    fn metadata_that_must_be_signed_is_refused_without_a_signature() {
        let folder = tempfile::tempdir().unwrap();
        let store = vestibule_certs::CertStore::open(folder.path(), "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let (file, certificate) = (folder.path().join("sp.xml"), folder.path().join("signer.pem"));
        fs::write(&file, METADATA).unwrap();
        fs::write(&certificate, store.authority_pem()).unwrap();
        let (file, certificate) =
            (format!("--sp={}", file.display()), format!("--metadata-certificate={}", certificate.display()));

        let refused = registered(&[&file, &certificate], &BOTH).unwrap_err();

        assert_eq!(refused.code(), ExitCode::Usage);
        assert!(format!("{refused:?}").contains("its root element has no signature"), "{refused:?}");
        assert!(parse::<PartyArgs>(&[&certificate]).is_err(), "without metadata it means nothing");
    }

    #[tokio::test]
    async fn metadata_at_an_address_is_fetched() {
        vestibule_certs::install_tls_provider();
        let server = wiremock::MockServer::start().await;
        wiremock::Mock::given(wiremock::matchers::path("/metadata"))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_string(METADATA))
            .mount(&server)
            .await;
        let read = |path: &str| format!("--sp={}{path}", server.uri());
        let mut idps = BTreeMap::from([("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml))]);

        let found: PartyArgs = parse(&[&read("/metadata")]).unwrap();
        found.register(&mut idps).await.unwrap();
        let missing: PartyArgs = parse(&[&read("/nowhere")]).unwrap();
        let refused = missing.register(&mut idps).await.unwrap_err();

        assert!(idps["okta"].service_providers.contains_key("urn:app"));
        assert_eq!(refused.code(), ExitCode::Broken);
        assert!(format!("{refused:?}").contains("404"), "{refused:?}");
    }

    #[tokio::test]
    async fn metadata_is_read_where_the_user_said_and_nowhere_else() {
        vestibule_certs::install_tls_provider();
        let server = wiremock::MockServer::start().await;
        let to = format!("{}/metadata", server.uri());
        wiremock::Mock::given(wiremock::matchers::path("/metadata"))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_string(METADATA))
            .expect(0)
            .mount(&server)
            .await;
        wiremock::Mock::given(wiremock::matchers::path("/moved"))
            .respond_with(wiremock::ResponseTemplate::new(302).insert_header("location", to.as_str()))
            .mount(&server)
            .await;
        let mut idps = BTreeMap::from([("okta".to_owned(), IdpSpec::new(IdpProtocol::Saml))]);

        let moved: PartyArgs = parse(&[&format!("--sp={}/moved", server.uri())]).unwrap();
        let refused = moved.register(&mut idps).await.unwrap_err();

        assert_eq!(refused.code(), ExitCode::Broken);
        assert!(format!("{refused:?}").contains(&format!("it leads to {to}")), "{refused:?}");
        assert!(idps["okta"].service_providers.is_empty());
    }

    #[test]
    fn a_mistake_is_answered_with_what_is_missing_or_wrong() {
        for (word, expected) in [
            ("--sp=entity=urn:app", "add acs=URL"),
            ("--sp=acs=http://localhost/acs", "add entity=ID"),
            ("--sp=entity=a,entity=b,acs=http://localhost/acs", "`entity` is given twice"),
            ("--sp=entity=a,acs=javascript:x", "is not an endpoint"),
            ("--sp=entity=a,acs=http://localhost/acs,signd=true", "did you mean `signed`?"),
            ("--sp=entitiy=a,acs=http://localhost/acs", "did you mean `entity`?"),
            ("--sp=entity=a,acs=http://localhost/acs,signed=yes", "write signed=true or signed=false"),
            ("--sp=entity=a,acs=http://localhost/acs,signed=true", "add certificate=FILE"),
            ("--client=id=a", "add redirect=URL"),
            ("--client=redirect=http://localhost/cb", "add id=ID"),
            ("--client=id=a,redirect=http://localhost/cb#x", "leave out the fragment"),
            ("--client=id=a,redirect=http://localhost/cb,auth=post", "add secret=SECRET"),
            ("--client=id=a,redirect=http://localhost/cb,secret=s,auth=digest", "valid: basic, post"),
            ("--client=id=a,redirect=http://localhost/cb,auth=private-key-jwt", "add jwks-uri=URL"),
            ("--client=id=a,redirect=http://localhost/cb,auth=self-signed-tls-client", "add jwks-uri=URL"),
            ("--client=id=a,redirect=http://localhost/cb,auth=tls-client", "write it in a scenario"),
            ("--client=a", "`a` has no value"),
        ] {
            let refused = parse::<PartyArgs>(&[word]).unwrap_err();
            assert!(refused.contains(expected), "{word}: {refused}");
        }
        let twice = ["--client=id=a,redirect=http://localhost/1", "--client=id=a,redirect=http://localhost/2"];
        for (words, idps, expected) in [
            (&twice[..], &BOTH[..], "the client `a` is given twice"),
            (&twice[..1], &BOTH[..2], "no identity provider speaks OpenID Connect"),
            (&["--sp=/nowhere/sp.xml"][..], &BOTH[..], "failed to read /nowhere/sp.xml"),
        ] {
            let refused = registered(words, idps).unwrap_err();
            assert_eq!(refused.code(), ExitCode::Usage);
            assert!(format!("{refused:?}").contains(expected), "{refused:?}");
        }
    }

    const METADATA: &str = r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:app">
  <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
        Location="http://127.0.0.1:5000/acs" index="0"/>
  </SPSSODescriptor>
</EntityDescriptor>
"#;
}
