//! The command line of `vestibule authenticator`.

use strum::IntoEnumIterator as _;

use super::*;
use crate::cli::arguments::parse_one::parse;

/// The faults are listed by hand, for their order and line breaks.
#[test]
fn every_fault_and_every_algorithm_is_a_word_of_the_command_line_and_in_its_help() {
    let command = AuthenticatorArgs::augment_args(clap::Command::new("authenticator"));
    let help = command.clone().render_long_help().to_string();
    let words: Vec<&str> = help.split([' ', ',', '\n']).collect();
    for fault in AuthenticatorFault::iter() {
        let args: AuthenticatorArgs = parse(&[&format!("--fault={fault}")]).unwrap();
        assert_eq!(args.settings().unwrap().fault, Some(fault));
        assert!(words.contains(&fault.to_string().as_str()), "{fault}");
    }
    for algorithm in PasskeyAlgorithm::iter() {
        let args: AuthenticatorArgs = parse(&[&format!("--algorithm={algorithm}")]).unwrap();
        assert_eq!(args.settings().unwrap().algorithm, Some(algorithm));
        assert!(words.contains(&algorithm.to_string().as_str()), "{algorithm}");
    }
}

#[test]
fn the_command_gets_the_token_and_not_the_key_of_the_vault() {
    let args: AuthenticatorArgs = parse(&[]).unwrap();

    let launch = args.launch("http://127.0.0.1:7700".to_owned(), &Secret::new("token"));

    assert_eq!(launch.variables.get(TOKEN).map(Secret::reveal), Some("token"));
    let removed: Vec<&str> = launch.variables.removed().collect();
    assert_eq!(removed, ["VESTIBULE_VAULT_KEY", "VESTIBULE_VAULT_PASSPHRASE"]);
}

#[test]
fn the_attestation_is_what_the_site_asks_for_unless_it_is_named() {
    let attestation = |words: &[&str]| parse::<AuthenticatorArgs>(words).unwrap().settings().unwrap().attestation;

    assert!(attestation(&[]).is_none());
    assert!(matches!(attestation(&["--attestation=none"]), Some(Attestation::None)));
    assert!(matches!(attestation(&["--attestation=self"]), Some(Attestation::OwnKey)));
    assert!(matches!(attestation(&["--attestation=packed"]), Some(Attestation::Packed(_))));
}
