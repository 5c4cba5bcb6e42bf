//! An answer's body. It holds its request's place and deadline until the last byte is handed to the connection.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
};
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep, sleep_until},
};

/// A body with its request's place and deadline.
pub(super) struct AnswerBody {
    body: Body,
    _place: OwnedSemaphorePermit,
    /// `None` when the whole body is already in memory.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    pub(super) fn new(body: Body, place: OwnedSemaphorePermit, deadline: Instant) -> Self {
        let is_stream = body.size_hint().exact().is_none();
        Self { body, _place: place, deadline: is_stream.then(|| Box::pin(sleep_until(deadline))) }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.get_mut();
        if let Some(deadline) = &mut this.deadline
            && deadline.as_mut().poll(context).is_ready()
        {
            // End with an error, so that the client does not mistake the part that it has for the whole answer.
            let late = io::Error::new(io::ErrorKind::TimedOut, "the answer took too long");
            return Poll::Ready(Some(Err(Error::new(late))));
        }
        Pin::new(&mut this.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Arc, time::Duration};

    use axum::{
        Router,
        http::{Request, StatusCode},
        middleware::from_fn_with_state,
        response::Response,
        routing::get,
    };
    use futures_util::{StreamExt, stream};
    use http_body_util::BodyExt;
    use tokio::sync::Semaphore;
    use tower::ServiceExt;

    use super::*;
    use crate::http::middleware::{Limits, serve};

    const DEADLINE: Duration = Duration::from_secs(10);

    /// Routes behind a single place; one answers with an endless stream.
    fn app() -> Router {
        let endless = || {
            let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"first")) });
            Body::from_stream(first.chain(stream::pending()))
        };
        let (in_flight, large) = (Arc::new(Semaphore::new(1)), Arc::new(Semaphore::new(1)));
        let limits = Limits { in_flight, large, deadline: DEADLINE, sessions: None, areas: &[], sidecar_token: None };
        let routes = Router::new()
            .route("/endless", get(async move || endless()))
            .route("/large", get(async || vec![0; 1 << 20]))
            .route("/short", get(async || "all"));
        routes.layer(from_fn_with_state(limits, serve))
    }

    async fn ask(app: &Router, path: &str) -> Response {
        app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_keeps_its_place_until_it_ends() {
        let app = app();
        let streaming = ask(&app, "/endless").await;
        assert_eq!(streaming.status(), StatusCode::OK);
        assert_eq!(ask(&app, "/short").await.status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(streaming);
        assert_eq!(ask(&app, "/short").await.status(), StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_passes_its_deadline_breaks_off() {
        let begin = Instant::now();
        let mut body = ask(&app(), "/endless").await.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first");
        assert!(body.frame().await.unwrap().is_err());
        assert_eq!(begin.elapsed(), DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_answer_in_memory_keeps_its_place_and_its_length() {
        let app = app();
        let answer = ask(&app, "/large").await;
        assert_eq!(answer.body().size_hint().exact(), Some(1 << 20));
        assert_eq!(ask(&app, "/short").await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes().len(), 1 << 20);
        assert_eq!(ask(&app, "/short").await.status(), StatusCode::OK);
    }
}
