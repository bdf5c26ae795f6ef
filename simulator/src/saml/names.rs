//! The identifiers of the SAML 2.0 and XML Signature specifications, spelled once.

/// Status codes. Source: saml-core 3.2.2.2.
pub(crate) mod status {
    /// The request succeeded.
    pub(crate) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
    /// The requester made the error.
    pub(crate) const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
    /// The responder made the error.
    pub(crate) const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
    /// The version of the request is not supported.
    pub(crate) const VERSION_MISMATCH: &str = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";
    /// Sub-code: the requested authentication context cannot be met.
    pub(crate) const NO_AUTHN_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
    /// Sub-code: the `NameIDPolicy` cannot be met.
    pub(crate) const INVALID_NAME_ID_POLICY: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy";
    /// Sub-code: the user cannot be authenticated passively.
    pub(crate) const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
    /// Sub-code: the user could not be authenticated.
    pub(crate) const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
    /// Sub-code: the user that the request names is unknown.
    pub(crate) const UNKNOWN_PRINCIPAL: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
    /// Sub-code: the logout did not reach every participant of the session.
    pub(crate) const PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
    /// Sub-code: the responder chose not to answer.
    pub(crate) const REQUEST_DENIED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
    /// Sub-code: the request is not supported.
    pub(crate) const REQUEST_UNSUPPORTED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported";
    /// Sub-code: the version is too low.
    pub(crate) const REQUEST_VERSION_TOO_LOW: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooLow";
    /// Sub-code: the version is too high.
    pub(crate) const REQUEST_VERSION_TOO_HIGH: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooHigh";
    /// Sub-code: the requested protocol binding is not supported.
    pub(crate) const UNSUPPORTED_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding";
}

/// `NameID` formats. Source: saml-core 8.3.
pub(crate) mod name_id_format {
    /// The meaning is left to the parties.
    pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    /// An email address.
    pub(crate) const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    /// An opaque name, the same at each login with one SP.
    pub(crate) const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    /// An opaque name of one login.
    pub(crate) const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    /// Any format, but encrypted.
    pub(crate) const ENCRYPTED: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted";
    /// The entity id of an IdP or SP.
    pub(crate) const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
}

/// Attribute name formats. Source: saml-core 8.2.
pub(crate) mod attribute_format {
    /// The meaning is left to the parties.
    pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";
    /// The name is a URI.
    pub(crate) const URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
}

/// Authentication context classes. Source: saml-authn-context-2.0-os, section 3.4.
pub(crate) mod class_ref {
    /// The means are not specified.
    pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
    /// A password.
    pub(crate) const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";

    /// Classes from the weakest to the strongest. No standard orders them (saml-core 3.3.2.2.1 leaves it to the
    /// responder); this order goes from what is known, over what is owned, to keys in hardware.
    pub(crate) const WEAKEST_FIRST: [&str; 20] = [
        UNSPECIFIED,
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocol",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword",
        PASSWORD,
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "https://refeds.org/profile/sfa",
        "urn:federation:authentication:windows",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileOneFactorUnregistered",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileOneFactorContract",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
        "http://schemas.microsoft.com/claims/multipleauthn",
        "https://refeds.org/profile/mfa",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI",
    ];
}

pub(super) const ASSERTION_NS: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const PROTOCOL_NS: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const METADATA_NS: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(super) const XENC_NS: &str = "http://www.w3.org/2001/04/xmlenc#";
pub(super) const XENC11_NS: &str = "http://www.w3.org/2009/xmlenc11#";
pub(super) const SOAP_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(super) const DSIG_NS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(super) const EXC_C14N_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
pub(super) const ENVELOPED_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(super) const RSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
pub(super) const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
pub(super) const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
pub(super) const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(super) const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
pub(super) const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";

pub(super) const BINDING_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
pub(super) const BINDING_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
pub(super) const BINDING_SOAP: &str = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP";
pub(super) const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
