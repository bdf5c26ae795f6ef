use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use totp_rs::{Builder, Totp};
use vestibule_model::{Secret, TotpAlgorithm, TotpKey};

use super::{CodePlan, TotpGenerator, TotpSecretError};

/// RFC 6238, appendix B: the ASCII secret `12345678901234567890` in base32.
const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn good_generator() -> TotpGenerator {
    TotpGenerator::from_base32(&Secret::new(RFC_SECRET)).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn ready(plan: CodePlan) -> (String, u64) {
    match plan {
        CodePlan::Ready { code, step } => (code.reveal().to_owned(), step),
        CodePlan::WaitUntil(until) => panic!("told to wait until {until}"),
    }
}

#[test]
fn codes_are_the_last_six_digits_of_the_sha1_vectors_of_rfc_6238() {
    let vectors = [
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];
    for (second, eight_digits) in vectors {
        let (code, step) = ready(good_generator().plan(at(second), None));
        assert_eq!(code, eight_digits[2..], "at {second}");
        assert_eq!(step, u64::try_from(second).unwrap() / 30);
    }
}

#[test]
fn vectors_of_rfc_6238_that_fall_into_a_closing_window_are_right_at_its_start() {
    for (second, eight_digits) in [(59, "94287082"), (1_111_111_109, "07081804")] {
        let (code, _) = ready(good_generator().plan(at(second - second % 30), None));
        assert_eq!(code, eight_digits[2..], "at {second}");
        assert!(matches!(good_generator().plan(at(second), None), CodePlan::WaitUntil(_)));
    }
}

#[test]
fn a_code_is_accepted_by_a_strict_verifier_at_the_planned_instant() {
    let verifier: Totp = Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(RFC_SECRET).unwrap())
        .with_skew(0)
        .with_account_name("rep")
        .build()
        .unwrap();

    let (code, step) = ready(good_generator().plan(at(1_780_000_005), None));

    assert_eq!(verifier.check(&code, 1_780_000_005), Some(step));
}

/// Contract J1.5.
#[test]
fn a_window_with_less_than_three_seconds_left_is_waited_out() {
    let generator = good_generator();
    let edge = at(1_780_000_020 + 27);

    assert!(matches!(generator.plan(edge, None), CodePlan::Ready { .. }), "three seconds are enough");

    let late = edge.checked_add(SignedDuration::from_millis(1)).unwrap();
    assert_eq!(generator.plan(late, None), CodePlan::WaitUntil(at(1_780_000_050)));
    assert!(matches!(generator.plan(at(1_780_000_050), None), CodePlan::Ready { .. }));
}

/// RFC 6238, appendix B: each hash function with the ASCII digits of its own length as secret, eight digits.
#[test]
fn codes_of_every_algorithm_are_the_vectors_of_rfc_6238() {
    // The base32 of `1234567890` repeated to 20, 32 and 64 bytes.
    let secrets = [
        (TotpAlgorithm::Sha1, RFC_SECRET.to_owned(), "14050471", "89005924"),
        (TotpAlgorithm::Sha256, format!("{RFC_SECRET}GEZDGNBVGY3TQOJQGEZA"), "67062674", "91819424"),
        (TotpAlgorithm::Sha512, format!("{0}{0}{0}GEZDGNA", RFC_SECRET), "99943326", "93441116"),
    ];
    for (algorithm, secret, first, second) in secrets {
        let key = TotpKey { algorithm, digits: 8, ..TotpKey::usual(secret.parse().unwrap()) };
        let generator = TotpGenerator::new(&key).unwrap();
        assert_eq!(ready(generator.plan(at(1_111_111_111), None)).0, first, "{algorithm}");
        assert_eq!(ready(generator.plan(at(1_234_567_890), None)).0, second, "{algorithm}");
    }
}

#[test]
fn steps_follow_the_period_and_codes_the_number_of_digits() {
    let usual = TotpKey::usual(RFC_SECRET.parse().unwrap());
    let minutes = TotpGenerator::new(&TotpKey { digits: 7, period: 60, ..usual.clone() }).unwrap();

    // 1,234,567,890 lies in minute 20,576,131, half a minute after its start.
    let (code, step) = ready(minutes.plan(at(1_234_567_890), None));
    assert_eq!((code.len(), step), (7, 20_576_131));
    assert_eq!(minutes.start_of(step), at(1_234_567_860));
    assert_eq!(minutes.plan(at(1_234_567_890), Some(step)), CodePlan::WaitUntil(at(1_234_567_920)));
    // A code depends on the number of its step; the usual app reaches that number in half the time.
    let (same, _) = ready(TotpGenerator::new(&usual).unwrap().plan(at(20_576_131 * 30), None));
    assert_eq!(code[1..], same);
}

#[test]
fn a_code_is_good_for_as_long_as_is_asked_or_half_a_short_period() {
    let five = Duration::from_secs(5);
    let generator = good_generator();

    assert!(matches!(generator.plan_good_for(five, at(1_780_000_020 + 25), None), CodePlan::Ready { .. }));
    assert_eq!(
        generator.plan_good_for(five, at(1_780_000_020 + 26), None),
        CodePlan::WaitUntil(at(1_780_000_050)),
        "four seconds are left"
    );
    let short = TotpKey { period: 4, ..TotpKey::usual(RFC_SECRET.parse().unwrap()) };
    let short = TotpGenerator::new(&short).unwrap();
    assert!(matches!(short.plan_good_for(five, at(1_780_000_002), None), CodePlan::Ready { .. }));
    assert_eq!(short.plan_good_for(five, at(1_780_000_003), None), CodePlan::WaitUntil(at(1_780_000_004)));
}

/// Contract J1.5.
#[test]
fn a_step_is_never_used_twice() {
    let generator = good_generator();
    let (_, step) = ready(generator.plan(at(1_780_000_020), None));

    assert_eq!(generator.plan(at(1_780_000_030), Some(step)), CodePlan::WaitUntil(at(1_780_000_050)));
    let (_, next) = ready(generator.plan(at(1_780_000_050), Some(step)));
    assert_eq!(next, step + 1);
}

#[test]
fn a_last_step_in_the_future_is_waited_out_too() {
    let plan = good_generator().plan(at(1_780_000_020), Some(1_780_000_020 / 30 + 2));

    assert_eq!(plan, CodePlan::WaitUntil(at(1_780_000_020 + 90)));
}

#[test]
fn a_closing_window_after_a_used_step_is_waited_out_once() {
    let step = 1_780_000_020 / 30;

    assert_eq!(good_generator().plan(at(1_780_000_048), Some(step)), CodePlan::WaitUntil(at(1_780_000_050)));
}

#[test]
fn a_secret_is_read_however_a_page_shows_it() {
    let expected = ready(good_generator().plan(at(90), None));
    for shown in [
        "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
        "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
        "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq====",
        " GEZDGNBVGY3TQOJQ\nGEZDGNBVGY3TQOJQ ",
    ] {
        let generator = TotpGenerator::from_base32(&Secret::new(shown)).unwrap();
        assert_eq!(ready(generator.plan(at(90), None)), expected, "{shown}");
    }
}

#[test]
fn a_secret_of_80_bits_without_padding_is_read() {
    assert!(TotpGenerator::from_base32(&Secret::new("JBSWY3DPEHPK3PXP")).is_ok());
    assert!(TotpGenerator::from_base32(&Secret::new("JBSWY3DPEHPK3PX")).is_ok());
}

#[test]
fn what_is_not_base32_is_refused_without_being_repeated() {
    let refused = TotpGenerator::from_base32(&Secret::new("not-base32-1089!")).unwrap_err();
    assert!(matches!(refused, TotpSecretError::NotBase32));
    assert!(!refused.to_string().contains("1089"));
    assert!(matches!(TotpGenerator::from_base32(&Secret::new(" == ")).unwrap_err(), TotpSecretError::Empty));
}

#[test]
fn neither_the_secret_nor_the_code_is_shown_by_debug() {
    let generator = good_generator();
    let plan = generator.plan(at(90), None);
    let (code, _) = ready(plan.clone());

    let shown = format!("{generator:?} {plan:?}");

    assert!(!shown.contains(RFC_SECRET) && !shown.contains(&code), "{shown}");
}
