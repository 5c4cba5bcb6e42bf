//! See `status_details` in `crates/connect-client/src/fuzz.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| connect_client::fuzz::status_details(bytes));
