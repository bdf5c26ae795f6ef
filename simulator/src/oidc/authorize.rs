//! The authorization request: read and validated by the OP, written by the RP.
//!
//! Source: RFC 6749 4.1.1 and 4.1.2.1; OpenID Connect Core 3.1.2.1, 3.1.2.6, 3.2.2.1 and 3.3.2.1; OAuth 2.0 Multiple
//! Response Types 3 and 5; RFC 7636; RFC 9449 10.

use vestibule_model::ResponseType;

use vestibule_model::excerpt;

use super::authorize_response::{AuthorizationResponse, ResponseMode};
use super::claims_request::ClaimsRequest;
use super::error::ErrorCode;
use super::form::{self, Form};
use super::pkce::CodeChallenge;

/// What the OP knows about a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registration {
    /// Client id.
    pub(crate) client_id: String,
    /// Redirect URIs, compared character by character (RFC 9700 2.1).
    pub(crate) redirect_uris: Vec<String>,
    /// Whether a request for a code without PKCE is refused.
    pub(crate) pkce_required: bool,
    /// Whether PKCE by `plain` is accepted.
    pub(crate) allow_plain_pkce: bool,
    /// The response types that it may ask for; `None`: any.
    pub(crate) response_types: Option<Vec<ResponseType>>,
}

/// A valid authorization request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AuthorizationRequest {
    /// Client id.
    pub(crate) client_id: String,
    /// Redirect URI.
    pub(crate) redirect_uri: String,
    /// What the answer shall have.
    pub(crate) response_type: ResponseType,
    /// Scope, which includes `openid`.
    pub(crate) scope: String,
    /// Opaque value for the RP.
    pub(crate) state: Option<String>,
    /// Goes into the ID token.
    pub(crate) nonce: Option<String>,
    /// PKCE challenge.
    pub(crate) code_challenge: Option<CodeChallenge>,
    /// How the answer is sent.
    pub(crate) response_mode: ResponseMode,
    /// Which pages the RP asks for.
    pub(crate) prompt: Vec<Prompt>,
    /// Greatest age of the user's authentication, seconds.
    pub(crate) max_age: Option<u64>,
    /// The user that the RP expects to sign in.
    pub(crate) login_hint: Option<String>,
    /// Values of `acr` in order of preference.
    pub(crate) acr_values: Vec<String>,
    /// An ID token that names the user that the RP expects.
    pub(crate) id_token_hint: Option<String>,
    /// Single claims that the RP asks for.
    pub(crate) claims: ClaimsRequest,
    /// The thumbprint of the DPoP key that the code is bound to.
    pub(crate) dpop_jkt: Option<String>,
}

/// A value of `prompt` (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// No page at all.
    None,
    /// Sign in again.
    Login,
    /// Ask for consent.
    Consent,
    /// Let the user choose an account.
    SelectAccount,
}

/// Why a request is refused, and whether the OP may redirect (RFC 6749 4.1.2.1).
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthorizationError {
    /// Must not redirect: an error page is shown to the user.
    #[error(transparent)]
    ShowPage(#[from] PageError),
    /// The answer goes to the redirect URI.
    #[error("{code}: {description}")]
    Redirect {
        /// The code.
        code: ErrorCode,
        /// The value of `error_description`.
        description: String,
        /// The whole answer.
        response: AuthorizationResponse,
    },
}

/// Why nothing may be sent to the redirect URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PageError {
    /// No client id.
    #[error("client_id is missing")]
    ClientIdMissing,
    /// Not the registered client.
    #[error("client_id `{client_id}` is unknown")]
    UnknownClient {
        /// The client id as sent.
        client_id: String,
    },
    /// No redirect URI, which OpenID Connect requires.
    #[error("redirect_uri is missing")]
    RedirectUriMissing,
    /// Not one of the registered redirect URIs.
    #[error("redirect_uri `{redirect_uri}` is not registered for this client")]
    ForeignRedirectUri {
        /// The redirect URI as sent.
        redirect_uri: String,
    },
    /// Two client ids or redirect URIs: neither can be trusted.
    #[error("{name} is given more than once")]
    Repeated {
        /// Name of the parameter.
        name: &'static str,
    },
    /// The parameters are elsewhere and cannot be had, so nobody knows where the answer goes.
    #[error("{description}")]
    Unreadable {
        /// The code.
        code: ErrorCode,
        /// What is wrong.
        description: String,
    },
}

impl PageError {
    /// The code that the page shows.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownClient { .. } => ErrorCode::InvalidClient,
            Self::Unreadable { code, .. } => *code,
            _ => ErrorCode::InvalidRequest,
        }
    }
}

impl AuthorizationRequest {
    /// Reads a query string or form body and validates it against the registration of its client. `issuer` goes into error
    /// answers (RFC 9207).
    ///
    /// # Errors
    /// [`AuthorizationError::ShowPage`] until client and redirect URI are known to belong together,
    /// [`AuthorizationError::Redirect`] after that.
    pub(crate) fn parse(query: &str, clients: &[Registration], issuer: &str) -> Result<Self, AuthorizationError> {
        let form = Form::parse(query);
        let (mut request, registration) = Self::begin(&form, clients)?;
        request.validate(&form, registration).map_err(|(code, description)| {
            let response = request.error(code, &description, issuer);
            AuthorizationError::Redirect { code, description, response }
        })?;
        Ok(request)
    }

    /// Refuses a request whose parameters cannot be had, where its client and redirect URI can.
    pub(crate) fn refusal(
        query: &str,
        clients: &[Registration],
        issuer: &str,
        (code, description): (ErrorCode, String),
    ) -> AuthorizationError {
        match Self::begin(&Form::parse(query), clients) {
            Ok((request, _)) => {
                let response = request.error(code, &description, issuer);
                AuthorizationError::Redirect { code, description, response }
            }
            Err(PageError::RedirectUriMissing) => PageError::Unreadable { code, description }.into(),
            Err(error) => error.into(),
        }
    }

    /// What an answer needs, even one that refuses the request.
    fn begin<'a>(form: &Form, clients: &'a [Registration]) -> Result<(Self, &'a Registration), PageError> {
        let (registration, redirect_uri) = client(form, clients)?;
        let response_type = form.get("response_type").and_then(response_type).unwrap_or_default();
        let usual = if response_type == ResponseType::Code { ResponseMode::Query } else { ResponseMode::Fragment };
        let request = Self {
            client_id: registration.client_id.clone(),
            redirect_uri,
            response_type,
            scope: form.owned("scope").unwrap_or_default(),
            state: if form.is_repeated("state") { None } else { form.owned("state") },
            nonce: form.owned("nonce"),
            response_mode: form.get("response_mode").and_then(|mode| usual.named(mode)).unwrap_or(usual),
            login_hint: form.owned("login_hint"),
            acr_values: words(form.get("acr_values")),
            id_token_hint: form.owned("id_token_hint"),
            dpop_jkt: form.owned("dpop_jkt"),
            ..Self::default()
        };
        Ok((request, registration))
    }

    fn validate(&mut self, form: &Form, registration: &Registration) -> Result<(), (ErrorCode, String)> {
        let invalid = |description: String| (ErrorCode::InvalidRequest, description);
        if let Some(name) = form.repeated() {
            return Err(invalid(format!("{name} is given more than once")));
        }
        if form.get("request").is_some() {
            return Err((ErrorCode::RequestNotSupported, "request objects are not supported".to_owned()));
        }
        if form.get("request_uri").is_some() {
            return Err((ErrorCode::RequestUriNotSupported, "request_uri is not supported".to_owned()));
        }
        match form.get("response_type") {
            Some(text) if response_type(text).is_some() => {}
            None => return Err(invalid("response_type is missing".to_owned())),
            Some(other) => {
                return Err((ErrorCode::UnsupportedResponseType, format!("response_type `{other}` is unknown")));
            }
        }
        let response_type = self.response_type;
        if registration.response_types.as_ref().is_some_and(|types| !types.contains(&response_type)) {
            let why = format!("the client is not registered for the response_type `{response_type}`");
            return Err((ErrorCode::UnauthorizedClient, why));
        }
        if let Some(mode) = form.get("response_mode").filter(|mode| ResponseMode::Query.named(mode).is_none()) {
            return Err(invalid(format!("response_mode `{mode}` is unknown")));
        }
        if response_type != ResponseType::Code && self.response_mode.is_query() {
            // OAuth 2.0 Multiple Response Types 5: a query would show the tokens to servers and in logs.
            self.response_mode = ResponseMode::Fragment;
            return Err(invalid(format!("response_mode `query` is not allowed with `{response_type}`")));
        }
        if response_type.has_id_token() && self.nonce.is_none() {
            return Err(invalid(format!("nonce is missing: `{response_type}` requires it")));
        }
        if !words(Some(&self.scope)).iter().any(|word| word == "openid") {
            return Err((ErrorCode::InvalidScope, "scope lacks `openid`".to_owned()));
        }
        let read = if registration.allow_plain_pkce { CodeChallenge::parse_with_plain } else { CodeChallenge::parse };
        self.code_challenge = read(form.get("code_challenge"), form.get("code_challenge_method"))
            .map_err(|error| invalid(error.to_string()))?;
        if registration.pkce_required && response_type.has_code() && self.code_challenge.is_none() {
            return Err(invalid("code_challenge is missing: PKCE is required".to_owned()));
        }
        self.prompt = prompts(form.get("prompt")).map_err(invalid)?;
        self.max_age = match form.get("max_age") {
            None => None,
            Some(text) => {
                Some(text.parse().map_err(|_| invalid(format!("max_age `{text}` is not a number of seconds")))?)
            }
        };
        self.claims = ClaimsRequest::parse(form.get("claims")).map_err(invalid)?;
        Ok(())
    }

    /// The answer that refuses the request.
    pub(crate) fn error(&self, code: ErrorCode, description: &str, issuer: &str) -> AuthorizationResponse {
        let fields = vec![("error", code.to_string()), ("error_description", excerpt(description))];
        self.answer(fields, issuer)
    }

    /// The URL to which an RP sends the browser.
    pub(crate) fn to_url(&self, authorization_endpoint: &str) -> String {
        let (acr_values, prompt) = (self.acr_values.join(" "), self.prompt_words());
        let (max_age, claims) = (self.max_age.map(|seconds| seconds.to_string()), self.claims.to_json());
        let challenge = self.code_challenge.as_ref();
        let query = form::encode([
            ("response_type", Some(self.response_type.into())),
            ("client_id", Some(self.client_id.as_str())),
            ("redirect_uri", Some(self.redirect_uri.as_str())),
            ("scope", Some(self.scope.as_str())),
            ("state", self.state.as_deref()),
            ("nonce", self.nonce.as_deref()),
            ("code_challenge", challenge.map(CodeChallenge::as_str)),
            ("code_challenge_method", challenge.map(CodeChallenge::method)),
            ("response_mode", Some(self.response_mode.name()).filter(|name| *name != "query")),
            ("prompt", Some(prompt.as_str()).filter(|prompt| !prompt.is_empty())),
            ("max_age", max_age.as_deref()),
            ("login_hint", self.login_hint.as_deref()),
            ("acr_values", Some(acr_values.as_str()).filter(|values| !values.is_empty())),
            ("id_token_hint", self.id_token_hint.as_deref()),
            ("claims", claims.as_deref()),
            ("dpop_jkt", self.dpop_jkt.as_deref()),
        ]);
        let joint = if authorization_endpoint.contains('?') { '&' } else { '?' };
        format!("{authorization_endpoint}{joint}{query}")
    }

    /// An answer with these fields.
    pub(crate) fn answer(&self, mut fields: Vec<(&'static str, String)>, issuer: &str) -> AuthorizationResponse {
        fields.extend(self.state.clone().map(|state| ("state", state)));
        fields.push(("iss", issuer.to_owned()));
        AuthorizationResponse {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            response_mode: self.response_mode,
            fields,
        }
    }

    fn prompt_words(&self) -> String {
        let names: Vec<_> =
            self.prompt.iter().filter_map(|p| PROMPTS.iter().find(|(_, x)| x == p)).map(|(n, _)| *n).collect();
        names.join(" ")
    }
}

impl std::fmt::Debug for AuthorizationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ShowPage(error) => f.debug_tuple("ShowPage").field(error).finish(),
            Self::Redirect { code, description, .. } => {
                f.debug_struct("Redirect").field("code", code).field("description", description).finish_non_exhaustive()
            }
        }
    }
}

fn client<'a>(form: &Form, clients: &'a [Registration]) -> Result<(&'a Registration, String), PageError> {
    if let Some(name) = ["client_id", "redirect_uri"].into_iter().find(|name| form.is_repeated(name)) {
        return Err(PageError::Repeated { name });
    }
    let client_id = form.owned("client_id").ok_or(PageError::ClientIdMissing)?;
    let Some(registration) = clients.iter().find(|one| one.client_id == client_id) else {
        return Err(PageError::UnknownClient { client_id });
    };
    let redirect_uri = form.owned("redirect_uri").ok_or(PageError::RedirectUriMissing)?;
    if !registration.redirect_uris.contains(&redirect_uri) {
        return Err(PageError::ForeignRedirectUri { redirect_uri });
    }
    Ok((registration, redirect_uri))
}

/// A parameter of a request, before it is known whether the request is good; `None` unless it is there once.
pub(crate) fn claimed(query: &str, name: &str) -> Option<String> {
    let form = Form::parse(query);
    form.owned(name).filter(|_| !form.is_repeated(name))
}

/// A response type, whose words may come in any order (RFC 6749 3.1.1).
fn response_type(text: &str) -> Option<ResponseType> {
    let mut words = words(Some(text));
    // The names of the types have their words in the order of the alphabet.
    words.sort_unstable();
    words.join(" ").parse().ok()
}

fn prompts(text: Option<&str>) -> Result<Vec<Prompt>, String> {
    let prompts: Vec<Prompt> = words(text)
        .iter()
        .map(|word| PROMPTS.iter().find(|(name, _)| name == word).map(|(_, prompt)| *prompt).ok_or(word))
        .collect::<Result<_, _>>()
        .map_err(|word| format!("prompt `{word}` is unknown"))?;
    if prompts.contains(&Prompt::None) && prompts.len() > 1 {
        return Err("prompt `none` is combined with other values".to_owned());
    }
    Ok(prompts)
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect()
}

const PROMPTS: [(&str, Prompt); 4] = [
    ("none", Prompt::None),
    ("login", Prompt::Login),
    ("consent", Prompt::Consent),
    ("select_account", Prompt::SelectAccount),
];
