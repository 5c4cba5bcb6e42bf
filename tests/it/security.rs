//! The lines of `docs/security.md` that no other test proves.

mod foreign_text;
mod requests;
mod secrets;
mod users;
