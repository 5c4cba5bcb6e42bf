//! Tests that take minutes, with the executable: `cargo xtask verify faults` and `cargo xtask verify soak`.

mod machine;
mod soak;
