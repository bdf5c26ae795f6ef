mod clients;

use super::destination::{Destination, Destinations};
use super::handshake::Handshake;

#[test]
fn a_host_belongs_to_the_realm_to_the_vendor_or_to_others() {
    let hosts = ["acme--uat.sandbox.my.salesforce.com", "test.salesforce.com", "okta.localhost"].map(str::to_owned);
    let destinations = Destinations::new(&hosts, ([127, 0, 0, 1], 8443).into(), true);

    for (host, expected) in [
        ("acme--uat.sandbox.my.salesforce.com", Destination::Realm),
        ("ACME--UAT.sandbox.my.salesforce.com.", Destination::Realm),
        ("test.salesforce.com", Destination::Realm),
        ("okta.localhost", Destination::Realm),
        ("login.salesforce.com", Destination::Vendor),
        ("acme.my.salesforce.com", Destination::Vendor),
        ("salesforce.com", Destination::Vendor),
        ("acme.lightning.force.com", Destination::Vendor),
        ("acme.my.salesforce-setup.com", Destination::Vendor),
        ("acme.my.site.com", Destination::Vendor),
        ("acme.my.salesforce.mil", Destination::Vendor),
        ("login.salesforce.localhost", Destination::Vendor),
        ("notsalesforce.com", Destination::Elsewhere),
        ("salesforce.com.example", Destination::Elsewhere),
        ("enforce.com", Destination::Elsewhere),
        ("localhost", Destination::Elsewhere),
        ("127.0.0.1", Destination::Elsewhere),
    ] {
        assert_eq!(destinations.of(host), expected, "{host}");
    }
    assert_eq!(destinations.authority("Test.salesforce.com"), "test.salesforce.com");
    assert_eq!(
        Destinations::new(&hosts, ([127, 0, 0, 1], 8443).into(), false).authority("okta.localhost"),
        "okta.localhost:8443"
    );
}

#[test]
fn a_refused_certificate_is_distinguished_from_a_good_handshake() {
    use Side::{Client, Realm};
    let hello = [(Client, 22, 300), (Realm, 22, 120), (Realm, 20, 1), (Realm, 23, 900)];
    let hello_12 = [(Client, 22, 300), (Realm, 22, 1200)];
    let with = |start: &[Seen], rest: &[Seen]| [start, rest].concat();

    for (name, seen, at_once, refused) in [
        ("TLS 1.3, data", with(&hello, &[(Client, 20, 1), (Client, 23, 53), (Client, 23, 200)]), true, false),
        ("TLS 1.3, alert for Finished", with(&hello, &[(Client, 20, 1), (Client, 23, 19)]), false, true),
        ("TLS 1.3, closed after Finished", with(&hello, &[(Client, 20, 1), (Client, 23, 69)]), true, true),
        ("TLS 1.3, and close_notify", with(&hello, &[(Client, 23, 69), (Client, 23, 19)]), true, true),
        ("TLS 1.3, idle, then closed", with(&hello, &[(Client, 23, 69), (Client, 23, 19)]), false, false),
        ("TLS 1.3, closed in the middle", with(&hello, &[]), true, true),
        (
            "TLS 1.2, data",
            with(&hello_12, &[(Client, 22, 70), (Client, 20, 1), (Client, 22, 40), (Client, 23, 90)]),
            true,
            false,
        ),
        ("TLS 1.2, unknown_ca", with(&hello_12, &[(Client, 21, 48)]), false, true),
        ("TLS 1.2, protocol_version", with(&hello_12, &[(Client, 21, 70)]), false, false),
        (
            "TLS 1.2, closed after Finished",
            with(&hello_12, &[(Client, 22, 70), (Client, 20, 1), (Client, 22, 40), (Client, 21, 26)]),
            true,
            true,
        ),
        ("closed before the answer", vec![(Client, 22, 300)], true, false),
        ("no TLS", vec![(Client, b'G', 8000)], true, false),
        ("nothing", vec![], true, false),
    ] {
        for step in [1, 2, 7, 5000] {
            let handshake = watched(&seen, step);
            assert_eq!(handshake.is_refused(at_once), refused, "{name}, {step} bytes at a time: {handshake:?}");
        }
    }
}

#[test]
fn watching_ends_with_the_first_byte_of_data() {
    let seen = [(Side::Client, 22, 300), (Side::Realm, 22, 120), (Side::Realm, 23, 900), (Side::Client, 23, 53)];

    assert!(!watched(&seen, 100).has_data());
    assert!(watched(&seen, 100).is_finished());
    assert!(watched(&[&seen[..], &[(Side::Client, 23, 40)]].concat(), 100).has_data());
    assert!(watched(&[(Side::Client, b'G', 300)], 100).has_data(), "no TLS at all");
}

/// Who sent a record, its kind, and the length of its content; for an alert, its description instead of the length.
type Seen = (Side, u8, u16);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Client,
    Realm,
}

/// What is known after these records, each cut into pieces of `step` bytes.
fn watched(seen: &[Seen], step: usize) -> Handshake {
    let mut handshake = Handshake::default();
    for (side, kind, length) in seen {
        let content = match u8::try_from(*length) {
            // Fatal, and the description; an encrypted one is longer.
            Ok(description) if *kind == 21 && description > 40 => vec![2, description],
            _ => vec![0xaa; usize::from(*length)],
        };
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let record = [&[*kind, 3, 3, high, low][..], &content].concat();
        for piece in record.chunks(step) {
            match side {
                Side::Client => handshake.read_from_client(piece),
                Side::Realm => handshake.read_from_realm(piece),
            }
        }
    }
    handshake
}
