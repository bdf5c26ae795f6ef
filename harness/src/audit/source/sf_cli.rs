//! What the vendor's command line prints of an org: `sf org display --json`, `sf org auth show-access-token --json` (contract
//! J1.6). Pure.

use serde_json::Value;
use vestibule_model::Secret;

/// What such a document says of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SfOrg {
    /// `instanceUrl`.
    pub(crate) url: Option<String>,
    /// `accessToken`, unless it is hidden.
    pub(crate) token: Option<Secret>,
    /// Whether the token is hidden.
    pub(crate) redacted: bool,
}

/// Reads what `sf` printed; `None` if it is something else.
pub(crate) fn read_sf(document: &Value) -> Option<SfOrg> {
    let result = document.get("result").unwrap_or(document);
    let text = |key: &str| result.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let (url, token) = (text("instanceUrl"), text("accessToken"));
    if url.is_none() && token.is_none() {
        return None;
    }
    // `[REDACTED] Use 'sf org auth show-access-token' to view`.
    let redacted = token.is_some_and(|token| token.starts_with("[REDACTED]"));
    Some(SfOrg { url: url.map(str::to_owned), token: token.filter(|_| !redacted).map(Secret::new), redacted })
}

/// What `sf` says of an error: `name` and `message`.
pub(crate) fn sf_error(document: &Value) -> Option<String> {
    let failed = document.get("status").and_then(Value::as_i64).is_some_and(|status| status != 0);
    let message = document.get("message").and_then(Value::as_str)?;
    failed.then(|| vestibule_model::excerpt(message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hidden_token_is_told_from_a_token() {
        let shown = json!({ "status": 0, "result": { "accessToken": "00D!AQ", "instanceUrl": "https://acme.my.salesforce.com" } });
        let hidden = json!({ "result": {
            "accessToken": "[REDACTED] Use 'sf org auth show-access-token' to view",
            "instanceUrl": "https://acme.my.salesforce.com",
        } });

        let shown = read_sf(&shown).unwrap();
        let hidden = read_sf(&hidden).unwrap();

        assert_eq!(shown.token.as_ref().map(Secret::reveal), Some("00D!AQ"));
        assert!(!shown.redacted && hidden.redacted && hidden.token.is_none());
        assert_eq!(hidden.url.as_deref(), Some("https://acme.my.salesforce.com"));
        assert_eq!(read_sf(&json!({ "result": { "checks": [] } })), None);
        let failed = json!({ "status": 1, "name": "NamedOrgNotFound", "message": "No authorization information found for uat." });
        assert_eq!(sf_error(&failed).as_deref(), Some("No authorization information found for uat."));
        assert_eq!(sf_error(&json!({ "status": 0, "message": "x" })), None);
    }
}
