//! A request in flight, which is aborted when nobody waits for its answer any more.

use std::rc::Rc;

use web_sys::{AbortController, AbortSignal};

/// Dropping it aborts the request, which has no effect on one that has ended.
#[derive(Debug)]
pub struct Request(AbortController);

impl Request {
    /// None if the browser has no `AbortController`.
    pub fn start() -> Option<Rc<Self>> {
        AbortController::new().ok().map(|controller| Rc::new(Self(controller)))
    }

    pub fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.abort();
    }
}
