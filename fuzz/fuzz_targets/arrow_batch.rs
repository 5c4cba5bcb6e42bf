//! See `arrow_batch` in `crates/connect-client/src/fuzz.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| connect_client::fuzz::arrow_batch(bytes));
