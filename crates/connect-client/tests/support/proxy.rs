//! What can stand between a client and a server: something that cuts connections, or that ends TLS.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer},
};

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// In order, as when a server ends.
    Fin,
    /// At once, as when a machine restarts.
    Reset,
}

/// A server on a free port that passes connections on.
pub struct Proxy {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start<F>(target: String, serve: impl Fn(TcpStream, TcpStream, usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = counter.fetch_add(1, Ordering::Relaxed);
                if let Ok(server) = TcpStream::connect(&target).await {
                    tokio::spawn(serve(client, server, number));
                }
            }
        });
        Self { address, connections }
    }

    /// Cuts the first `cuts` connections, each after so many bytes from the server.
    pub async fn cutting(target: String, cuts: usize, bytes: u64, how: Cut) -> Self {
        Self::start(target, move |mut client, mut server, number| async move {
            if number >= cuts {
                let _ = copy_bidirectional(&mut client, &mut server).await;
                return;
            }
            if how == Cut::Reset {
                client.set_zero_linger().expect("the client's socket can be reset");
            }
            let (from_client, to_client) = client.split();
            let (from_server, to_server) = server.split();
            tokio::select! {
                () = pass(from_client, to_server, u64::MAX) => {}
                () = pass(from_server, to_client, bytes) => {}
            }
            if how == Cut::Fin {
                let _ = client.shutdown().await;
            }
        })
        .await
    }

    /// Ends TLS with this certificate.
    pub async fn tls(target: String, certificate: Certificate) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(certificate.0));
        Self::start(target, move |client, mut server, _| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(mut client) = acceptor.accept(client).await {
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                }
            }
        })
        .await
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn pass(from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, bytes: u64) {
    let _ = copy(&mut from.take(bytes), &mut to).await;
    let _ = to.flush().await;
}

/// A server's certificate with its key.
pub struct Certificate(ServerConfig);

/// A certificate authority of the test's own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(parameters, key), pem }
    }

    /// A certificate for a name or an address.
    pub fn certificate(&self, name: &str) -> Certificate {
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new([name.to_owned()]).expect("a name");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("a certificate");
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
            .expect("they fit together");
        config.alpn_protocols = vec![b"h2".to_vec()];
        Certificate(config)
    }
}
