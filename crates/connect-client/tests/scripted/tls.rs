//! TLS in front of a server: whom the client trusts, and what happens to the token.

use connect_client::{Client, ConnectError, Session, TrustedRoots};

use crate::{
    proxy::{Authority, Proxy},
    server::Server,
};

/// Asks a server for a setting over TLS.
async fn asked(address: &str, trusted: &Authority) -> Result<String, ConnectError> {
    let roots = TrustedRoots { pem: Some(trusted.pem.clone().into_bytes()) };
    let client = Client::new(address.parse().expect("an address"), &roots)?;
    Session::new(client, "ann").config("key").await
}

fn is_certificate(result: Result<String, ConnectError>, reason: &str) {
    match result {
        Err(error @ ConnectError::Certificate(_)) => assert!(error.to_string().contains(reason), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted_and_the_token_goes_over_tls() {
    let (server, authority) = (Server::start(vec![]).await, Authority::new());
    let proxy = Proxy::tls(server.address.to_string(), authority.certificate("127.0.0.1")).await;
    let address = format!("sc://{}/;use_ssl=true", proxy.address);
    assert_eq!(asked(&address, &authority).await.expect("a value"), "value");
    assert_eq!(asked(&format!("{address};token=secret"), &authority).await.expect("a value"), "value");
    let tokens: Vec<_> = server.heard().iter().map(|heard| heard.headers.get("authorization").cloned()).collect();
    assert_eq!(tokens, [None, Some("Bearer secret".parse().expect("a header"))]);
}

#[tokio::test]
async fn a_name_is_checked_like_an_address() {
    let (server, authority) = (Server::start(vec![]).await, Authority::new());
    let proxy = Proxy::tls(server.address.to_string(), authority.certificate("localhost")).await;
    let address = format!("sc://localhost:{}/;use_ssl=true", proxy.address.port());
    assert_eq!(asked(&address, &authority).await.expect("a value"), "value");
}

#[tokio::test]
async fn another_authority_another_name_and_no_tls_at_all_are_refused_at_once_and_get_no_token() {
    let (server, authority) = (Server::start(vec![]).await, Authority::new());
    let target = server.address.to_string();
    let own = Proxy::tls(target.clone(), authority.certificate("127.0.0.1")).await;
    let misnamed = Proxy::tls(target, authority.certificate("other.example")).await;
    let address = |of: std::net::SocketAddr| format!("sc://{of}/;use_ssl=true;token=secret");
    is_certificate(asked(&address(own.address), &Authority::new()).await, "invalid peer certificate");
    is_certificate(asked(&address(misnamed.address), &authority).await, "not valid for name");
    is_certificate(asked(&address(server.address), &authority).await, "InvalidContentType");
    assert_eq!((own.connections(), misnamed.connections()), (1, 1), "there is nothing to retry");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn without_tls_a_token_goes_to_this_machine_only() {
    let server = Server::start(vec![]).await;
    let session = Session::new(server.client("token=secret"), "ann");
    session.config("key").await.expect("a value");
    assert_eq!(server.heard()[0].headers.get("authorization").expect("a token"), "Bearer secret");
    for address in ["sc://spark.example/;use_ssl=false;token=secret", "sc://10.0.0.1/;use_ssl=false;authorization=x"] {
        assert!(address.parse::<connect_client::Address>().is_err(), "{address}");
    }
}
