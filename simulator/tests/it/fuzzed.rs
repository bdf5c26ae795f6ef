//! What the fuzzers of `harness/fuzz/` read, in plain tests: their seeds, mutations of these, and how the time grows.

use vestibule_simulator::fuzzing;
use vestibule_snapshots::corpus::replay;
use vestibule_snapshots::growth::assert_linear;

#[test]
fn no_seed_and_no_mutation_of_one_makes_a_reader_panic() {
    for (target, read) in TARGETS {
        replay(target, MUTATIONS, read);
    }
}

#[test]
fn eight_times_the_input_takes_about_eight_times_as_long() {
    for (target, read) in TARGETS {
        for (head, part, tail) in growing(target) {
            let name = format!("{target}: {part}");
            let input = |size: usize| format!("{head}{}{tail}", part.repeat(size / part.len())).into_bytes();
            assert_linear(&name, 4_000, input, |bytes| {
                read(bytes);
            });
        }
    }
}

/// Each name begins a value that holds all names behind it.
#[test]
fn a_text_that_names_the_field_of_a_message_again_and_again_takes_linear_time() {
    for part in ["SAMLResponse=", "id_token="] {
        let input = |size: usize| part.repeat(size / part.len()).into_bytes();
        assert_linear(part, 12_000, input, |bytes| {
            fuzzing::har(bytes);
        });
    }
}

/// Documents of any length: their beginning, the part that is repeated, and their end.
fn growing(target: &str) -> Vec<(String, &'static str, &'static str)> {
    let message = |root: &str, parts: &[(&'static str, &'static str)], end: &'static str| -> Vec<_> {
        let head = format!(
            "<samlp:{root} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
             ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-12-01T12:00:00Z\" \
             AssertionConsumerServiceURL=\"http://127.0.0.1/acs\"><saml:Issuer>urn:a</saml:Issuer>"
        );
        parts.iter().map(|(open, part)| (format!("{head}{open}"), *part, end)).collect()
    };
    let inside = [
        ("", "x"),
        ("", "&amp;"),
        ("", "<a/>"),
        ("", "<ds:Signature/>"),
        ("", "<ds:X509Certificate>AAAA</ds:X509Certificate>"),
        ("", "<saml:Assertion ID=\"_2\"/>"),
        ("<saml:Attribute", " xmlns=\"urn:a\""),
        ("<saml:AttributeStatement>", "<saml:Attribute Name=\"amr\"/>"),
    ];
    let plain = |parts: &[(&str, &'static str, &'static str)]| -> Vec<_> {
        parts.iter().map(|(head, part, tail)| ((*head).to_owned(), *part, *tail)).collect()
    };
    match target {
        "saml_response" => message("Response", &inside, "</samlp:Response>"),
        "saml_request" => message("AuthnRequest", &inside, "</samlp:AuthnRequest>"),
        "saml_redirect" => plain(&[
            ("SAMLRequest=", "A", ""),
            ("SAMLRequest=", "%41", ""),
            ("", "SAMLRequest=AAAA&", ""),
            ("SAMLRequest=AAAA", "&a=b", ""),
            ("SAMLRequest=AAAA&SigAlg=x&Signature=", "A", ""),
        ]),
        "jwt" => plain(&[
            ("{\"keys\":[", "{\"kty\":\"RSA\"},", "{}]}\na.b.c"),
            ("{\"keys\":[]}\n", ".", ""),
            ("{\"keys\":[]}\n", "e30.", ""),
            ("", "[", ""),
        ]),
        "metadata" => plain(&[
            (METADATA, "<md:EntityDescriptor entityID=\"a\"/>", "</md:EntitiesDescriptor>"),
            (METADATA, "<md:EntityDescriptor><md:SPSSODescriptor/></md:EntityDescriptor>", "</md:EntitiesDescriptor>"),
            (METADATA, "<!-- a -->", "</md:EntitiesDescriptor>"),
        ]),
        "har" => plain(&[
            ("{\"log\":{\"entries\":[", "{\"request\":{\"url\":\"http://a/?SAMLRequest=AAAA\"}},", "{}]}}"),
            ("", "[", ""),
            ("", "QUJD", ""),
            ("", "%3D", ""),
            ("", "&lt;", ""),
            ("SAMLResponse=", "PHg+", ""),
            ("", "id_token=a.b.c&", ""),
        ]),
        _ => plain(&[
            ("SELECT Id FROM User WHERE ", "Id = 'a' OR ", "Id = 'b'"),
            ("SELECT Id FROM User WHERE ", "NOT ", "Id = 'b'"),
            ("SELECT Id FROM User WHERE ", "(", ""),
            ("SELECT ", "Id, ", "Id FROM User"),
            ("SELECT Id FROM User WHERE Id IN (", "'a', ", "'a')"),
            ("SELECT Id FROM User WHERE Name LIKE '", "%", "'"),
        ]),
    }
}

/// Each fuzzer but that of scenarios, which the harness reads.
type Target = (&'static str, fn(&[u8]) -> bool);
const TARGETS: [Target; 7] = [
    ("saml_response", fuzzing::saml_response),
    ("saml_request", fuzzing::saml_request),
    ("saml_redirect", fuzzing::saml_redirect),
    ("jwt", fuzzing::jwt),
    ("metadata", fuzzing::metadata),
    ("har", fuzzing::har),
    ("soql", fuzzing::soql),
];
const MUTATIONS: usize = 3_000;
const METADATA: &str = "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">";
