//! Reports as functions of the outcome: terminal, HTML, JUnit.
