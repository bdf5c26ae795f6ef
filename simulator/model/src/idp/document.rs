//! Where the description of an identity provider that is not simulated comes from.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use url::Url;

/// SAML metadata, or the discovery document of an OpenID provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum IdpDocument {
    /// A file.
    File(PathBuf),
    /// A URL, which is read when the org starts.
    Url(Url),
    /// The document itself.
    Text(String),
}

impl IdpDocument {
    /// A file in this folder, unless its path is absolute. Anything else stays as it is.
    #[must_use]
    pub fn relative_to(&self, folder: &Path) -> Self {
        match self {
            Self::File(file) => Self::File(folder.join(file)),
            other => other.clone(),
        }
    }
}

impl TryFrom<String> for IdpDocument {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.trim_start().starts_with(['<', '{']) {
            return Ok(Self::Text(text));
        }
        if text.trim().is_empty() {
            return Err("write a file, a URL, or the document itself".to_owned());
        }
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let url = Url::parse(&text).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        url.map(Self::Url).ok_or_else(|| format!("`{text}` is not a URL: write it as `https://idp.example/metadata`"))
    }
}

impl fmt::Display for IdpDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Url(url) => write!(f, "{url}"),
            Self::Text(_) => f.write_str("the text in the scenario"),
        }
    }
}

impl JsonSchema for IdpDocument {
    fn schema_name() -> Cow<'static, str> {
        "IdpDocument".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "A file beside the scenario, a URL, or the document itself.";
        json_schema!({ "type": "string", "description": description })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_a_url_and_a_text_are_told_apart() {
        let read = |text: &str| IdpDocument::try_from(text.to_owned());

        assert_eq!(read("idp.xml"), Ok(IdpDocument::File("idp.xml".into())));
        assert_eq!(read("C:\\idp.xml"), Ok(IdpDocument::File("C:\\idp.xml".into())));
        assert_eq!(read("\n <a/>"), Ok(IdpDocument::Text("\n <a/>".to_owned())));
        assert_eq!(read("{}"), Ok(IdpDocument::Text("{}".to_owned())));
        let url = "https://idp.example/metadata";
        assert_eq!(read(url), Ok(IdpDocument::Url(url.parse().unwrap())));
        for wrong in ["ftp://idp.example/x", "file:///etc/passwd", "https://", " "] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_is_looked_for_beside_the_scenario() {
        let read = |text: &str| IdpDocument::try_from(text.to_owned()).unwrap().relative_to(Path::new("/suite"));

        assert_eq!(read("idp.xml"), IdpDocument::File("/suite/idp.xml".into()));
        assert_eq!(read("/etc/idp.xml"), IdpDocument::File("/etc/idp.xml".into()));
        assert_eq!(read("<a/>"), IdpDocument::Text("<a/>".to_owned()));
    }
}
