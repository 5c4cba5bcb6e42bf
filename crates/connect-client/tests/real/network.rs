//! What happens between us and a real server: connections that are cut, TLS, tokens.

use connect_client::{Client, ConnectError, Session, TrustedRoots};
use serde_json::json;

use crate::{
    address,
    facts::fact,
    proxy::{Authority, Cut, Proxy},
    read_large, rows,
};

/// The server's host and port, and the parameters of its address.
pub fn target() -> (String, String) {
    let address = address("");
    let rest = address.strip_prefix("sc://").expect("an address").to_owned();
    let (server, parameters) = rest.split_once("/;").expect("parameters");
    (server.to_owned(), parameters.to_owned())
}

fn session(address: &str, roots: &TrustedRoots) -> Session {
    Session::new(Client::new(address.parse().expect("an address"), roots).expect("a client"), "ann")
}

#[tokio::test]
async fn a_connection_that_is_cut_loses_and_repeats_no_row() {
    let (server, parameters) = target();
    for how in [Cut::Fin, Cut::Reset] {
        let proxy = Proxy::cutting(server.clone(), 3, 700_000, how).await;
        let session = session(&format!("sc://{}/;{parameters}", proxy.address), &TrustedRoots::default());
        read_large(&session).await;
        session.release().await.expect("it ends");
        let connections = proxy.connections();
        assert!(connections >= 4, "{connections}: three were cut");
        let seen = format!("400,000 of 400,000 rows in order over {connections} connections");
        fact(4, &format!("the connection is cut three times ({how:?})"), &seen);
    }
}

#[tokio::test]
async fn tls_in_front_of_a_real_server() {
    let (server, parameters) = target();
    let (authority, other) = (Authority::new(), Authority::new());
    let roots = |authority: &Authority| TrustedRoots { pem: Some(authority.pem.clone().into_bytes()) };
    let right = Proxy::tls(server.clone(), authority.certificate("127.0.0.1")).await;
    let misnamed = Proxy::tls(server, authority.certificate("other.example")).await;
    let over = |proxy: &Proxy| format!("sc://{}/;use_ssl=true;{parameters}", proxy.address);
    let trusted = session(&over(&right), &roots(&authority));
    assert_eq!(rows(&trusted, "VALUES (1)").await.expect("rows"), [[json!(1)]]);
    trusted.release().await.expect("it ends");
    fact(8, "TLS with the right authority, with a token", "works");
    for (what, proxy, authority) in [("another authority", &right, &other), ("another name", &misnamed, &authority)] {
        let error = rows(&session(&over(proxy), &roots(authority)), "VALUES (1)").await.expect_err(what);
        assert!(matches!(error, ConnectError::Certificate(_)), "{error:?}");
        fact(8, &format!("TLS with {what}"), &format!("“{error}”"));
    }
}

/// `verify connect` starts Spark with a token.
#[tokio::test]
async fn a_wrong_token_is_refused_without_being_named() {
    let (server, parameters) = target();
    assert!(parameters.contains("token="), "the server wants one");
    for wrong in ["", "token=canary"] {
        let error = rows(&session(&format!("sc://{server}/;{wrong}"), &TrustedRoots::default()), "VALUES (1)").await;
        let error = error.expect_err("it is wrong");
        assert!(matches!(error, ConnectError::Refused), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("canary"));
        fact(8, if wrong.is_empty() { "no token" } else { "a wrong token" }, &format!("“{error}”"));
    }
}
