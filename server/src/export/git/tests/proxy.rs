//! A proxy as sites have one, which passes requests on and remembers them.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::header,
    response::Response,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The proxy, until it is dropped.
pub struct Proxy {
    pub url: String,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let routes = Router::new().fallback(pass).with_state(heard.clone());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, heard, task }
    }

    /// The addresses of all requests, whole as a proxy gets them.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(State(heard): State<Arc<Mutex<Vec<String>>>>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    heard.lock().unwrap().push(head.uri.to_string());
    head.headers.remove(header::HOST);
    let body = to_bytes(body, 64 << 20).await.unwrap();
    let tls = upstream::client_config(&[]).unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build().unwrap();
    let sent = http.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
    let answer = sent.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = Response::new(Body::from(answer.bytes().await.unwrap()));
    *response.status_mut() = status;
    for name in [header::CONTENT_TYPE, header::WWW_AUTHENTICATE, "x-gitlab-last-commit-id".parse().unwrap()] {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}
