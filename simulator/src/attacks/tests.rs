//! The catalogue as data, and its answers byte by byte.

mod answers;
mod rows;
