//! `history/collector`: what is stored, where, and how to stop it.

use std::sync::{Arc, atomic::Ordering};

use axum::{Json, extract::State};
use history_store::{Kept, Recorder, Store, StoreError};
use wire::{
    ErrorBody,
    past::{Collector, Storage},
};

use super::{History, owner::Owner, unreadable};
use crate::{http::ApiError, words::history};

/// What is stored of the caller's Spark, and where.
#[utoipa::path(get, path = "/history/collector", tag = "history", responses(
    (status = 200, description = "What is stored, and where", body = Collector),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_collector(State(history): State<Arc<History>>, _: Owner) -> Result<Json<Collector>, ApiError> {
    let store = history.read().await?;
    let samples = history.samples.load(Ordering::Relaxed);
    let lost = history.recorder.get().map_or(0, Recorder::lost);
    Ok(Json(collector(&store, samples, lost, history.site.keeps_texts).await.map_err(unreadable)?))
}

/// The answer for an open store.
pub(crate) async fn collector(
    store: &Store,
    samples: bool,
    lost: u64,
    keeps_texts: bool,
) -> Result<Collector, StoreError> {
    let size = store.size().await?;
    // The history of one person is in a file or in memory.
    let local = store.local().ok_or(StoreError::NoFile)?;
    let (storage, place) = match local.kept() {
        Kept::Home => (Storage::File, history::in_a_file()),
        Kept::Copied => (Storage::Copied, history::copied()),
        Kept::Memory(reason) => (Storage::Memory, history::in_memory(reason)),
    };
    Ok(Collector {
        storage,
        file: local.file().map(|file| file.to_string_lossy().into_owned()),
        samples,
        size_bytes: size.bytes,
        most_bytes: local.cap_bytes(),
        points: size.points,
        runs: size.runs,
        oldest_at_ms: size.oldest_ms,
        newest_at_ms: size.newest_ms,
        lost,
        about: history::what_is_stored(keeps_texts).then(place).then(history::how_to_stop()).sentences(),
    })
}
