//! Whatever bytes arrive, they become an error or cells, never a panic.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryArray, Int32Array, ListArray, RecordBatch, StringArray, StructArray, types::Int32Type,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use connect_proto::connect::execute_plan_response::ArrowBatch;
use proptest::prelude::*;
use tonic::{Code, Status};

use crate::{
    Address,
    cells::{Budget, cell},
    chunks::Chunks,
    details,
    ipc::decoded,
};

/// A stream with texts, lists and a struct.
fn stream() -> Vec<u8> {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None, Some(vec![])]);
    let bytes: ArrayRef = Arc::new(BinaryArray::from_iter([Some(b"ab"), None, Some(b"cd")]));
    let field = Arc::new(Field::new("b", DataType::Binary, true));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int32Array::from_iter_values(0..3)),
        Arc::new(StringArray::from(vec![Some("a"), None, Some("ünï")])),
        Arc::new(list),
        Arc::new(StructArray::from(vec![(field, bytes)])),
    ];
    let fields = columns.iter().map(|column| Field::new("c", column.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("a batch");
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).expect("a writer");
    writer.write(&batch).expect("it is written");
    writer.into_inner().expect("it is written")
}

fn show(data: &[u8]) {
    for batch in decoded(data, None).unwrap_or_default() {
        for column in batch.columns() {
            for row in 0..column.len().min(100) {
                let _ = cell(column, row, None, &mut Budget::new(1 << 20));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_damaged_batch(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()) {
        let mut data = stream();
        for (at, byte) in changes {
            let at = at.index(data.len());
            data[at] = byte;
        }
        show(&data);
        show(&data[..cut.index(data.len())]);
    }

    #[test]
    fn a_damaged_variant(value in prop::collection::vec(any::<u8>(), 0..40), names in prop::collection::vec(any::<u8>(), 0..20)) {
        let names = [vec![1], names].concat();
        let _ = crate::cells::variant_of(&value, &names, &mut Budget::new(1 << 20));
    }

    #[test]
    fn strange_chunks(chunks in prop::collection::vec((any::<i64>(), any::<Option<i64>>(), any::<Option<i64>>(), any::<Option<i64>>()), 0..6)) {
        let mut all = Chunks::new(100);
        for (row_count, start_offset, chunk_index, num_chunks_in_batch) in chunks {
            let data = vec![0; 10].into();
            let _ = all.add(&ArrowBatch { row_count, data, start_offset, chunk_index, num_chunks_in_batch });
        }
    }

    #[test]
    fn strange_details(message in ".{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let status = Status::with_details(Code::Internal, message, bytes.into());
        let _ = details::of_status(&status).spark_error();
    }

    #[test]
    fn strange_addresses(text in "(sc://)?[a-z\\[:./;=%]{0,30}") {
        let _ = text.parse::<Address>();
    }
}
