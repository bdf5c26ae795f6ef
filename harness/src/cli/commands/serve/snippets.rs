//! The settings of well-known apps and libraries for an identity provider that is served.

use clap::ValueEnum;
use vestibule_model::IdpProtocol;

/// An app or a library whose settings can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Snippet {
    /// python3-saml
    #[value(name = "python3-saml")]
    Python3Saml,
    /// @node-saml/node-saml
    NodeSaml,
    /// Spring Security, SAML 2.0 login
    SpringSecurity,
    /// Apache with mod_auth_mellon
    ModAuthMellon,
    /// Keycloak as a broker
    Keycloak,
    /// Auth.js
    AuthJs,
    /// openid-client
    OpenidClient,
}

/// What a snippet says about the identity provider.
#[derive(Debug, Clone)]
pub(super) struct Facts<'a> {
    /// SAML metadata or OpenID Connect discovery.
    pub(super) metadata: &'a str,
    /// Entity id or issuer.
    pub(super) name: &'a str,
    /// Where a request of the browser goes.
    pub(super) sign_on: &'a str,
    /// The certificate that verifies its SAML responses, base64; empty in OpenID Connect.
    pub(super) certificate: &'a str,
    /// File of the test CA's certificate.
    pub(super) ca_file: &'a str,
}

impl Snippet {
    /// The protocol that the app speaks.
    pub(super) fn protocol(self) -> IdpProtocol {
        match self {
            Self::Python3Saml | Self::NodeSaml | Self::SpringSecurity | Self::ModAuthMellon | Self::Keycloak => {
                IdpProtocol::Saml
            }
            Self::AuthJs | Self::OpenidClient => IdpProtocol::Oidc,
        }
    }

    /// The settings, ready to paste. The tests of Vestibule sign a user in with some of them; the others say that they are not
    /// run.
    pub(super) fn text(self, facts: &Facts<'_>) -> String {
        let Facts { metadata, name, sign_on, certificate, ca_file } = facts;
        let values = [
            ("@metadata@", metadata),
            ("@name@", name),
            ("@sign-on@", sign_on),
            ("@certificate@", certificate),
            ("@ca-file@", ca_file),
        ];
        values.iter().fold(self.template().to_owned(), |text, (place, value)| text.replace(place, value))
    }

    fn template(self) -> &'static str {
        match self {
            Self::Python3Saml => PYTHON3_SAML,
            Self::NodeSaml => NODE_SAML,
            Self::SpringSecurity => SPRING_SECURITY,
            Self::ModAuthMellon => MOD_AUTH_MELLON,
            Self::Keycloak => KEYCLOAK,
            Self::AuthJs => AUTH_JS,
            Self::OpenidClient => OPENID_CLIENT,
        }
    }
}

const PYTHON3_SAML: &str = r#"# python3-saml
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

idp = OneLogin_Saml2_IdPMetadataParser.parse_remote("@metadata@", validate_cert=False)
settings = OneLogin_Saml2_IdPMetadataParser.merge_settings(idp, {
    "strict": True,
    "sp": {
        "entityId": "my-app",
        "assertionConsumerService": {"url": "http://localhost:3000/acs"},
    },
    # A user has no attributes, unless `--user` gives some.
    "security": {"wantAssertionsSigned": True, "wantAttributeStatement": False},
})
"#;

const NODE_SAML: &str = r#"// @node-saml/node-saml
import { SAML } from "@node-saml/node-saml";

const saml = new SAML({
  issuer: "my-app",
  callbackUrl: "http://localhost:3000/acs",
  entryPoint: "@sign-on@",
  idpIssuer: "@name@",
  idpCert: "@certificate@",
  // Only the assertion is signed, unless the identity provider has `sign=both`.
  wantAuthnResponseSigned: false,
});
"#;

const SPRING_SECURITY: &str = r"# Spring Security, application.yml; not run by Vestibule's tests
# The JVM must trust @ca-file@, or use `vestibule idp --http`.
spring:
  security:
    saml2:
      relyingparty:
        registration:
          vestibule:
            entity-id: my-app
            assertingparty:
              metadata-uri: @metadata@
";

const MOD_AUTH_MELLON: &str = r"# Apache with mod_auth_mellon; not run by Vestibule's tests
# First: mellon_create_metadata my-app http://localhost/mellon   (outside Debian: mellon_create_metadata.sh)
#        curl --cacert @ca-file@ -o idp.xml @metadata@
# Then:  vestibule idp --sp my_app.xml
<Location />
  MellonEnable auth
  MellonEndpointPath /mellon
  MellonSPMetadataFile /etc/apache2/my_app.xml
  MellonSPPrivateKeyFile /etc/apache2/my_app.key
  MellonSPCertFile /etc/apache2/my_app.cert
  MellonIdPMetadataFile /etc/apache2/idp.xml
</Location>
";

const KEYCLOAK: &str = r"# Keycloak as a broker; not run by Vestibule's tests
kcadm.sh create identity-provider/instances -r my-realm \
  -s alias=vestibule -s providerId=saml -s enabled=true \
  -s config.idpEntityId=@name@ \
  -s config.singleSignOnServiceUrl=@sign-on@ \
  -s config.postBindingResponse=true -s config.wantAssertionsSigned=true \
  -s config.validateSignature=true -s config.signingCertificate=@certificate@ \
  -s config.nameIDPolicyFormat=urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
";

const AUTH_JS: &str = r#"// Auth.js; not run by Vestibule's tests. Start it with NODE_EXTRA_CA_CERTS=@ca-file@
export const { handlers, auth } = NextAuth({
  providers: [{
    id: "vestibule", name: "Vestibule", type: "oidc",
    issuer: "@name@",
    clientId: "my-app", clientSecret: "my-secret",
  }],
});
"#;

const OPENID_CLIENT: &str = r#"// openid-client 6. Start it with NODE_EXTRA_CA_CERTS=@ca-file@
import * as client from "openid-client";

// With `vestibule idp --http`, add: undefined, undefined, { execute: [client.allowInsecureRequests] }
const config = await client.discovery(new URL("@name@"), "my-app", "my-secret");
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_snippet_is_complete_and_says_whether_it_is_not_run() {
        let facts = Facts {
            metadata: "https://x.localhost:1/metadata",
            name: "https://x.localhost:1",
            sign_on: "https://x.localhost:1/sso",
            certificate: "TUlJ",
            ca_file: "/tmp/ca.pem",
        };
        for snippet in Snippet::value_variants() {
            let text = snippet.text(&facts);
            let left = ["@metadata@", "@name@", "@sign-on@", "@certificate@", "@ca-file@"];
            assert!(left.iter().all(|place| !text.contains(place)), "{snippet:?}: {text}");
            assert!(text.contains("https://x.localhost:1"), "{snippet:?}: {text}");
            let is_run = matches!(snippet, Snippet::Python3Saml | Snippet::NodeSaml | Snippet::OpenidClient);
            let says = text.lines().next().unwrap().contains("not run by Vestibule's tests");
            assert_eq!(says, !is_run, "{snippet:?}: {text}");
        }
    }
}
