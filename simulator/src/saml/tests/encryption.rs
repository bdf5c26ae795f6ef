//! What is encrypted is read by its receiver and by nobody else, here and with xmlsec1.

use std::process::Command;

use openssl::pkey::{PKey, Private};
use strum::IntoEnumIterator as _;
use vestibule_model::{ContentEncryption, EncryptedPart, KeyTransport, SamlEncryption, SamlSigning};

use super::fixture::{
    Files, assert_valid, cut, decryption_key, good_response, good_settings, replace, rsa, run, signed, verify,
};
use crate::saml::encryption::DecryptionFault;
use crate::saml::structure_fault::StructureFault;
use crate::saml::{
    ContentSecret, Encryption, ResponseRejection, ResponseSpec, VerifySettings, decrypt_assertion,
    encrypt_and_sign_response, readable_decrypted, response_form_value,
};

const NAME: &str = "alice &lt;&amp;&gt; \"x\"@acme.example";
const EVERY_PART: [EncryptedPart; 3] = [EncryptedPart::Assertion, EncryptedPart::NameId, EncryptedPart::Attributes];

fn settings() -> VerifySettings {
    VerifySettings { decryption_keys: vec![own_key()], ..good_settings() }
}

fn own_key() -> PKey<Private> {
    decryption_key().pkey().clone()
}

fn sealed(spec: &ResponseSpec, what: SamlSigning, encryption: &SamlEncryption) -> String {
    let mut drawn = 0;
    let mut draw = || {
        drawn += 1;
        ContentSecret { key: [drawn; 32], iv: [drawn; 16] }
    };
    let encryption = Encryption::new(encryption, decryption_key().certificate_der(), &mut draw).unwrap();
    let key = rsa();
    encrypt_and_sign_response(spec, what, &key, Some(encryption)).unwrap().xml
}

fn assertion_sealed(what: SamlSigning) -> String {
    sealed(&good_response(), what, &SamlEncryption::default())
}

fn refusal(xml: &str) -> ResponseRejection {
    verify(xml, &settings()).expect_err("the message must be refused")
}

#[test]
fn every_algorithm_and_every_way_of_signing_is_read_by_the_receiver() {
    let plain = verify(&signed(&good_response(), SamlSigning::Both), &good_settings()).unwrap();
    for content in ContentEncryption::iter() {
        for key_transport in KeyTransport::iter() {
            for what in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
                let encryption = SamlEncryption { content, key_transport, ..SamlEncryption::default() };
                let xml = sealed(&good_response(), what, &encryption);

                assert!(!xml.contains("alice") && !xml.contains(">swk<"), "{content} {key_transport} {what:?}: {xml}");
                assert_eq!(verify(&xml, &settings()), Ok(plain.clone()), "{content} {key_transport} {what:?}");
            }
        }
    }
}

#[test]
fn any_choice_of_parts_is_read_by_the_receiver() {
    let plain = verify(&signed(&good_response(), SamlSigning::Both), &good_settings()).unwrap();
    for chosen in 1..8_usize {
        let parts: Vec<_> = EVERY_PART.into_iter().enumerate().filter(|(at, _)| (chosen >> at) & 1 == 1).collect();
        let parts: Vec<_> = parts.into_iter().map(|(_, part)| part).collect();
        for what in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
            let encryption = SamlEncryption { parts: parts.clone(), ..SamlEncryption::default() };
            let xml = sealed(&good_response(), what, &encryption);

            assert_eq!(verify(&xml, &settings()), Ok(plain.clone()), "{parts:?} {what:?}: {xml}");
            assert_valid(&xml, "saml-schema-protocol-2.0.xsd");
        }
    }
}

#[test]
fn xmlsec1_decrypts_what_is_encrypted_here() {
    let files = Files::new();
    let key = files.write("key.pem", own_key().private_key_to_pem_pkcs8().unwrap());
    for content in ContentEncryption::iter() {
        // xmlsec1 1.2 knows no digest but SHA-1 here.
        let encryption = SamlEncryption { content, ..SamlEncryption::default() };
        let message = files.write("message.xml", sealed(&good_response(), SamlSigning::Assertion, &encryption));
        let output = run(Command::new("xmlsec1").arg("--decrypt").arg("--privkey-pem").arg(&key).arg(message));

        let opened = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{content}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(opened.contains(NAME) && opened.contains(">swk<"), "{content}: {opened}");
    }
}

#[test]
fn openssl_unwraps_a_key_that_was_wrapped_with_sha_256() {
    use base64::Engine as _;
    let encryption = SamlEncryption { key_transport: KeyTransport::RsaOaep, ..SamlEncryption::default() };
    let xml = sealed(&good_response(), SamlSigning::Assertion, &encryption);
    let wrapped = cut(&xml, "<xenc:EncryptedKey>", "</xenc:EncryptedKey>");
    let wrapped = wrapped.split("<xenc:CipherValue>").nth(1).unwrap().split('<').next().unwrap();
    let files = Files::new();
    let key = files.write("key.pem", own_key().private_key_to_pem_pkcs8().unwrap());
    let wrapped = files.write("wrapped", base64::engine::general_purpose::STANDARD.decode(wrapped).unwrap());
    let options = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"];
    let mut command = Command::new("openssl");
    command.args(["pkeyutl", "-decrypt", "-inkey"]).arg(key).arg("-in").arg(wrapped);
    options.iter().for_each(|option| {
        command.args(["-pkeyopt", option]);
    });

    let output = run(&mut command);

    assert_eq!(output.stdout, [1; 16], "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_xmlsec1_encrypted_is_read() {
    let files = Files::new();
    let pem = openssl::x509::X509::from_der(decryption_key().certificate_der()).unwrap().to_pem().unwrap();
    let certificate = files.write("certificate.pem", pem);
    let xml = signed(&good_response(), SamlSigning::Assertion);
    let assertion = cut(&xml, "<saml:Assertion ", "</saml:Assertion>");
    let plain = files.write("assertion.xml", assertion);
    for content in ContentEncryption::iter() {
        let template = files.write("template.xml", template(content));
        let session_key = if content.to_string().contains("256") { "aes-256" } else { "aes-128" };
        let mut command = Command::new("xmlsec1");
        command.arg("--encrypt").arg("--pubkey-cert-pem").arg(&certificate).args(["--session-key", session_key]);
        let output = run(command.arg("--xml-data").arg(&plain).arg(template));
        assert!(output.status.success(), "{content}: {}", String::from_utf8_lossy(&output.stderr));
        let data = String::from_utf8(output.stdout).unwrap();
        let data = data.split_once("?>").unwrap().1.trim();
        let saml = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        let wrapped = format!("<saml:EncryptedAssertion {saml}>{data}</saml:EncryptedAssertion>");

        let verified = verify(&replace(&xml, assertion, &wrapped), &settings()).unwrap();

        assert_eq!(verified.name_id.value, "alice <&> \"x\"@acme.example", "{content}");
    }
}

#[test]
fn what_cannot_be_decrypted_or_is_something_else_is_refused() {
    let xml = assertion_sealed(SamlSigning::Assertion);
    let foreign = VerifySettings { decryption_keys: vec![rsa().pkey().clone()], ..good_settings() };
    let not_decrypted = ResponseRejection::Decryption(DecryptionFault::NotDecrypted);

    assert_eq!(verify(&xml, &foreign), Err(not_decrypted.clone()), "the key of another");
    let both = VerifySettings { decryption_keys: vec![rsa().pkey().clone(), own_key()], ..good_settings() };
    assert!(verify(&xml, &both).is_ok(), "while keys roll over, either will do");
    let no_key = ResponseRejection::Structure(StructureFault::EncryptedAssertion);
    assert_eq!(verify(&xml, &good_settings()), Err(no_key), "without a key");
    let value = cut(&xml, "</ds:KeyInfo><xenc:CipherData>", "</xenc:CipherData>");
    let changed = value.replacen("CipherValue>", "CipherValue>AAAA", 1);
    assert_eq!(refusal(&replace(&xml, value, &changed)), not_decrypted, "GCM notices a change");
    let weak = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
    let weakened = replace(&xml, KeyTransport::RsaOaepMgf1p.uri(), weak);
    assert_eq!(refusal(&weakened), ResponseRejection::Decryption(DecryptionFault::Algorithm(weak.to_owned())));
    let unknown = replace(&xml, ContentEncryption::Aes128Gcm.uri(), "urn:rot13");
    assert_eq!(refusal(&unknown), ResponseRejection::Decryption(DecryptionFault::Algorithm("urn:rot13".to_owned())));
    let key = cut(&xml, "<xenc:EncryptedKey>", "</xenc:EncryptedKey>");
    let keyless =
        ResponseRejection::Decryption(DecryptionFault::Content { parent: "EncryptedData", child: "EncryptedKey" });
    assert_eq!(refusal(&replace(&xml, key, "")), keyless);
    let encrypted = cut(&xml, "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>");
    let twice = replace(&xml, encrypted, &format!("{encrypted}{encrypted}"));
    assert_eq!(refusal(&twice), ResponseRejection::Structure(StructureFault::MisplacedEncryptedAssertion));
    let plain = signed(&good_response(), SamlSigning::Assertion);
    let beside = replace(&plain, "</samlp:Response>", &format!("{encrypted}</samlp:Response>"));
    assert_eq!(refusal(&beside), ResponseRejection::Structure(StructureFault::MisplacedEncryptedAssertion));
}

/// In CBC nothing shows a change, so a receiver that tells bad padding from bad XML, or bad XML from a bad signature,
/// decrypts for whoever asks it often enough.
#[test]
fn every_change_of_a_text_in_cbc_is_refused_for_one_and_the_same_reason() {
    let encryption = SamlEncryption { content: ContentEncryption::Aes128Cbc, ..SamlEncryption::default() };
    let xml = sealed(&good_response(), SamlSigning::Assertion, &encryption);
    let data = cut(&xml, "</ds:KeyInfo><xenc:CipherData>", "</xenc:CipherData>");
    let value = data.split("<xenc:CipherValue>").nth(1).unwrap().split('<').next().unwrap();
    let good = from_base64(value);
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        replace(&xml, value, &base64_of(&bytes))
    };
    let one = ResponseRejection::Decryption(DecryptionFault::NotDecrypted);

    assert!(verify(&xml, &settings()).is_ok());
    let (last, middle) = (good.len() - 1, good.len() / 2);
    for (at, what) in
        [(0, "the first letter"), (middle, "a block"), (last - 16, "the padding"), (last, "the last block")]
    {
        assert_eq!(refusal(&changed(at)), one, "{what}");
    }
    let unsigned = sealed(&good_response(), SamlSigning::Response, &encryption);
    let signature = cut(&unsigned, "<ds:Signature ", "</ds:Signature>");
    assert_eq!(refusal(&replace(&unsigned, signature, "")), one, "nothing is signed");
    let foreign = VerifySettings { decryption_keys: vec![rsa().pkey().clone()], ..good_settings() };
    assert_eq!(verify(&xml, &foreign), Err(one), "another key");
    let around = sealed(&good_response(), SamlSigning::Both, &encryption);
    let data = cut(&around, "</ds:KeyInfo><xenc:CipherData>", "</xenc:CipherData>");
    let moved = replace(&around, data, &data.replacen("CipherValue>", "CipherValue>AAAA", 1));
    assert_eq!(refusal(&moved), ResponseRejection::SignatureInvalid, "what is signed around is verified first");
}

/// A key that cannot be used says nothing about one that was tried.
#[test]
fn a_second_key_does_not_tell_whether_the_first_one_fitted() {
    let encryption = SamlEncryption { content: ContentEncryption::Aes128Cbc, ..SamlEncryption::default() };
    let xml = sealed(&good_response(), SamlSigning::Assertion, &encryption);
    let key = cut(&xml, "<xenc:EncryptedKey>", "</xenc:EncryptedKey>");
    let weak = key.replacen(KeyTransport::RsaOaepMgf1p.uri(), "http://www.w3.org/2001/04/xmlenc#rsa-1_5", 1);
    let both = replace(&xml, key, &format!("{key}{weak}"));
    let foreign = VerifySettings { decryption_keys: vec![rsa().pkey().clone()], ..good_settings() };

    assert!(verify(&both, &settings()).is_ok(), "the first fits");
    assert_eq!(verify(&both, &foreign), Err(ResponseRejection::Decryption(DecryptionFault::NotDecrypted)));
}

/// Contract D3.5.
#[test]
fn triple_des_is_refused_even_with_the_right_key() {
    let triple_des = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc";
    let xml = assertion_sealed(SamlSigning::Assertion);

    let refused = refusal(&replace(&xml, ContentEncryption::Aes128Gcm.uri(), triple_des));

    assert_eq!(refused, ResponseRejection::Decryption(DecryptionFault::Algorithm(triple_des.to_owned())));
    assert_eq!(refused.login_history_status().text(), "Failed: Assertion Invalid");
}

#[test]
fn anybody_can_encrypt_so_what_is_inside_must_be_signed() {
    let unsigned = super::fixture::unsigned_response(&good_response());
    let sealed = |plain: &str| enclosed(&unsigned, plain);
    let assertion = cut(&unsigned, "<saml:Assertion ", "</saml:Assertion>").to_owned();

    assert_eq!(refusal(&sealed(&assertion)), ResponseRejection::Unsigned);
    for (plain, name) in [
        (assertion.clone() + &assertion, "two"),
        (assertion.clone() + "</samlp:Response><samlp:Response>", "a way out"),
        ("<saml:Issuer>evil</saml:Issuer>".to_owned(), "another element"),
        ("text".to_owned(), "a text"),
        (String::new(), "nothing"),
    ] {
        let other = ResponseRejection::Decryption(DecryptionFault::OtherContent("Assertion"));
        assert_eq!(refusal(&sealed(&plain)), other, "{name}");
    }
}

#[test]
fn an_encrypted_assertion_that_was_signed_as_a_response_is_covered_by_that_signature() {
    let xml = assertion_sealed(SamlSigning::Response);
    let other = sealed(
        &super::fixture::with_assertion(|assertion| assertion.name_id.value = "mallory".to_owned()),
        SamlSigning::Response,
        &SamlEncryption::default(),
    );
    let of = |xml: &str| cut(xml, "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>").to_owned();

    let swapped = replace(&xml, &of(&xml), &of(&other));

    assert_eq!(refusal(&swapped), ResponseRejection::SignatureInvalid);
}

#[test]
fn a_person_with_the_key_sees_everything() {
    let encryption = SamlEncryption { parts: EVERY_PART.to_vec(), ..SamlEncryption::default() };
    let xml = sealed(&good_response(), SamlSigning::Both, &encryption);

    let opened = decrypt_assertion(&xml, &own_key()).unwrap();
    let shown = readable_decrypted(&response_form_value(&xml), &[rsa().pkey().clone(), own_key()]);
    let hidden = readable_decrypted(&response_form_value(&xml), &[]);

    assert!(opened.contains(NAME) && !opened.contains("Encrypted"), "{opened}");
    assert!(shown.signals.iter().any(|signal| signal.value == "swk"), "{shown:?}");
    assert!(hidden.signals.is_empty() && hidden.xml.contains("xenc:EncryptedData"), "{hidden:?}");
    assert_eq!(decrypt_assertion(&xml, rsa().pkey()), Err(DecryptionFault::NotDecrypted));
}

#[test]
fn more_encrypted_parts_than_any_real_message_has_are_refused_before_any_is_read() {
    let many = "<saml:EncryptedAttribute/>".repeat(65);
    let xml = format!("<saml:A xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{many}</saml:A>");

    assert_eq!(decrypt_assertion(&xml, &own_key()), Err(DecryptionFault::TooMany));
}

#[test]
fn eight_times_the_attributes_take_about_eight_times_as_long() {
    let message = |size: usize| {
        let spec = super::fixture::with_assertion(|assertion| {
            let one = assertion.attributes[0].clone();
            let named = |number: usize| crate::saml::Attribute { name: format!("a{number}"), ..one.clone() };
            assertion.attributes = (0..size / 8).map(named).collect();
        });
        sealed(&spec, SamlSigning::Assertion, &SamlEncryption::default())
    };
    vestibule_snapshots::growth::assert_linear("attributes", 800, message, |xml| {
        let opened = decrypt_assertion(xml, &own_key()).unwrap();
        let root = crate::xml::parse(opened.as_bytes(), opened.len()).unwrap();
        let assertion = root.children.last().unwrap();
        assert!(crate::saml::verified::attributes(assertion).len() >= 100);
    });
}

/// The response with this text, encrypted, in place of its assertion.
fn enclosed(response: &str, plain: &str) -> String {
    let template = assertion_sealed(SamlSigning::Assertion);
    let encrypted = cut(&template, "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>");
    let value = cut(encrypted, "</ds:KeyInfo><xenc:CipherData>", "</xenc:CipherData>");
    let cipher = openssl::symm::Cipher::aes_128_gcm();
    let (iv, mut tag) = ([7; 12], [0; 16]);
    let key = [1; 16];
    let sealed = openssl::symm::encrypt_aead(cipher, &key, Some(&iv), &[], plain.as_bytes(), &mut tag).unwrap();
    let sealed = base64_of(&[&iv[..], &sealed, &tag].concat());
    let new = format!("</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{sealed}</xenc:CipherValue></xenc:CipherData>");
    let assertion = cut(response, "<saml:Assertion ", "</saml:Assertion>");
    replace(response, assertion, &replace(encrypted, value, &new))
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn from_base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

/// What xmlsec1 fills.
fn template(content: ContentEncryption) -> String {
    format!(
        "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod Algorithm=\"{}\"/>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"{}\"/><xenc:CipherData><xenc:CipherValue/></xenc:CipherData>\
         </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>",
        content.uri(),
        KeyTransport::RsaOaepMgf1p.uri(),
    )
}
