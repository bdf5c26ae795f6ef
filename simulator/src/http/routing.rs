//! The routing functions of axum, for handlers that are held behind one type. Axum compiles a dozen generic types for each
//! handler that it gets as it is, and this crate has two hundred.

use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter};
use futures_util::future::BoxFuture;

/// As [`axum::routing::on`].
pub(crate) fn on<H, T, S>(filter: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S, Future = Answer>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    axum::routing::on(filter, AnyHandler::holding(handler))
}

/// As [`axum::routing::any`].
pub(crate) fn any<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S, Future = Answer>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    axum::routing::any(AnyHandler::holding(handler))
}

/// Defines the function of one HTTP method.
macro_rules! for_method {
    ($($name:ident $filter:ident)+) => {$(
        #[doc = concat!("As [`axum::routing::", stringify!($name), "`]. Other methods of the path are merged into it.")]
        pub(crate) fn $name<H, T, S>(handler: H) -> MethodRouter<S>
        where
            H: Handler<T, S, Future = Answer>,
            T: 'static,
            S: Clone + Send + Sync + 'static,
        {
            on(MethodFilter::$filter, handler)
        }
    )+};
}

for_method! { get GET post POST put PUT patch PATCH delete DELETE }

/// What axum makes of each async function and closure.
type Answer = BoxFuture<'static, Response>;

/// A handler of any arguments.
struct AnyHandler<S>(Arc<dyn Fn(Request, S) -> Answer + Send + Sync>);

impl<S> AnyHandler<S> {
    fn holding<H: Handler<T, S, Future = Answer>, T: 'static>(handler: H) -> Self
    where
        S: 'static,
    {
        Self(Arc::new(move |request, state| handler.clone().call(request, state)))
    }
}

impl<S> Clone for AnyHandler<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Tells axum which of its implementations this is.
struct Held;

impl<S: Send + Sync + 'static> Handler<Held, S> for AnyHandler<S> {
    type Future = Answer;

    fn call(self, request: Request, state: S) -> Answer {
        (self.0)(request, state)
    }
}
