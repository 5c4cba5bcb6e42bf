//! The chip and the panel.
