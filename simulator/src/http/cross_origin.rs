//! What a page of another origin may do with a path.

/// What a page of another origin may do with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CrossOrigin {
    /// Nothing.
    Refused,
    /// Send the browser there by a link or a form: the path is the front channel of a protocol.
    FrontChannel,
    /// Read the answer, if the page belongs to a registered client (CORS).
    RegisteredClient,
}

/// Marks a request that a page of another origin sent and was allowed to send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromOtherOrigin;
