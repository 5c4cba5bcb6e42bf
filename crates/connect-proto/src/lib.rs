//! Messages and stubs of Spark Connect's protocol, generated from the descriptors of PySpark 4.3.
//!
//! `cargo xtask connect-proto` writes them. They are checked in, so that nobody needs `protoc` or a code generator.

pub mod codec;

#[rustfmt::skip]
#[path = "generated/connect.rs"]
pub mod connect;

/// How gRPC services describe errors: `google.rpc.Status` and what its details contain.
#[rustfmt::skip]
#[path = "generated/rpc.rs"]
pub mod rpc;
