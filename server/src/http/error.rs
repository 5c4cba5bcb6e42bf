//! Turns causes of errors into a status, a code, a sentence and a hint. No other file does.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use monitor::{Error, Failure};
use upstream::{Upstream, UpstreamError, UpstreamErrorKind};
use wire::{ErrorBody, ErrorCode};

use crate::words::{self, Said, say};

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
    fn new(code: ErrorCode, error: Said, hint: Said) -> Self {
        Self { code, error, hint, status: Self::status_of(code), retry_after_seconds: None }
    }

    fn status_of(code: ErrorCode) -> StatusCode {
        match code {
            ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            ErrorCode::NoSessionToken | ErrorCode::SessionTokenRejected | ErrorCode::SidecarTokenRequired => {
                StatusCode::UNAUTHORIZED
            }
            ErrorCode::UpstreamForbidden | ErrorCode::Csrf => StatusCode::FORBIDDEN,
            ErrorCode::UnknownApp | ErrorCode::AppFinished | ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
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
        Self::new(
            ErrorCode::BadRequest,
            say!("The application id is malformed."),
            say!("Give one `app` of 1 to 128 letters, digits, hyphens and underscores, or none."),
        )
    }

    #[must_use]
    pub fn no_session_token() -> Self {
        Self::new(
            ErrorCode::NoSessionToken,
            say!("You are not signed in: the session cookie is missing."),
            say!("Sign in again and reload the page."),
        )
    }

    #[must_use]
    pub fn sidecar_token_required() -> Self {
        Self::new(
            ErrorCode::SidecarTokenRequired,
            say!("This monitor answers only with its token."),
            say!("Send the value of SPARK_MONITOR_TOKEN in the header X-Spark-Monitor-Token."),
        )
    }

    #[must_use]
    pub fn unknown_app() -> Self {
        Self::new(
            ErrorCode::UnknownApp,
            say!("The Spark Master does not know this application."),
            say!("Choose one of the applications that are listed."),
        )
    }

    #[must_use]
    pub fn app_finished() -> Self {
        Self::new(
            ErrorCode::AppFinished,
            say!("This application has ended, and its driver with it."),
            say!("Choose one that is running, or start a new Spark session."),
        )
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            ErrorCode::NotFound,
            say!("There is no such route."),
            say!("See openapi.json for the routes there are."),
        )
    }

    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(ErrorCode::MethodNotAllowed, say!("This route does not take that method."), say!("Use GET."))
    }

    #[must_use]
    pub fn body_too_large() -> Self {
        Self::new(ErrorCode::TooLarge, say!("The request is too large."), say!("Send it without a body."))
    }

    #[must_use]
    pub fn broken_body() -> Self {
        Self::new(ErrorCode::BadRequest, say!("The request broke off."), say!("Send it again, without a body."))
    }

    #[must_use]
    pub fn headers_too_large() -> Self {
        let error = say!("The request's headers are too large.");
        let error = Self::new(ErrorCode::TooLarge, error, say!("Delete cookies of this site and reload the page."));
        Self { status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, ..error }
    }

    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            ErrorCode::Internal,
            say!("The monitor has a fault."),
            say!("Report it with the request id; the log of the notebook server says more."),
        )
    }

    #[must_use]
    pub fn not_configured(reason: Said) -> Self {
        Self::new(
            ErrorCode::NotConfigured,
            say!("The Spark monitor is not configured for this.").then(reason),
            say!("Ask the administrator of this notebook server to set it."),
        )
    }

    /// Adds which settings decide where users sign in, because the default may be wrong for this site.
    #[must_use]
    pub fn of_guessed_login_service(self) -> Self {
        let decides = say!(
            "Users are looked up at the default login service; the administrator can set KBASE_AUTH_URL to another one, or SPARK_MONITOR_IDENTITY=jupyterhub to take the hub's user."
        );
        Self { hint: self.hint.then(decides), ..self }
    }

    #[must_use]
    pub fn changed_name(name: &str) -> Self {
        let reason =
            say!("Your user name, %1, is not a Kubernetes name, so {user} could stand for another user.", name);
        let hint = say!(
            "The administrator can write {username} instead of {user} in SPARK_MASTER_UI_URL and SPARK_APP_UI_URL."
        );
        Self { hint, ..Self::not_configured(reason) }
    }

    #[must_use]
    pub fn overloaded() -> Self {
        let error = say!("The monitor has too much to do at this moment.");
        let error = Self::new(ErrorCode::Overloaded, error, say!("The request is repeated automatically in a moment."));
        Self { retry_after_seconds: Some(1), ..error }
    }

    #[must_use]
    pub fn request_timeout() -> Self {
        Self::new(
            ErrorCode::UpstreamTimeout,
            say!("Spark did not answer in time."),
            say!(
                "Spark is asked again automatically; if the problem persists, the cluster or the network to it is overloaded."
            ),
        )
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoClusterManager => {
                Self::not_configured(say!("No cluster manager is set (SPARK_CLUSTER_MANAGER_API_URL)."))
            }
            Error::NoMaster => Self::not_configured(say!("No Spark Master is set, only a driver (SPARK_APP_UI_URL).")),
            Error::NoLister => Self::not_configured(say!(
                "No Spark Master is set (BERDL_JUPYTERHUB_NAMESPACE or SPARK_MASTER_UI_URL)."
            )),
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
        let sentence = words::upstreams::failure(words::upstreams::name_of(who), &error.kind);
        let api = match &error.kind {
            UpstreamErrorKind::Unreachable(_) | UpstreamErrorKind::NoAddress | UpstreamErrorKind::Starting => {
                Self::new(ErrorCode::UpstreamUnreachable, sentence, unreachable_hint(who))
            }
            UpstreamErrorKind::Timeout(_) => Self::new(ErrorCode::UpstreamTimeout, sentence, unreachable_hint(who)),
            UpstreamErrorKind::Overloaded => Self::overloaded(),
            UpstreamErrorKind::Lost => Self::internal(),
            UpstreamErrorKind::Status { status, message, retry_after_seconds } => {
                let rejected = match who {
                    Upstream::Auth2 => matches!(status, 400 | 401 | 403),
                    Upstream::ClusterManager => *status == 401,
                    Upstream::Master | Upstream::Driver => false,
                };
                let mut api = if rejected {
                    let hint = say!("Sign in again and reload the page.");
                    Self::new(ErrorCode::SessionTokenRejected, say!("Your session is no longer valid."), hint)
                } else if matches!(status, 401 | 403) {
                    Self::new(ErrorCode::UpstreamForbidden, sentence, forbidden_hint(who))
                } else {
                    Self::new(ErrorCode::UpstreamInvalid, sentence, invalid_hint(who))
                };
                if let Some(message) = message {
                    api.error = api.error.then(say!("It says: %1", message));
                }
                api.retry_after_seconds = *retry_after_seconds;
                api
            }
            UpstreamErrorKind::NotJson(_)
            | UpstreamErrorKind::Shape(_)
            | UpstreamErrorKind::Cut(_)
            | UpstreamErrorKind::TooLarge(_) => Self::new(ErrorCode::UpstreamInvalid, sentence, invalid_hint(who)),
        };
        let hint = words::upstreams::search(error).then(api.hint);
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

fn unreachable_hint(who: Upstream) -> Said {
    match who {
        Upstream::Auth2 | Upstream::ClusterManager => {
            say!("It is asked again automatically; if the problem persists, tell the administrator.")
        }
        Upstream::Master => say!("Check that your Spark cluster runs; it may have been stopped."),
        Upstream::Driver => say!("It is asked again automatically.").then(way_to_the_driver()),
    }
}

fn forbidden_hint(who: Upstream) -> Said {
    match who {
        Upstream::Auth2 | Upstream::ClusterManager => say!("Ask the administrator for access to Spark clusters."),
        Upstream::Master | Upstream::Driver => {
            say!("The administrator can give the monitor a token in SPARK_UI_TOKEN.")
        }
    }
}

fn invalid_hint(who: Upstream) -> Said {
    match who {
        Upstream::Auth2 => say!("Check KBASE_AUTH_URL; if it is right, the login service is out of order."),
        Upstream::ClusterManager => {
            say!("Check SPARK_CLUSTER_MANAGER_API_URL; if it is right, the manager is out of order.")
        }
        Upstream::Master => say!("Check that the address and port are those of the Spark Master's web page."),
        Upstream::Driver => way_to_the_driver(),
    }
}

fn way_to_the_driver() -> Said {
    say!(
        "The administrator can set spark.ui.reverseProxy=true, set SPARK_APP_UI_URL, or let this server reach the driver's port 4040."
    )
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
