use openssl::x509::X509;
use vestibule_certs::CertStore;

use super::*;

/// Contract K1.5.
#[test]
fn what_the_suite_trusts_is_joined_with_ours_under_every_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let [ours, first, second, third] = ["ours", "first", "second", "third"].map(|name| authority(&file(name)));
    fs::write(file("ca.pem"), &ours).unwrap();
    fs::write(file("own.pem"), &first).unwrap();
    fs::create_dir(file("folder")).unwrap();
    fs::write(file("folder/a.crt"), [second.as_str(), &first].concat()).unwrap();
    let mut java = TrustedCertificates::default();
    java.add(third.as_bytes(), "");
    fs::write(file("own.jks"), java.to_jks("word")).unwrap();
    let mapping = format!("REQUESTS_CA_BUNDLE={}", file("own.pem").display()).parse().unwrap();
    let mut variables = Variables::new(&crate::suite::environment::Target::default(), &[], &[mapping]).unwrap();
    for name in ALWAYS_SET.iter().chain(&JOINED).filter(|name| **name != "REQUESTS_CA_BUNDLE") {
        variables.set(name, Secret::new(""));
    }
    variables.set("NODE_EXTRA_CA_CERTS", Secret::new(file("folder").display().to_string()));
    variables.set("PIP_CERT", Secret::new(file("no such file").display().to_string()));
    let store = file("own.jks").display().to_string();
    let options = format!("-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword=word");
    variables.set("JAVA_TOOL_OPTIONS", Secret::new(options));
    variables.set("JAVA_HOME", Secret::new(file("no such Java").display().to_string()));

    let java = join(&file("ca.pem"), &file("case"), &mut variables).unwrap();

    let trusted = file("case/trusted.pem").display().to_string();
    for name in ["VESTIBULE_CA_FILE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"] {
        assert_eq!(variables.get(name).map(Secret::reveal), Some(trusted.as_str()), "{name}");
    }
    assert_eq!(variables.get("AWS_CA_BUNDLE").map(Secret::reveal), Some(""), "what is not set is not set");
    let certificates = X509::stack_from_pem(&fs::read(trusted).unwrap()).unwrap();
    let expected = [&ours, &first, &second].map(|pem| X509::from_pem(pem.as_bytes()).unwrap());
    assert!(expected.iter().all(|one| certificates.contains(one)) && certificates.len() == 3);
    assert_eq!(java.password, "word");
    let mut of_java = TrustedCertificates::default();
    of_java.add(&fs::read(java.store).unwrap(), "");
    let of_java = X509::stack_from_pem(&of_java.to_pem()).unwrap();
    for pem in [ours, first, second, third] {
        assert!(of_java.contains(&X509::from_pem(pem.as_bytes()).unwrap()));
    }
}

/// The certificate of a test CA, PEM.
fn authority(folder: &Path) -> String {
    CertStore::open(folder, jiff::Timestamp::UNIX_EPOCH).unwrap().authority_pem().to_owned()
}
