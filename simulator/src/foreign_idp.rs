//! Reads what identity providers that are not simulated say of themselves, when an org starts.
//!
//! The org calls no host but those that somebody named: that of the document, those in a document that somebody has as a
//! file, and those of `token-endpoint` and `jwks-uri`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use url::Url;
use vestibule_certs::CertStore;
use vestibule_model::{IdpDocument, IdpProtocol, IdpSpec, RealmSpec};

use crate::back_channel::{BackChannel, is_loopback};
use crate::blocking;
use crate::oidc::ProviderDocument;
use crate::realm::{Clock, Component, ForeignIdp, ForeignOidc, ForeignSaml, Hosts};
use crate::saml::IdpDescriptor;

/// Why an identity provider that is not simulated cannot be used. The text completes "failed to ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use the identity provider `{idp}`, known by {document}: {why}")]
pub struct ForeignIdpError {
    /// Its key.
    pub idp: String,
    /// Where its document is.
    pub document: String,
    /// What is wrong, as a sentence without a period.
    pub why: String,
}

/// What each identity provider of a realm that is not simulated says of itself, by key.
pub(crate) async fn read(
    spec: &RealmSpec,
    certs: &CertStore,
    port: u16,
) -> Result<BTreeMap<String, ForeignIdp>, ForeignIdpError> {
    let mut all = BTreeMap::new();
    for (key, idp) in spec.idps.iter().filter(|(_, idp)| idp.is_foreign()) {
        let read = read_one(spec, idp, certs, port).await.map_err(|why| ForeignIdpError {
            idp: key.clone(),
            document: idp.document().map(ToString::to_string).unwrap_or_default(),
            why,
        })?;
        all.insert(key.clone(), read);
    }
    Ok(all)
}

async fn read_one(spec: &RealmSpec, idp: &IdpSpec, certs: &CertStore, port: u16) -> Result<ForeignIdp, String> {
    if let Some(misplaced) = idp.misplaced_key() {
        return Err(misplaced.why);
    }
    if let Some(key) = idp.missing_key() {
        return Err(format!("`{key}` is missing"));
    }
    let Some(document) = idp.document() else { return Err("it has no document".to_owned()) };
    let bytes = match document {
        IdpDocument::Text(text) => text.clone().into_bytes(),
        IdpDocument::File(file) => {
            let file = file.clone();
            let read = blocking::run(move || read_file(&file)).await;
            read.ok_or("the file cannot be read")?.map_err(|error| error.to_string())?
        }
        IdpDocument::Url(url) => fetched(spec, certs, port, url).await?,
    };
    match idp.protocol {
        IdpProtocol::Saml => {
            let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
            let now = Clock::start(&spec.clock).now(Component::Org);
            let read = IdpDescriptor::read(&text, now).map_err(|fault| fault.to_string())?;
            Ok(ForeignIdp::Saml(ForeignSaml {
                entity_id: read.entity_id,
                post_url: read.post_url,
                redirect_url: read.redirect_url,
                logout_urls: read.logout_urls,
                certificates: read.certificates.into_iter().map(|one| (one.der, one.not_after)).collect(),
            }))
        }
        IdpProtocol::Oidc => provider(idp, document, &bytes).map(ForeignIdp::Oidc),
    }
}

/// A file that somebody named may have no end, as `/dev/zero` has none.
fn read_file(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = File::open(file)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if u64::try_from(length).is_ok_and(|length| length <= LARGEST_FILE) {
        Ok(bytes)
    } else {
        Err(io::Error::other(format!("it is longer than {LARGEST_FILE} bytes")))
    }
}

async fn fetched(spec: &RealmSpec, certs: &CertStore, port: u16, url: &Url) -> Result<Vec<u8>, String> {
    let channel = BackChannel::new(certs, &Hosts::new(spec, port), &[url]);
    let reply = channel.map_err(|error| error.to_string())?.get(url).await;
    let reply = reply.map_err(|error| format!("failed to {error}"))?;
    if reply.status.is_success() {
        Ok(reply.body)
    } else {
        Err(format!("it was answered with status {}", reply.status))
    }
}

fn provider(idp: &IdpSpec, document: &IdpDocument, bytes: &[u8]) -> Result<ForeignOidc, String> {
    let read_from = match document {
        IdpDocument::Url(url) => Some(url),
        IdpDocument::File(_) | IdpDocument::Text(_) => None,
    };
    let read = ProviderDocument::read(bytes, read_from).map_err(|fault| fault.to_string())?;
    for (key, set, found) in
        [("token-endpoint", &idp.token_endpoint, &read.token_endpoint), ("jwks-uri", &idp.jwks_uri, &read.jwks_uri)]
    {
        // A document of another machine says nothing of this one, whose ports are closed to that machine.
        let both_here = |from: &Url| is_loopback(found) && is_loopback(from);
        let named = |from: &Url| set.is_some() || both_here(from) || found.host_str() == from.host_str();
        if read_from.is_some_and(|from| !named(from)) {
            return Err(format!("it leads to a host that nobody named: write `{key}: {found}` to call it"));
        }
    }
    Ok(ForeignOidc {
        issuer: read.issuer,
        authorization_endpoint: read.authorization_endpoint,
        token_endpoint: idp.token_endpoint.clone().unwrap_or(read.token_endpoint),
        jwks_uri: idp.jwks_uri.clone().unwrap_or(read.jwks_uri),
        names_itself: read.authorization_response_iss_parameter_supported,
    })
}

/// Above every document that is read.
const LARGEST_FILE: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use serde_json::json;
    use vestibule_model::{IdpDocument, IdpProtocol, IdpSpec};

    use super::{LARGEST_FILE, provider, read_file};

    #[test]
    fn a_file_is_read_up_to_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("idp.xml");
        fs::write(&file, "<a/>").unwrap();
        assert_eq!(read_file(&file).unwrap(), b"<a/>");

        File::create(&file).unwrap().set_len(LARGEST_FILE).unwrap();
        assert!(read_file(&file).is_ok());
        File::create(&file).unwrap().set_len(1 << 32).unwrap();
        let refused = read_file(&file).unwrap_err().to_string();
        assert_eq!(refused, "it is longer than 1048576 bytes");
    }

    #[test]
    fn a_document_of_another_machine_leads_to_no_port_of_this_one() {
        let read = |issuer: &str, jwks_uri: &str, spec: &IdpSpec| {
            let document = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": jwks_uri,
            });
            let url = format!("{issuer}/.well-known/openid-configuration").parse().unwrap();
            provider(spec, &IdpDocument::Url(url), document.to_string().as_bytes())
        };
        let plain = IdpSpec::new(IdpProtocol::Oidc);
        for (issuer, jwks_uri, is_called) in [
            ("https://idp.example", "https://idp.example/keys", true),
            ("https://idp.example", "https://elsewhere.example/keys", false),
            ("https://idp.example", "http://127.0.0.1:2375/keys", false),
            ("https://idp.example", "http://[::1]:2375/keys", false),
            ("https://idp.example", "http://localhost:2375/keys", false),
            ("https://idp.example", "https://okta.localhost:8443/keys", false),
            ("http://127.0.0.1:9000", "http://localhost:9001/keys", true),
        ] {
            let found = read(issuer, jwks_uri, &plain);

            assert_eq!(found.is_ok(), is_called, "{issuer} {jwks_uri}: {found:?}");
            if let Err(why) = found {
                assert!(why.contains(&format!("write `jwks-uri: {jwks_uri}`")), "{why}");
            }
        }
        let spec = IdpSpec { jwks_uri: Some("http://127.0.0.1:2375/keys".parse().unwrap()), ..plain };
        let named = read("https://idp.example", "http://127.0.0.1:2375/keys", &spec).unwrap();
        assert_eq!(named.jwks_uri.as_str(), "http://127.0.0.1:2375/keys");
    }
}
