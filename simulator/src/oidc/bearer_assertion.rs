//! The assertion of the JWT bearer flow: read and verified by the org.
//!
//! Source: RFC 7523 2.1 and 3; what clients really send is contract K1.2.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Public};
use openssl::sign::Verifier;
use openssl::x509::X509;
use serde_json::Value;

/// An assertion. Nothing in it is trusted before it is verified. Not `Debug`: whoever has it gets a token for it.
pub(crate) struct BearerAssertion {
    /// `iss`: the consumer key of the app.
    pub(crate) issuer: String,
    /// `sub`: the username.
    pub(crate) subject: String,
    /// `aud`: the org, as the app names it.
    pub(crate) audiences: Vec<String>,
    /// `exp`, in seconds; clients write a number, or a text, or milliseconds.
    expires: i64,
    /// `nbf`, written like `exp`, if there is one.
    not_before: Option<i64>,
    signed: String,
    signature: Vec<u8>,
}

/// What is wrong with an assertion. Each text is a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssertionFault {
    /// Not three parts of base64url with JSON in them.
    #[error("the assertion is no JWT: three parts of base64url, joined by dots")]
    NotAJwt,
    /// Another algorithm than RS256.
    #[error("the assertion is signed with `{alg}`, and only RS256 is accepted")]
    Algorithm {
        /// `alg` as sent.
        alg: String,
    },
    /// A claim is missing or of another type.
    #[error("the assertion has no usable claim `{claim}`")]
    Claim {
        /// Its name.
        claim: &'static str,
    },
    /// The signature is not one of the app's key.
    #[error("the signature of the assertion does not fit the certificate of the app")]
    Signature,
    /// The certificate of the app cannot be read.
    #[error("the certificate of the app is not PEM with an RSA key")]
    Certificate,
    /// It has expired.
    #[error("the assertion expired {seconds} seconds ago")]
    Expired {
        /// How long ago.
        seconds: i64,
    },
    /// It is not valid yet.
    #[error("the assertion is valid only in {seconds} seconds")]
    NotYetValid {
        /// In how long.
        seconds: i64,
    },
}

impl BearerAssertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// If it is no JWT, or lacks a claim.
    pub(crate) fn read(assertion: &str) -> Result<Self, AssertionFault> {
        if assertion.len() > GREATEST_LENGTH {
            return Err(AssertionFault::NotAJwt);
        }
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err(AssertionFault::NotAJwt) };
        let (header, claims) = (json(header)?, json(payload)?);
        let alg = header["alg"].as_str().unwrap_or_default();
        if alg != "RS256" {
            return Err(AssertionFault::Algorithm { alg: alg.to_owned() });
        }
        let text = |claim: &'static str| {
            let text = claims[claim].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or(AssertionFault::Claim { claim })
        };
        let not_before = match &claims["nbf"] {
            Value::Null => None,
            nbf => Some(seconds(nbf).ok_or(AssertionFault::Claim { claim: "nbf" })?),
        };
        Ok(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            audiences: audiences(&claims["aud"]).ok_or(AssertionFault::Claim { claim: "aud" })?,
            expires: seconds(&claims["exp"]).ok_or(AssertionFault::Claim { claim: "exp" })?,
            not_before,
            signed: format!("{}.{}", parts[0], parts[1]),
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| AssertionFault::NotAJwt)?,
        })
    }

    /// Checks the signature by the certificate of the app, PEM.
    ///
    /// # Errors
    /// If the certificate cannot be read, or the signature is of another key.
    pub(crate) fn verify(&self, certificate: &str) -> Result<(), AssertionFault> {
        let key = public_key(certificate).ok_or(AssertionFault::Certificate)?;
        let verified = Verifier::new(MessageDigest::sha256(), &key)
            .and_then(|mut verifier| verifier.verify_oneshot(&self.signature, self.signed.as_bytes()));
        // OpenSSL reports an error for a signature of the wrong length.
        if verified.unwrap_or(false) { Ok(()) } else { Err(AssertionFault::Signature) }
    }

    /// Checks that its time has come and is not over (RFC 7523 3). Some clients give it no lifetime at all, and some one of
    /// centuries (contract K1.2).
    ///
    /// # Errors
    /// If it is too early or too late.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), AssertionFault> {
        let early = self.not_before.map_or(0, |from| from.saturating_sub(now.as_second()));
        if early > CLOCK_SKEW.as_secs() {
            return Err(AssertionFault::NotYetValid { seconds: early });
        }
        let seconds = now.as_second().saturating_sub(self.expires);
        if seconds > CLOCK_SKEW.as_secs() { Err(AssertionFault::Expired { seconds }) } else { Ok(()) }
    }
}

fn json(part: &str) -> Result<Value, AssertionFault> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| AssertionFault::NotAJwt)?;
    serde_json::from_slice(&bytes).map_err(|_| AssertionFault::NotAJwt)
}

fn audiences(aud: &Value) -> Option<Vec<String>> {
    match aud {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(many) => many.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn seconds(exp: &Value) -> Option<i64> {
    let seconds = match exp {
        Value::String(text) => text.parse().ok()?,
        number => number.as_f64()?,
    };
    SignedDuration::try_from_secs_f64(seconds.floor()).ok().map(|since_epoch| since_epoch.as_secs())
}

/// The key of a certificate; a bare public key is one too.
fn public_key(pem: &str) -> Option<PKey<Public>> {
    let of_certificate = X509::from_pem(pem.as_bytes()).and_then(|certificate| certificate.public_key());
    let key = of_certificate.or_else(|_| PKey::public_key_from_pem(pem.as_bytes())).ok()?;
    (key.id() == Id::RSA).then_some(key)
}

const GREATEST_LENGTH: usize = 64 * 1024;
/// As for the assertions of SAML (contract D1.7).
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(3);

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::{AssertionFault, BearerAssertion};

    /// Contract K1.2.
    #[test]
    fn a_lifetime_is_read_as_clients_write_it() {
        let now: Timestamp = "2026-11-02T12:00:00Z".parse().unwrap();
        let second = now.as_second();
        for (exp, expired) in [
            (json!(second + 180), false),
            (json!(second), false),
            (json!(second - 180), false),
            (json!(second - 181), true),
            (json!(second.to_string()), false),
            (json!((second - 600).to_string()), true),
            // `Date.now() + 300`, in milliseconds.
            (json!(now.as_millisecond() + 300), false),
            (json!(0), true),
        ] {
            let read = BearerAssertion::read(&assertion(&json!({ "alg": "RS256" }), &claims(&exp))).unwrap();
            assert_eq!(read.check_time(now).is_err(), expired, "{exp}");
        }
    }

    #[test]
    fn an_assertion_is_not_taken_before_its_time() {
        let now: Timestamp = "2026-11-02T12:00:00Z".parse().unwrap();
        let second = now.as_second();
        let read = |nbf: &Value| {
            let mut claims = claims(&json!(second + 1_000));
            claims["nbf"] = nbf.clone();
            BearerAssertion::read(&assertion(&json!({ "alg": "RS256" }), &claims))
        };
        for (nbf, early) in [
            (Value::Null, false),
            (json!(second), false),
            (json!(second + 180), false),
            (json!(second + 181), true),
            (json!((second + 600).to_string()), true),
        ] {
            assert_eq!(read(&nbf).unwrap().check_time(now).is_err(), early, "{nbf}");
        }
        assert_eq!(read(&json!("soon")).err(), Some(AssertionFault::Claim { claim: "nbf" }));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let good = claims(&json!(1));
        let without = |claim: &str| {
            let mut claims = good.clone();
            claims.as_object_mut().unwrap().remove(claim);
            assertion(&json!({ "alg": "RS256" }), &claims)
        };
        for (assertion, fault) in [
            (String::new(), AssertionFault::NotAJwt),
            ("a.b".to_owned(), AssertionFault::NotAJwt),
            ("a.b.c".to_owned(), AssertionFault::NotAJwt),
            ("x".repeat(70_000), AssertionFault::NotAJwt),
            (assertion(&json!({ "alg": "none" }), &good), AssertionFault::Algorithm { alg: "none".to_owned() }),
            (assertion(&json!({ "alg": "HS256" }), &good), AssertionFault::Algorithm { alg: "HS256".to_owned() }),
            (without("iss"), AssertionFault::Claim { claim: "iss" }),
            (without("sub"), AssertionFault::Claim { claim: "sub" }),
            (without("aud"), AssertionFault::Claim { claim: "aud" }),
            (without("exp"), AssertionFault::Claim { claim: "exp" }),
        ] {
            assert_eq!(BearerAssertion::read(&assertion).err(), Some(fault));
        }
        let read = BearerAssertion::read(&assertion(&json!({ "alg": "RS256" }), &good)).unwrap();
        assert_eq!(read.verify("no certificate"), Err(AssertionFault::Certificate));
    }

    fn claims(exp: &Value) -> Value {
        json!({ "iss": "key", "sub": "rep@acme.example", "aud": ["https://login.salesforce.com"], "exp": exp })
    }

    fn assertion(header: &Value, claims: &Value) -> String {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode("signature"))
    }
}
