//! Entry points for `fuzz/`, one for each decoder of what a Connect server sends, with the properties that must hold for
//! any bytes. Compiled with the feature `fuzz` only.

#![expect(clippy::missing_panics_doc, reason = "a panic reports a fault to the fuzzer")]

use std::{panic, sync::Once};

use connect_proto::connect::{FetchErrorDetailsResponse, execute_plan_response::ArrowBatch};
use prost::Message;
use tonic::{Code, Status};

use crate::{
    cells::{Budget, cell},
    chunks::{Chunks, Complete},
    details,
    error::cause,
    ipc::decoded,
    statement::WRAPPER,
};

/// An Arrow stream. What can be decoded can be written as JSON, row by row.
pub fn arrow_batch(bytes: &[u8]) {
    static QUIET: Once = Once::new();
    // Arrow's decoder panics on some damaged data, which `decoded` catches. The fuzzer's hook would end the process even
    // so; a panic that is not caught still ends it.
    QUIET.call_once(|| panic::set_hook(Box::new(|_| {})));
    let Ok(batches) = decoded(bytes, None) else { return };
    let rows: usize = batches.iter().map(arrow_array::RecordBatch::num_rows).sum();
    assert!(decoded(bytes, i64::try_from(rows).ok()).is_ok() && decoded(bytes, Some(-1)).is_err());
    for column in batches.iter().flat_map(|batch| batch.columns()) {
        for row in 0..column.len().min(100) {
            let _ = cell(column, row, None, &mut Budget::new(1 << 20));
        }
    }
}

/// Chunks, each from six bytes: rows, offset, index, number, presence of the last three, length. What is put together
/// is what arrived, in its order, and never more than allowed.
pub fn chunks(bytes: &[u8]) {
    const MOST: u64 = 2000;
    let mut all = Chunks::new(MOST);
    let (mut batch, mut arrived) = (Vec::new(), 0);
    for (number, chunk) in bytes.chunks_exact(6).enumerate() {
        let &[rows, offset, index, chunks, present, length] = chunk else { return };
        let small = |byte: u8, bit: u8| (present & bit != 0).then_some(i64::from(byte.cast_signed()));
        let data = vec![number.to_le_bytes()[0]; length.into()];
        let chunk = ArrowBatch {
            row_count: rows.cast_signed().into(),
            data: data.clone().into(),
            start_offset: small(offset, 1),
            chunk_index: small(index, 2),
            num_chunks_in_batch: small(chunks, 4),
        };
        arrived += u64::from(length);
        match all.add(&chunk) {
            Err(_) => return,
            Ok(None) => batch.extend(data),
            Ok(Some(Complete { data: got, rows })) => {
                batch.extend(data);
                assert!(got == batch && rows >= 0);
                batch.clear();
            }
        }
        assert!(all.bytes() == arrived && arrived <= MOST);
        assert_eq!(all.end().is_err(), matches!(chunk.num_chunks_in_batch, Some(n) if n != chunk.chunk_index() + 1));
    }
}

/// A gRPC status: its code, the length of its text, the text, details. Then the same bytes as the answer to
/// `FetchErrorDetails`. No text that is kept is longer than allowed.
pub fn status_details(bytes: &[u8]) {
    let [code, length, rest @ ..] = bytes else { return };
    let (text, details) = rest.split_at_checked(usize::from(*length)).unwrap_or((rest, &[]));
    let text = String::from_utf8_lossy(text).into_owned();
    let status = Status::with_details(Code::from_i32((*code).into()), text, details.to_vec().into());
    let _ = cause(&status);
    let mut error = details::of_status(&status).spark_error().unwrap_or_default();
    if let Ok(answer) = FetchErrorDetailsResponse::decode(details) {
        error.complete(&answer);
    }
    let error = error.unwrapped(WRAPPER);
    assert!(error.message.len() < 70_000 && error.contexts.iter().all(|context| context.start >= 0));
}
