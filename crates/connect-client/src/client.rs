//! One connection to a Connect server, opened at the first call and shared by all sessions on it.

use std::{sync::Arc, time::Duration};

use connect_proto::connect::spark_connect_service_client::SparkConnectServiceClient;
use secrecy::ExposeSecret;
use tonic::{
    Request,
    metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};

use crate::{Address, AddressError, ConnectError};

pub(crate) type Stub = SparkConnectServiceClient<Channel>;

/// How long a connection may take to be established.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a dead peer may go unnoticed by the kernel. HTTP/2 pings are not used, because a gRPC server on the JVM
/// closes connections that ping more often than every five minutes.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

/// Which certificates to trust beside the system's.
#[derive(Clone, Debug, Default)]
pub struct TrustedRoots {
    /// PEM text of the site's own certificate authorities.
    pub pem: Option<Vec<u8>>,
}

/// A connection. Clones share it.
#[derive(Clone, Debug)]
pub struct Client {
    stub: Stub,
    headers: Arc<MetadataMap>,
    address: Arc<Address>,
}

impl Client {
    /// Prepares a connection; the first call opens it. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the certificates cannot be used or a header cannot be sent.
    pub fn new(address: Address, roots: &TrustedRoots) -> Result<Self, ConnectError> {
        let scheme = if address.tls() { "https" } else { "http" };
        let uri = format!("{scheme}://{}:{}", address.host(), address.port());
        let mut endpoint = Endpoint::from_shared(uri).map_err(|_| AddressError::Host)?;
        endpoint = endpoint.connect_timeout(CONNECT_TIMEOUT).tcp_keepalive(Some(TCP_KEEPALIVE)).tcp_nodelay(true);
        if address.tls() {
            let mut tls = ClientTlsConfig::new().with_enabled_roots();
            if let Some(pem) = &roots.pem {
                tls = tls.ca_certificate(Certificate::from_pem(pem));
            }
            endpoint = endpoint.tls_config(tls).map_err(|source| ConnectError::Certificate(Box::new(source)))?;
        }
        let headers = Arc::new(headers(&address)?);
        Ok(Self { stub: Stub::new(endpoint.connect_lazy()), headers, address: Arc::new(address) })
    }

    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn stub(&self) -> Stub {
        self.stub.clone()
    }

    /// A request with the address's headers. The caller limits how long it waits.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        *request.metadata_mut() = (*self.headers).clone();
        request
    }
}

fn headers(address: &Address) -> Result<MetadataMap, AddressError> {
    let mut headers = MetadataMap::new();
    for (name, value) in &address.headers {
        let refused = || AddressError::Header(name.clone());
        let key = AsciiMetadataKey::from_bytes(name.as_bytes()).map_err(|_| refused())?;
        let mut value = AsciiMetadataValue::try_from(value.expose_secret()).map_err(|_| refused())?;
        // It may be a token.
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    if let Some(token) = address.token() {
        let value = format!("Bearer {}", token.expose_secret());
        let mut value = AsciiMetadataValue::try_from(value).map_err(|_| AddressError::Token)?;
        value.set_sensitive(true);
        headers.insert("authorization", value);
    }
    Ok(headers)
}
