//! The Chrome DevTools Protocol, over our own WebSocket: the fast way to drive a browser that was started here, and the
//! way to observe a browser that a suite started.
//!
//! `chromiumoxide` generates the whole protocol at build time; two dozen methods are needed here.

mod connection;
mod console;
mod keys;
mod next_tab;
mod observer;
mod tab;
mod tab_event;
mod user_context;

pub(crate) use observer::CdpObserver;
pub(super) use tab::Tab;
pub(crate) use tab_event::TabEvent;
