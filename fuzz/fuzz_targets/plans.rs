//! See `plans` in `server/src/fuzz.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| berdl_spark_monitor::fuzz::plans(bytes));
