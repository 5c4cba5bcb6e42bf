//! Turns causes of errors into a status, a code, a sentence and a hint. No other file does.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use monitor::{Error, Failure};
use upstream::{Upstream, UpstreamError, UpstreamErrorKind};
use wire::{ErrorBody, ErrorCode};

use crate::words::{
    Said,
    errors::{self, Explained},
    upstreams,
};

/// An error answer. Anyone may see its text: it contains no host, URL, token or upstream body.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub code: ErrorCode,
    pub error: Said,
    pub hint: Said,
    status: StatusCode,
    retry_after_seconds: Option<u32>,
}

impl ApiError {
    fn new(code: ErrorCode, Explained { error, hint }: Explained) -> Self {
        Self { code, error, hint, status: Self::status_of(code), retry_after_seconds: None }
    }

    fn status_of(code: ErrorCode) -> StatusCode {
        match code {
            ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            ErrorCode::NoSessionToken | ErrorCode::SessionTokenRejected | ErrorCode::SidecarTokenRequired => {
                StatusCode::UNAUTHORIZED
            }
            ErrorCode::UpstreamForbidden | ErrorCode::Csrf | ErrorCode::ReadOnly => StatusCode::FORBIDDEN,
            ErrorCode::UnknownApp | ErrorCode::AppFinished | ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::Blocked => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::Internal | ErrorCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::UpstreamInvalid => StatusCode::BAD_GATEWAY,
            ErrorCode::NotConfigured | ErrorCode::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::UpstreamUnreachable | ErrorCode::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The body of the answer.
    #[must_use]
    pub fn body(&self, request_id: &str) -> ErrorBody {
        ErrorBody {
            error: self.error.to_string(),
            error_sentences: self.error.sentences(),
            code: self.code,
            hint: self.hint.to_string(),
            hint_sentences: self.hint.sentences(),
            request_id: request_id.to_owned(),
        }
    }

    #[must_use]
    pub fn bad_app_id() -> Self {
        Self::new(ErrorCode::BadRequest, errors::bad_app_id())
    }

    #[must_use]
    pub fn bad_views() -> Self {
        Self::new(ErrorCode::BadRequest, errors::bad_views())
    }

    #[must_use]
    pub fn no_session_token() -> Self {
        Self::new(ErrorCode::NoSessionToken, errors::no_session_token())
    }

    #[must_use]
    pub fn sidecar_token_required() -> Self {
        Self::new(ErrorCode::SidecarTokenRequired, errors::sidecar_token_required())
    }

    #[must_use]
    pub fn unknown_app() -> Self {
        Self::new(ErrorCode::UnknownApp, errors::unknown_app())
    }

    #[must_use]
    pub fn app_finished() -> Self {
        Self::new(ErrorCode::AppFinished, errors::app_finished())
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, errors::not_found())
    }

    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(ErrorCode::MethodNotAllowed, errors::method_not_allowed())
    }

    #[must_use]
    pub fn body_too_large() -> Self {
        Self::new(ErrorCode::TooLarge, errors::body_too_large())
    }

    #[must_use]
    pub fn broken_body() -> Self {
        Self::new(ErrorCode::BadRequest, errors::broken_body())
    }

    /// A request that writes came from another site's page, or in a form that such a page could send.
    #[must_use]
    pub fn csrf() -> Self {
        Self::new(ErrorCode::Csrf, errors::csrf())
    }

    #[must_use]
    pub fn bad_parameters(reason: &str) -> Self {
        Self::new(ErrorCode::BadRequest, errors::bad_parameters(reason))
    }

    #[must_use]
    pub fn bad_json(reason: &str) -> Self {
        Self::new(ErrorCode::BadRequest, errors::bad_json(reason))
    }

    /// A request to an area, with the area's own sentences.
    pub(crate) fn explained(code: ErrorCode, explained: Explained) -> Self {
        Self::new(code, explained)
    }

    /// The same, which may be tried again after some seconds.
    #[must_use]
    pub(crate) fn after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    #[must_use]
    pub fn headers_too_large() -> Self {
        let error = Self::new(ErrorCode::TooLarge, errors::headers_too_large());
        Self { status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, ..error }
    }

    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, errors::internal())
    }

    #[must_use]
    pub fn not_configured(reason: Said) -> Self {
        Self::new(ErrorCode::NotConfigured, errors::not_configured(reason))
    }

    /// Adds which settings decide where users sign in, because the default may be wrong for this site.
    #[must_use]
    pub fn of_guessed_login_service(self) -> Self {
        Self { hint: self.hint.then(errors::guessed_login_service()), ..self }
    }

    #[must_use]
    pub fn changed_name(name: &str) -> Self {
        Self::new(ErrorCode::NotConfigured, errors::changed_name(name))
    }

    #[must_use]
    pub fn overloaded() -> Self {
        let error = Self::new(ErrorCode::Overloaded, errors::overloaded());
        Self { retry_after_seconds: Some(1), ..error }
    }

    #[must_use]
    pub fn request_timeout() -> Self {
        Self::new(ErrorCode::UpstreamTimeout, errors::request_timeout())
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoClusterManager => Self::not_configured(errors::no_cluster_manager()),
            Error::NoMaster => Self::not_configured(errors::no_master()),
            Error::NoLister => Self::not_configured(errors::no_lister()),
            Error::NoSession => Self::no_session_token(),
            Error::ChangedName(name) => Self::changed_name(&name),
            Error::UnknownApp => Self::unknown_app(),
            Error::AppFinished => Self::app_finished(),
            Error::Upstream(error) => Self::from(&*error),
        }
    }
}

impl From<&UpstreamError> for ApiError {
    fn from(error: &UpstreamError) -> Self {
        let who = error.upstream;
        let sentence = upstreams::failure(upstreams::name_of(who), &error.kind);
        let explained = |hint| Explained { error: sentence.clone(), hint };
        let api = match &error.kind {
            UpstreamErrorKind::Unreachable(_) | UpstreamErrorKind::NoAddress | UpstreamErrorKind::Starting => {
                Self::new(ErrorCode::UpstreamUnreachable, explained(upstreams::unreachable_hint(who)))
            }
            UpstreamErrorKind::Timeout(_) => {
                Self::new(ErrorCode::UpstreamTimeout, explained(upstreams::unreachable_hint(who)))
            }
            UpstreamErrorKind::Overloaded => Self::overloaded(),
            UpstreamErrorKind::Lost => Self::internal(),
            UpstreamErrorKind::Status { status, message, retry_after_seconds } => {
                let rejected = match who {
                    Upstream::Auth2 => matches!(status, 400 | 401 | 403),
                    Upstream::ClusterManager => *status == 401,
                    Upstream::Master | Upstream::Driver | Upstream::HistoryServer => false,
                };
                let mut api = if rejected {
                    Self::new(ErrorCode::SessionTokenRejected, errors::session_token_rejected())
                } else if matches!(status, 401 | 403) {
                    Self::new(ErrorCode::UpstreamForbidden, explained(upstreams::forbidden_hint(who)))
                } else {
                    Self::new(ErrorCode::UpstreamInvalid, explained(upstreams::invalid_hint(who)))
                };
                if let Some(message) = message {
                    api.error = api.error.then(upstreams::message(message));
                }
                api.retry_after_seconds = *retry_after_seconds;
                api
            }
            UpstreamErrorKind::NotJson(_)
            | UpstreamErrorKind::Shape(_)
            | UpstreamErrorKind::Cut(_)
            | UpstreamErrorKind::TooLarge(_) => {
                Self::new(ErrorCode::UpstreamInvalid, explained(upstreams::invalid_hint(who)))
            }
        };
        // What to do comes first.
        let hint = api.hint.then(upstreams::search(error));
        Self { hint, ..api }
    }
}

impl From<UpstreamError> for ApiError {
    fn from(error: UpstreamError) -> Self {
        Self::from(&error)
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self::from(&*failure.error)
    }
}

impl IntoResponse for ApiError {
    /// This body still lacks the request's id; the middleware writes the final body.
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body(""))).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
