//! The certificates we trust: the system's, and those that the site adds.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};
use rustls_platform_verifier::Verifier;

/// The TLS configuration that all clients share, so that the system's certificates are read only once.
///
/// # Errors
/// When a certificate of the site cannot be used.
pub fn client_config(extra_roots: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    // Ring needs nothing but a C compiler to build.
    let provider = Arc::new(ring::default_provider());
    let builder = || ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let mut config = match Verifier::new_with_extra_roots(extra_roots.iter().cloned(), Arc::clone(&provider)) {
        Ok(verifier) => {
            builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
        }
        // A small container image may have no certificate authorities at all, and plain HTTP must still work there.
        Err(_) => {
            let mut roots = RootCertStore::empty();
            for root in extra_roots {
                roots.add(root.clone())?;
            }
            builder()?.with_root_certificates(roots).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
