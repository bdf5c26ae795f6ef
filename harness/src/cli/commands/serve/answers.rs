//! What identity providers say about single users, and in their next answers, as the command line names it.

use std::collections::BTreeMap;

use clap::Args;
use vestibule_model::diagnostic::unknown_word;
use vestibule_model::{AnswerSpec, IdpSpec, UserSpec};

use super::spec::Named;
use crate::cli::output::error::CliError;

/// Answers that differ from what an identity provider is set up to say.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct AnswerArgs {
    /// What an identity provider says about one user: okta:user=rep,amr=pwd or okta:user=rep,faults=signals-joined
    /// (repeatable)
    #[arg(long = "answer", value_name = "ANSWER", help_heading = "Answers")]
    answers: Vec<Named<AnswerSpec>>,

    /// What an identity provider says once, in its next answer: okta:amr=pwd+swk,faults=signals-joined (repeatable, in order)
    #[arg(long = "next", value_name = "ANSWER", help_heading = "Answers")]
    next: Vec<Named<AnswerSpec>>,
}

impl AnswerArgs {
    /// Sets up the identity providers to give these answers.
    ///
    /// # Errors
    /// If there is no such identity provider or user, or its protocol has no place for the answer.
    pub(super) fn set_up(
        &self,
        idps: &mut BTreeMap<String, IdpSpec>,
        users: &BTreeMap<String, UserSpec>,
    ) -> Result<(), CliError> {
        for Named { key, spec } in &self.answers {
            let idp = found("--answer", key, idps)?;
            let Some(user) = spec.user.clone() else {
                let title = format!("`--answer {key}` does not say whom it is about");
                return Err(CliError::usage(title).hint(format!("write {key}:user=KEY,amr=VALUE, or use --next")));
            };
            known_user("--answer", &user, users)?;
            if idp.per_user.insert(user.clone(), AnswerSpec { user: None, ..spec.clone() }).is_some() {
                return Err(CliError::usage(format!("`--answer {key}` is given twice for `{user}`")));
            }
        }
        for Named { key, spec } in &self.next {
            let idp = found("--next", key, idps)?;
            spec.user.iter().try_for_each(|user| known_user("--next", user, users))?;
            idp.next.push(spec.clone());
        }
        match idps.values().find_map(IdpSpec::misplaced_key) {
            Some(misplaced) => Err(CliError::usage(misplaced.why).hint(misplaced.instead)),
            None => Ok(()),
        }
    }
}

fn found<'a>(option: &str, key: &str, idps: &'a mut BTreeMap<String, IdpSpec>) -> Result<&'a mut IdpSpec, CliError> {
    let unknown = unknown_word("unknown-idp", "identity provider", key, idps.keys().map(String::as_str));
    let simulated = idps.get_mut(key).filter(|idp| !idp.is_foreign());
    simulated.ok_or_else(|| CliError::usage(format!("`{option}`: {}", unknown.in_one_line())))
}

fn known_user(option: &str, user: &str, users: &BTreeMap<String, UserSpec>) -> Result<(), CliError> {
    if users.contains_key(user) {
        return Ok(());
    }
    let unknown = unknown_word("unknown-user", "user", user, users.keys().map(String::as_str));
    Err(CliError::usage(format!("`{option}`: {}", unknown.in_one_line())))
}

#[cfg(test)]
mod tests {
    use vestibule_model::{Fault, IdpProtocol};

    use super::*;
    use crate::cli::arguments::parse_one::parse;

    fn set_up(words: &[&str]) -> Result<BTreeMap<String, IdpSpec>, String> {
        let args: AnswerArgs = parse(words)?;
        let spec = |protocol| IdpSpec::new(protocol);
        let mut idps = BTreeMap::from([
            ("okta".to_owned(), spec(IdpProtocol::Saml)),
            ("entra".to_owned(), spec(IdpProtocol::Oidc)),
        ]);
        let users = BTreeMap::from([("rep".to_owned(), UserSpec::new("Standard User"))]);
        args.set_up(&mut idps, &users).map(|()| idps).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn answers_for_one_user_and_for_once_reach_their_identity_provider() {
        let idps = set_up(&[
            "--answer=okta:user=rep,amr=pwd,faults=signals-joined+expired",
            "--next=okta:amr=pwd+swk",
            "--next=okta:user=rep,method=push",
            "--next=entra:acr=phr",
        ])
        .unwrap();

        let okta = &idps["okta"];
        assert_eq!(okta.per_user["rep"].faults, [Fault::SignalsJoined, Fault::Expired]);
        assert_eq!((okta.per_user["rep"].user.as_ref(), okta.next.len()), (None, 2));
        assert_eq!(okta.next[0].amr.as_ref().unwrap(), &["pwd", "swk"]);
        assert_eq!(idps["entra"].next[0].acr.as_deref(), Some("phr"));
    }

    #[test]
    fn an_answer_that_cannot_be_given_is_refused_with_what_can() {
        for (words, expected) in [
            (&["--next=octa:amr=pwd"][..], "did you mean `okta`?"),
            (&["--next=okta:user=reb"], "did you mean `rep`?"),
            (&["--next=okta:faults=signals-join"], "signals-joined"),
            (&["--next=okta:acr=x"], "`acr` is a claim of OpenID Connect"),
            (&["--next=okta:faults=signals-in-user-info"], "this identity provider speaks SAML"),
            (&["--answer=okta:amr=pwd"], "does not say whom it is about"),
            (&["--answer=okta:user=rep,amr=pwd", "--answer=okta:user=rep,amr=swk"], "given twice for `rep`"),
        ] {
            let refused = set_up(words).unwrap_err();
            assert!(refused.contains(expected), "{words:?}: {refused}");
        }
    }
}
