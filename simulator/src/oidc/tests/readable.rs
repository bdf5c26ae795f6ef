//! ID tokens in readable form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::oidc::readable;

#[test]
fn whatever_arrives_is_shown_or_said_to_be_unreadable() {
    for token in ["", "a.b", "a.b.c", "e30.e30"] {
        assert!(readable(token).json.starts_with("not shown: "), "{token}");
    }
}

#[test]
fn an_id_token_is_shown_without_its_third_part_and_alg_none_is_not_signed() {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let claims = part(r#"{"sub":"rep","amr":["pwd","swk"],"acr":"high"}"#);
    let token = format!("{}.{claims}.c2lnbmF0dXJl", part(r#"{"alg":"RS256"}"#));
    let unsigned = format!("{}.{claims}.", part(r#"{"alg":"none"}"#));

    let (shown, naked) = (readable(&token), readable(&unsigned));

    let values: Vec<_> = shown.signals.iter().map(|signal| signal.value.as_str()).collect();
    assert_eq!(values, ["pwd", "swk", "high"]);
    assert!(shown.signed && !naked.signed);
    assert!(!shown.json.contains("c2lnbmF0dXJl") && shown.json.contains("\"sub\": \"rep\""), "{}", shown.json);
}
