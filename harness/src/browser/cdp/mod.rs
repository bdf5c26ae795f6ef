//! The Chrome DevTools Protocol, over a WebSocket of our own: the fast way to a browser that was started here, and the way
//! to observe one that a suite started.
//!
//! `chromiumoxide` generates the whole protocol at build time; two dozen methods are needed here.

mod connection;
mod console;
mod keys;
mod observer;
mod tab;
mod tab_event;
mod user_context;

pub(crate) use observer::CdpObserver;
pub(super) use tab::Tab;
pub(crate) use tab_event::TabEvent;
