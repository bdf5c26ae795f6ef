//! The operations of the API, as data: what answers one, and what its description says.

use std::sync::Arc;

use axum::routing::{MethodFilter, MethodRouter};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::state::Control;

/// One operation.
pub(super) struct Operation {
    /// Its method.
    pub(super) verb: Verb,
    /// Its path below the prefix of the API: `/realms/{realm}`.
    pub(super) path: &'static str,
    /// `operationId`.
    pub(super) id: &'static str,
    /// What it does, in one sentence.
    pub(super) summary: &'static str,
    /// The fields of its query.
    pub(super) query: &'static [Parameter],
    /// What its body is, if it takes one.
    pub(super) body: Option<SchemaOf>,
    /// What it answers.
    pub(super) answer: Answer,
    /// Whether it may be impossible in the present state.
    pub(super) conflicts: bool,
    /// Serves it.
    pub(super) serve: fn(MethodFilter) -> MethodRouter<Arc<Control>>,
}

/// The method of an operation.
#[derive(Clone, Copy)]
pub(super) enum Verb {
    Get,
    Post,
    Delete,
}

impl Verb {
    pub(super) fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    /// Its name in an OpenAPI document.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Delete => "delete",
        }
    }
}

/// A field of a query.
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: &'static str,
    /// What it says, in one sentence.
    pub(super) about: &'static str,
    /// What it holds.
    pub(super) holds: SchemaOf,
}

/// What an operation answers.
pub(super) enum Answer {
    /// JSON.
    Json(SchemaOf),
    /// Server-sent events, each with JSON as its data.
    Events(SchemaOf),
}

/// The schema of a type.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of this type.
pub(super) fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
