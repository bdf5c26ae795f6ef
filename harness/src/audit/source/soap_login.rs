//! A token by SOAP `login()` with a password (contract G1.1, G1.2, G1.6). It is the only thing that an audit sends besides its
//! questions, and it is sent once.

use std::time::Duration;

use regex::Regex;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Certificate, Response};
use vestibule_model::{Secret, excerpt, with_causes};

use super::address::OrgAddress;
use super::connection::client;

/// There is no token. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum SoapLoginError {
    /// The org refuses the login.
    #[error("log in by SOAP: the org says {code}: {message}")]
    Refused {
        /// `exceptionCode`: `INVALID_LOGIN`.
        code: String,
        /// Why, in the org's words.
        message: String,
    },
    /// The password must be changed first.
    #[error("log in by SOAP: the password has expired")]
    PasswordExpired,
    /// The org gives no answer of SOAP.
    #[error("log in by SOAP: {0}")]
    NoAnswer(String),
}

impl SoapLoginError {
    /// Whether the org may have counted it as a wrong password. Where that is not known, it may have.
    pub(crate) fn may_count(&self) -> bool {
        match self {
            // The password was right (contract G1.2, G1.3, G1.6).
            Self::Refused { code, .. } => !OF_A_RIGHT_PASSWORD.contains(&code.as_str()),
            Self::PasswordExpired => false,
            Self::NoAnswer(_) => true,
        }
    }

    /// What to do.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Refused { code, .. } => match code.as_str() {
                "INVALID_LOGIN" => Some(
                    "sign in by hand to see whether the password is right; outside trusted IP ranges an org also wants the \
                     security token, and then a token of `sf` does: --token-file",
                ),
                "LOGIN_MUST_USE_SECURITY_TOKEN" => {
                    Some("run it from a trusted IP range, or give a token of `sf` with --token-file")
                }
                "INVALID_OPERATION" => {
                    Some("SOAP login() is turned off in this org: give a token of `sf` with --token-file")
                }
                _ => Some("give a token of `sf` with --token-file"),
            },
            Self::PasswordExpired => Some("change the password by hand, and then in the vault"),
            Self::NoAnswer(_) => Some("give a token of `sf` with --token-file"),
        }
    }
}

/// Logs in, once, and returns the session id, which is the token.
///
/// # Errors
/// If the org does not give one.
pub(crate) async fn soap_login(
    address: &OrgAddress,
    username: &str,
    password: &Secret,
    limit: Duration,
    authorities: Vec<Certificate>,
) -> Result<Secret, SoapLoginError> {
    let no_answer = |error: reqwest::Error| SoapLoginError::NoAnswer(with_causes(&error.without_url()));
    let client = client(address, limit, authorities).map_err(no_answer)?;
    let url = address.soap_login().ok_or_else(|| SoapLoginError::NoAnswer("it has no address".to_owned()))?;
    let request = client.post(url).header(CONTENT_TYPE, "text/xml; charset=UTF-8").header("SOAPAction", "login");
    let answer = request.body(envelope(username, password)).send().await.map_err(no_answer)?;
    let status = answer.status();
    let body = body(answer).await.map_err(no_answer)?;
    let part = |name: &str| part(&body, name);
    if part("passwordExpired").as_deref() == Some("true") {
        return Err(SoapLoginError::PasswordExpired);
    }
    match (part("sessionId"), part("exceptionCode").or_else(|| part("faultcode")), part("exceptionMessage")) {
        (Some(id), ..) if status.is_success() => Ok(Secret::new(id)),
        (_, Some(code), message) => {
            let message = message.or_else(|| part("faultstring")).unwrap_or_default();
            // The org may repeat what it was sent.
            let hidden = |text: String| excerpt(&text.replace(password.reveal(), "[redacted]"));
            let code = code.rsplit(':').next().unwrap_or_default().to_owned();
            Err(SoapLoginError::Refused { code: hidden(code), message: hidden(message) })
        }
        _ => Err(SoapLoginError::NoAnswer(format!("HTTP {}, and no answer of SOAP", status.as_u16()))),
    }
}

fn envelope(username: &str, password: &Secret) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <env:Envelope xmlns:env=\"http://schemas.xmlsoap.org/soap/envelope/\"><env:Body>\
         <login xmlns=\"urn:partner.soap.sforce.com\"><username>{}</username><password>{}</password></login>\
         </env:Body></env:Envelope>",
        escaped(username),
        escaped(password.reveal())
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of the first element of this name, with or without a prefix.
fn part(body: &str, name: &str) -> Option<String> {
    let element = Regex::new(&format!("<(?:[A-Za-z]+:)?{name}>([^<]*)</")).ok()?;
    let text = element.captures(body)?.get(1)?.as_str().trim();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    let text = text.replace("&amp;", "&");
    (!text.is_empty()).then_some(text)
}

async fn body(mut answer: Response) -> Result<String, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// What an org says only after the password was right.
const OF_A_RIGHT_PASSWORD: [&str; 4] =
    ["INVALID_OPERATION", "LOGIN_DURING_RESTRICTED_DOMAIN", "LOGIN_DURING_RESTRICTED_TIME", "UNSUPPORTED_API_VERSION"];
/// An answer has some kilobytes.
const LONGEST_ANSWER: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    async fn answered(status: u16, body: &str) -> (Result<Secret, SoapLoginError>, String) {
        vestibule_certs::install_tls_provider();
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(status).set_body_raw(body.to_owned(), "text/xml");
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let (address, password) = (server.uri().parse().unwrap(), Secret::new("a<b&c"));
        let token = soap_login(&address, "ann@acme.example", &password, Duration::from_secs(20), Vec::new()).await;
        let requests = server.received_requests().await.unwrap();
        assert_eq!(requests.len(), 1, "a password is sent once");
        (token, String::from_utf8(requests[0].body.clone()).unwrap())
    }

    /// Contract G1.1 and G1.2.
    #[tokio::test]
    async fn the_session_id_is_the_token_and_a_fault_is_told_in_the_words_of_the_org() {
        let (token, sent) =
            answered(200, "<r><passwordExpired>false</passwordExpired><sessionId>00D!AQ</sessionId></r>").await;
        assert_eq!(token.unwrap().reveal(), "00D!AQ");
        assert!(sent.contains("<password>a&lt;b&amp;c</password>"), "{sent}");

        let fault = "<f><faultcode>sf:INVALID_LOGIN</faultcode><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>\
                     <sf:exceptionMessage>Invalid username, or a<b&c</sf:exceptionMessage></f>";
        for (status, body, said, counts) in [
            (500, fault, "INVALID_LOGIN", true),
            (
                500,
                "<f><faultcode>sf:INVALID_OPERATION</faultcode><faultstring>off</faultstring></f>",
                "INVALID_OPERATION: off",
                false,
            ),
            (200, "<r><passwordExpired>true</passwordExpired><sessionId>00D!AQ</sessionId></r>", "expired", false),
            (404, "<html>gone</html>", "HTTP 404, and no answer of SOAP", true),
        ] {
            let (error, _) = answered(status, body).await;
            let error = error.unwrap_err();

            assert!(error.to_string().contains(said), "{error}");
            assert!(!error.to_string().contains("a<b&c"), "{error}");
            assert_eq!(error.may_count(), counts, "{error}");
            assert!(error.remedy().is_some());
        }
    }
}
