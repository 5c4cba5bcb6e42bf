//! Errors in the older extension's shape: `{"message": …, "reason": null}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::http::ApiError;

/// An error of these routes.
#[derive(Debug)]
pub(super) enum Refused {
    /// The older extension's own.
    Older { status: StatusCode, message: String },
    /// An answer with a shape of its own.
    Whole { status: StatusCode, body: Value },
    /// The export's; [`in_older_shape`] gives it its shape.
    Ours(ApiError),
}

impl Refused {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Older { status, message: message.into() }
    }

    /// 400
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Ours(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Older { status, message } => (status, Json(body(&message))).into_response(),
            Self::Whole { status, body } => (status, Json(body)).into_response(),
            Self::Ours(error) => error.into_response(),
        }
    }
}

fn body(message: &str) -> Value {
    json!({ "message": message, "reason": null })
}

/// Gives an error of ours the older shape. Status and `Retry-After` stay.
pub(super) async fn in_older_shape(mut response: Response) -> Response {
    let Some(error) = response.extensions_mut().remove::<ApiError>() else { return response };
    let message = format!("{} {}", error.error, error.hint);
    let again: Option<HeaderValue> = response.headers().get(RETRY_AFTER).cloned();
    let mut older = (response.status(), Json(body(message.trim()))).into_response();
    if let Some(again) = again {
        older.headers_mut().insert(RETRY_AFTER, again);
    }
    older
}
