//! TLS certificates of clients: who a client is by one, and what of it its tokens are bound to.
//!
//! The TLS layer has proved that whoever sends the request holds the key.
//!
//! Source: RFC 8705 2.1, 2.2, 3 and 3.1; RFC 4514 2.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use openssl::error::ErrorStack;
use openssl::sha::sha256;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509NameEntryRef, X509NameRef, X509StoreContext};
use vestibule_model::RelyingPartySpec;

use crate::blocking;
use crate::http::{ClientCertificates, RequestContext};
use crate::idp::state::Idp;
use crate::oidc::{ErrorCode, TokenError};

/// Checks that the certificate of a request is one of these keys of its client.
///
/// # Errors
/// `invalid_client`, if it is not.
pub(super) fn check_key(keys: &JwkSet, context: &RequestContext) -> Result<(), TokenError> {
    let sent = sent(context)?;
    let mut registered = keys.keys.iter().filter_map(|key| key.common.x509_chain.as_ref()?.first());
    if registered.any(|text| STANDARD.decode(text).is_ok_and(|der| der == sent.own())) {
        return Ok(());
    }
    Err(refused("the TLS certificate is that of no key of the client: none has it as x5c"))
}

/// Checks that an authority vouches for the certificate of a request, and that it names the client.
///
/// # Errors
/// `invalid_client`, if not.
pub(super) async fn check_name(idp: &Idp, spec: &RelyingPartySpec, context: &RequestContext) -> Result<(), TokenError> {
    let (sent, spec, now) = (sent(context)?.clone(), spec.clone(), idp.now().as_second());
    let usual = idp.realm.certs.authority_pem().to_owned();
    let checked = blocking::run(move || {
        let authority = spec.tls_client_auth_authority.as_deref().unwrap_or(&usual);
        if !is_vouched_for(authority, &sent, now).unwrap_or(false) {
            return Err("no authority of the client vouches for the TLS certificate now");
        }
        let named = names(&spec, &sent).unwrap_or(false);
        if named { Ok(()) } else { Err("the TLS certificate has another name than the client registered") }
    });
    checked.await.unwrap_or(Err("the TLS certificate was not verified")).map_err(refused)
}

fn sent(context: &RequestContext) -> Result<&ClientCertificates, TokenError> {
    context.client_certificates.as_ref().ok_or_else(|| refused("the client sent no TLS certificate"))
}

fn refused(why: &str) -> TokenError {
    TokenError::new(ErrorCode::InvalidClient, why)
}

/// The confirmation of a certificate: `x5t#S256` (RFC 8705 3.1).
pub(super) fn hash(sent: &ClientCertificates) -> String {
    URL_SAFE_NO_PAD.encode(sha256(sent.own()))
}

/// Whether a chain leads from the certificate to one of these authorities at this time.
fn is_vouched_for(authorities: &str, sent: &ClientCertificates, now: i64) -> Result<bool, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    for authority in X509::stack_from_pem(authorities.as_bytes())? {
        store.add_cert(authority)?;
    }
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(now);
    store.set_param(&parameters)?;
    let mut others = Stack::new()?;
    for other in sent.others() {
        others.push(X509::from_der(other)?)?;
    }
    let own = X509::from_der(sent.own())?;
    X509StoreContext::new()?.init(&store.build(), &own, &others, |context| context.verify_cert())
}

/// Whether the certificate has the name that the client registered; one without a name names nobody.
fn names(spec: &RelyingPartySpec, sent: &ClientCertificates) -> Result<bool, ErrorStack> {
    let certificate = X509::from_der(sent.own())?;
    if let Some(subject) = &spec.tls_client_auth_subject_dn {
        return Ok(normal(&subject_of(certificate.subject_name())) == normal(subject));
    }
    let Some(wanted) = &spec.tls_client_auth_san_dns else { return Ok(false) };
    let others = certificate.subject_alt_names();
    let mut dns = others.iter().flatten().filter_map(|name| name.dnsname());
    Ok(dns.any(|name| name.eq_ignore_ascii_case(wanted)))
}

/// A subject as RFC 4514 writes it: the last part first.
fn subject_of(name: &X509NameRef) -> String {
    let mut parts: Vec<String> = name.entries().map(part).collect();
    parts.reverse();
    parts.join(",")
}

fn part(entry: &X509NameEntryRef) -> String {
    let kind = entry.object().nid().short_name().unwrap_or("?");
    let value = entry.data().to_string().unwrap_or_default();
    let escaped: String = value
        .chars()
        .flat_map(|letter| {
            let special = matches!(letter, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=');
            special.then_some('\\').into_iter().chain([letter])
        })
        .collect();
    format!("{kind}={escaped}")
}

/// A subject without the blanks and capitals in which writers differ.
fn normal(subject: &str) -> String {
    let parts = subject.split(',').map(|part| match part.split_once('=') {
        Some((kind, value)) => format!("{}={}", kind.trim().to_uppercase(), value.trim()),
        None => part.trim().to_owned(),
    });
    parts.collect::<Vec<_>>().join(",")
}
