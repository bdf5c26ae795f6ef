//! Secrets, encodings and splits at random: nothing that tells of the secret may be left.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

use super::encoders::{ALL, Encoding, Tracked};
use crate::needles::as_typed;
use crate::{Beginnings, Redactor};

proptest! {
    #![proptest_config(draws())]

    #[test]
    fn nothing_is_left_of_a_secret_in_any_chain_of_encodings(
        secret in prop_oneof!["[ -~]{4,30}", "[ -~äß€😀]{6,30}", "[A-Z2-7]{32}", "[A-Za-z0-9_-]{43}"],
        chain in prop::collection::vec(select(&ALL[..]), 0..=3),
        before in "[a-z ]{0,5}",
        after in "[a-z ]{0,5}",
        context in select(&[("", ""), ("word ", " word"), ("key=\"", "\","), ("?a=1&b=", "&c=2"), ("{\"k\":\"", "\"}")][..]),
        width in prop_oneof![Just(usize::MAX), 8_usize..40],
    ) {
        check(&secret, &chain, [&before, &after], context, width)?;
    }
}

/// The way of a secret into an output, and what is left of it.
fn check(
    secret: &str,
    chain: &[Encoding],
    [before, after]: [&str; 2],
    context: (&str, &str),
    width: usize,
) -> Result<(), TestCaseError> {
    let mut written = Tracked::new(before, secret, after);
    for (number, encoding) in chain.iter().enumerate() {
        // A person types the secret itself, and keys are found by what is left when commas and repeats are not counted.
        let typed = *encoding == Encoding::KeyActions;
        if typed && (number > 0 || as_typed(secret).is_none()) || written.0.len() > LONGEST {
            continue;
        }
        // What is for texts only leaves bytes as they are.
        written = written.encoded(*encoding).unwrap_or(written);
    }
    if written.without(b"\r\n\x1b").is_some() {
        let lines: Vec<Vec<_>> = written.0.chunks(width).map(<[_]>::to_vec).collect();
        written = Tracked(lines.join(&(b'\n', false)));
    }
    let plain = |text: &str| text.bytes().map(|byte| (byte, false)).collect::<Vec<_>>();
    let written = Tracked([plain(context.0), written.0, plain(context.1)].concat()).readable();
    let text = String::from_utf8(written.bytes()).unwrap();

    let mut beginnings = Beginnings::default();
    beginnings.add(&text);
    prop_assert!(beginnings.may_hold(secret), "{chain:?}: the secret is not looked for in {text:?}");

    let places = Redactor::new(vec![secret.to_owned()]).unwrap().find(&text, |_, _| Vec::new());

    let is_replaced = |at: usize| places.iter().any(|place| place.contains(&at));
    let left = written.0.iter().enumerate().filter(|(at, (_, of_secret))| *of_secret && !is_replaced(*at));
    let left: Vec<u8> = left.map(|(_, (byte, _))| *byte).collect();
    prop_assert!(left.is_empty(), "{chain:?}: {:?} is left of {text:?}", String::from_utf8_lossy(&left));
    Ok(())
}

/// Bytes that are encoded once more.
const LONGEST: usize = 2000;

/// The same 2,000 each time, or as many others as `VESTIBULE_REDACTOR_DRAWS` says.
fn draws() -> ProptestConfig {
    let others = std::env::var("VESTIBULE_REDACTOR_DRAWS").ok().map(|draws| draws.parse().unwrap());
    ProptestConfig {
        cases: others.unwrap_or(2000),
        rng_seed: if others.is_some() { RngSeed::Random } else { RngSeed::Fixed(0) },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
