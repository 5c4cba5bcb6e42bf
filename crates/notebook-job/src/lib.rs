//! A notebook becomes a job.
