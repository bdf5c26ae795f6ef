//! The `claims` parameter: single claims that an RP asks for.
//!
//! Source: OpenID Connect Core 5.5.

use serde_json::{Map, Value};

/// The claims that an authorization request names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClaimsRequest {
    id_token: Map<String, Value>,
    userinfo: Map<String, Value>,
}

impl ClaimsRequest {
    /// Reads the parameter. Members that are not understood are ignored (5.5).
    ///
    /// # Errors
    /// If it is not a JSON object, or asks for a claim by something else than an object or `null`.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, String> {
        let Some(text) = text else { return Ok(Self::default()) };
        let mut read: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("claims is not a JSON object: {error}"))?;
        let mut member = |name: &str| match read.remove(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(claims)) => match claims.iter().find(|(_, how)| !how.is_object() && !how.is_null()) {
                None => Ok(claims),
                Some((claim, _)) => Err(format!("claims asks for `{claim}` by something else than an object or null")),
            },
            Some(_) => Err(format!("`{name}` in claims is not an object")),
        };
        Ok(Self { id_token: member("id_token")?, userinfo: member("userinfo")? })
    }

    /// The parameter; `None` if nothing is asked for.
    pub(crate) fn to_json(&self) -> Option<String> {
        let named = [("id_token", &self.id_token), ("userinfo", &self.userinfo)];
        let members = named.into_iter().filter(|(_, claims)| !claims.is_empty());
        let all: Map<String, Value> =
            members.map(|(name, claims)| (name.to_owned(), Value::Object(claims.clone()))).collect();
        (!all.is_empty()).then(|| Value::Object(all).to_string())
    }

    /// The names of the claims that the ID token shall have.
    pub(crate) fn of_id_token(&self) -> impl Iterator<Item = &str> {
        self.id_token.keys().map(String::as_str)
    }

    /// The only user that the answer may be about (5.5.1, 5.5).
    pub(crate) fn subject(&self) -> Option<&str> {
        self.id_token.get("sub")?.get("value")?.as_str()
    }

    /// The values of `acr` that are asked for, in order of preference.
    pub(crate) fn acr_values(&self) -> Vec<String> {
        let Some(acr) = self.id_token.get("acr") else { return Vec::new() };
        let one = acr.get("value").and_then(Value::as_str);
        let many = acr.get("values").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        one.into_iter().chain(many).map(str::to_owned).collect()
    }

    /// Whether a login without one of these values of `acr` has failed (5.5.1.1).
    pub(crate) fn acr_is_essential(&self) -> bool {
        self.id_token.get("acr").and_then(|acr| acr.get("essential")) == Some(&Value::Bool(true))
    }
}

#[cfg(test)]
mod tests {
    use super::ClaimsRequest;

    #[test]
    fn the_example_of_the_specification_is_read() {
        // OpenID Connect Core 5.5, with the `acr` of 5.5.1.1.
        let text = r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null},
                       "id_token": {"auth_time": {"essential": true},
                                    "acr": {"essential": true, "values": ["a", "b"]}, "sub": {"value": "rep"}},
                       "unknown": 7}"#;
        let read = ClaimsRequest::parse(Some(text)).unwrap();

        assert_eq!(read.of_id_token().collect::<Vec<_>>(), ["auth_time", "acr", "sub"]);
        assert_eq!((read.acr_values(), read.acr_is_essential()), (vec!["a".to_owned(), "b".to_owned()], true));
        assert_eq!(read.subject(), Some("rep"));
        assert_eq!(ClaimsRequest::parse(read.to_json().as_deref()), Ok(read));
        assert_eq!(ClaimsRequest::parse(None).unwrap().to_json(), None);
    }

    #[test]
    fn anything_else_than_objects_is_refused() {
        for text in ["", "[]", "7", r#"{"id_token": []}"#, r#"{"userinfo": {"email": true}}"#] {
            assert!(ClaimsRequest::parse(Some(text)).is_err(), "{text}");
        }
    }
}
