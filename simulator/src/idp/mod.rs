//! The identity provider over HTTP: presets, sign-in page, SAML and OIDC endpoints.
