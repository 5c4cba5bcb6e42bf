//! Small parts for every bundle: functions from values to HTML.

pub mod bar;
pub mod filled;
pub mod icon_button;
pub mod notice;
pub mod section;
pub mod tone;
