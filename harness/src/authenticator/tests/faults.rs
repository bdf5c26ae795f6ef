//! What an authenticator does wrong over plain HTTP, and what webauthn-rs as the RP says to it.

use strum::IntoEnumIterator as _;
use vestibule_model::AuthenticatorFault;

use super::relying_party::RelyingParty;
use super::*;

/// How a sign-in with a fault ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The ceremony gives no assertion; the DOM exception.
    Without(&'static str),
    /// The RP refuses the assertion; what its error names.
    Refused(&'static str),
    /// The RP accepts it.
    Accepted,
}

#[test]
fn every_fault_ends_a_sign_in_as_it_should() {
    for fault in AuthenticatorFault::iter() {
        let expected = match fault {
            AuthenticatorFault::Absent
            | AuthenticatorFault::UserVerificationRefused
            | AuthenticatorFault::UserVerificationAbsent
            | AuthenticatorFault::Declined
            | AuthenticatorFault::TimedOut
            | AuthenticatorFault::Hanging => End::Without("NotAllowedError"),
            AuthenticatorFault::WrongOrigin => End::Refused("InvalidRPOrigin"),
            AuthenticatorFault::CounterLower | AuthenticatorFault::CounterEqual => {
                End::Refused("CredentialPossibleCompromise")
            }
            AuthenticatorFault::BackedUp | AuthenticatorFault::BackedUpIneligible => {
                End::Refused("CredentialMayNotBeHardwareBound")
            }
            // The passkey was registered as one that cannot be backed up, and nothing is created.
            AuthenticatorFault::BackupEligible
            | AuthenticatorFault::NotBackupEligible
            | AuthenticatorFault::ExcludedCredential => End::Accepted,
        };
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();
        rp.register_over_http(&mut Authenticator::new(&mut passkeys));
        for _ in 0..2 {
            rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
        }

        assert_eq!(sign_in(&rp, &mut passkeys, fault), expected, "{fault}");

        let good = Authenticator::new(&mut passkeys).authenticate(&rp.origin, rp.request()).unwrap();
        let after = rp.asserted(&good);
        let upgraded = fault == AuthenticatorFault::BackupEligible;
        assert_eq!(after.is_ok(), !upgraded, "{fault}: a good sign-in after it: {after:?}");
    }
}

/// WebAuthn Level 3, 7.2: what was once eligible for backup stays so.
#[test]
fn a_passkey_that_is_no_longer_eligible_for_backup_is_refused() {
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let settings = faulty(AuthenticatorFault::BackedUp);
    let made = Authenticator::with(&mut passkeys, settings).register(&rp.origin, rp.creation()).unwrap();
    rp.created(&made).unwrap();
    assert!(passkeys.credentials()[0].backup_eligible && passkeys.credentials()[0].backed_up);

    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    let end = sign_in(&rp, &mut passkeys, AuthenticatorFault::NotBackupEligible);

    assert_eq!(end, End::Refused("CredentialBackupEligibilityInconsistent"));
}

#[test]
fn a_wrong_counter_does_not_change_the_store() {
    for (fault, sent) in [(AuthenticatorFault::CounterEqual, 2), (AuthenticatorFault::CounterLower, 1)] {
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();
        rp.register_over_http(&mut Authenticator::new(&mut passkeys));
        let early = Authenticator::with(&mut passkeys, faulty(fault)).authenticate(&rp.origin, rp.request());
        assert_eq!(early.unwrap_err(), AuthenticatorError::NoCounter, "{fault}");
        for _ in 0..2 {
            rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
        }

        let answer = Authenticator::with(&mut passkeys, faulty(fault)).authenticate(&rp.origin, rp.request()).unwrap();

        assert_eq!(answer.response.authenticator_data[33..37], u32::to_be_bytes(sent), "{fault}");
        assert_eq!(passkeys.credentials()[0].sign_count, 2, "{fault}");
    }
}

#[test]
fn nothing_is_created_by_an_authenticator_that_does_not_answer() {
    for fault in AuthenticatorFault::iter() {
        let expected = match fault {
            AuthenticatorFault::Absent
            | AuthenticatorFault::UserVerificationRefused
            | AuthenticatorFault::UserVerificationAbsent
            | AuthenticatorFault::Declined
            | AuthenticatorFault::TimedOut
            | AuthenticatorFault::Hanging => Some("NotAllowedError"),
            AuthenticatorFault::ExcludedCredential => Some("InvalidStateError"),
            _ => None,
        };
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();

        let made = Authenticator::with(&mut passkeys, faulty(fault)).register(&rp.origin, rp.creation());

        assert_eq!(made.as_ref().err().map(AuthenticatorError::dom_exception), expected, "{fault}");
        assert_eq!(passkeys.credentials().len(), usize::from(expected.is_none()), "{fault}");
        let refused = match fault {
            AuthenticatorFault::WrongOrigin => Some("InvalidRPOrigin"),
            AuthenticatorFault::BackedUpIneligible => Some("CredentialMayNotBeHardwareBound"),
            _ => None,
        };
        if let Ok(made) = made {
            let judged = rp.created(&made);
            assert_eq!(judged.is_err(), refused.is_some(), "{fault}: {judged:?}");
            let why = judged.err().unwrap_or_default();
            assert!(why.contains(refused.unwrap_or_default()), "{fault}: {why}");
        }
    }
}

fn sign_in(rp: &RelyingParty, passkeys: &mut CredentialStore, fault: AuthenticatorFault) -> End {
    let answer = Authenticator::with(passkeys, faulty(fault)).authenticate(&rp.origin, rp.request());
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return End::Without(error.dom_exception()),
    };
    match rp.asserted(&answer) {
        Ok(()) => End::Accepted,
        Err(why) => {
            let known = [
                "InvalidRPOrigin",
                "CredentialPossibleCompromise",
                "CredentialMayNotBeHardwareBound",
                "CredentialBackupEligibilityInconsistent",
            ];
            End::Refused(known.into_iter().find(|name| why.contains(name)).unwrap_or_else(|| panic!("{fault}: {why}")))
        }
    }
}

fn faulty(fault: AuthenticatorFault) -> AuthenticatorSettings {
    AuthenticatorSettings { fault: Some(fault), ..AuthenticatorSettings::default() }
}
