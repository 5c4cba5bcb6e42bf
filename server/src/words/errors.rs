//! What went wrong, and what to do about it.

use super::{Said, say};

/// An error for people.
#[derive(Clone, Debug)]
pub(crate) struct Explained {
    pub error: Said,
    pub hint: Said,
}

pub(crate) fn bad_app_id() -> Explained {
    Explained {
        error: say!("The application id is malformed."),
        hint: say!("Give one `app` of 1 to 128 letters, digits, hyphens and underscores, or none."),
    }
}

pub(crate) fn bad_views() -> Explained {
    Explained {
        error: say!("There is no such view."),
        hint: say!("Give `views` and `query` once each; see openapi.json for the names of the views."),
    }
}

pub(crate) fn no_session_token() -> Explained {
    Explained {
        error: say!("You are not signed in: the session cookie is missing."),
        hint: say!("Sign in again and reload the page."),
    }
}

pub(crate) fn sidecar_token_required() -> Explained {
    Explained {
        error: say!("This monitor answers only with its token."),
        hint: say!("Send the value of SPARK_MONITOR_TOKEN in the header X-Spark-Monitor-Token."),
    }
}

pub(crate) fn unknown_app() -> Explained {
    Explained {
        error: say!("The Spark Master does not know this application."),
        hint: say!("Choose one of the applications that are listed."),
    }
}

pub(crate) fn app_finished() -> Explained {
    Explained {
        error: say!("This application has ended, and its driver with it."),
        hint: say!("Choose one that is running, or start a new Spark session."),
    }
}

pub(crate) fn not_found() -> Explained {
    Explained { error: say!("There is no such route."), hint: say!("See openapi.json for the routes there are.") }
}

pub(crate) fn query_forgotten() -> Explained {
    Explained {
        error: say!("Spark no longer remembers this query."),
        hint: say!("Choose one of the queries that are listed."),
    }
}

pub(crate) fn method_not_allowed() -> Explained {
    Explained { error: say!("This route does not take that method."), hint: say!("See openapi.json for the method.") }
}

pub(crate) fn body_too_large() -> Explained {
    Explained { error: say!("The request is too large."), hint: say!("Send less.") }
}

pub(crate) fn broken_body() -> Explained {
    Explained { error: say!("The request broke off."), hint: say!("Send it again.") }
}

pub(crate) fn csrf() -> Explained {
    Explained {
        error: say!("This request was refused, because it may come from another site's page."),
        hint: say!("Send it from JupyterLab, with the content type application/json."),
    }
}

#[cfg(feature = "sql")]
pub(crate) fn read_only(effect: &str) -> Explained {
    Explained {
        error: say!("%1 may change something; here only queries, SHOW, DESCRIBE and EXPLAIN run.", effect),
        hint: say!("Run it in a notebook, or ask the administrator for SPARK_MONITOR_SQL=write."),
    }
}

pub(crate) fn bad_parameters(reason: &str) -> Explained {
    Explained {
        error: say!("The request's parameters cannot be read: %1.", reason),
        hint: say!("See openapi.json for its parameters."),
    }
}

pub(crate) fn bad_json(reason: &str) -> Explained {
    Explained {
        error: say!("The request's body cannot be read: %1.", reason),
        hint: say!("See openapi.json for its fields."),
    }
}

pub(crate) fn internal() -> Explained {
    Explained {
        error: say!("The monitor has a fault."),
        hint: say!("Report it with the request id; the log of the notebook server says more."),
    }
}

pub(crate) fn not_configured(reason: Said) -> Explained {
    Explained {
        error: say!("The Spark monitor is not configured for this.").then(reason),
        hint: say!("Ask the administrator of this notebook server to set it."),
    }
}

pub(crate) fn request_timeout() -> Explained {
    Explained {
        error: say!("Spark did not answer in time."),
        hint: say!(
            "Spark is asked again automatically; if the problem persists, the cluster or the network to it is overloaded."
        ),
    }
}

pub(crate) fn headers_too_large() -> Explained {
    let hint = say!("Delete cookies of this site and reload the page.");
    Explained { error: say!("The request's headers are too large."), hint }
}

pub(crate) fn overloaded() -> Explained {
    let hint = say!("The request is repeated automatically in a moment.");
    Explained { error: say!("The monitor has too much to do at this moment."), hint }
}

pub(crate) fn session_token_rejected() -> Explained {
    let hint = say!("Sign in again and reload the page.");
    Explained { error: say!("Your session is no longer valid."), hint }
}

pub(crate) fn changed_name(name: &str) -> Explained {
    let reason = say!("Your user name, %1, is not a Kubernetes name, so {user} could stand for another user.", name);
    let hint =
        say!("The administrator can write {username} instead of {user} in SPARK_MASTER_UI_URL and SPARK_APP_UI_URL.");
    Explained { hint, ..not_configured(reason) }
}

/// Which settings decide where users sign in.
pub(crate) fn guessed_login_service() -> Said {
    say!(
        "Users are looked up at the default login service; the administrator can set KBASE_AUTH_URL to another one, or SPARK_MONITOR_IDENTITY=jupyterhub to take the hub's user."
    )
}

/// Why nothing works.
pub(crate) fn configuration(reason: &str) -> Said {
    say!("The reason: %1.", reason)
}

pub(crate) fn no_cluster_manager() -> Said {
    say!("No cluster manager is set (SPARK_CLUSTER_MANAGER_API_URL).")
}

pub(crate) fn no_master() -> Said {
    say!("No Spark Master is set, only a driver (SPARK_APP_UI_URL).")
}

pub(crate) fn no_lister() -> Said {
    say!("No Spark Master is set (BERDL_JUPYTERHUB_NAMESPACE or SPARK_MASTER_UI_URL).")
}
