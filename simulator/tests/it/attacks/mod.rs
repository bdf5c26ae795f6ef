//! The catalogue of wrong answers, against the org over HTTP: each case behaves as its row says, and each forgery succeeds
//! at an org that leaves out the one check that it aims at.

mod logout;
mod page;
mod rows;
mod sending;
mod totp;
mod weaknesses;
mod webauthn;
