//! Streams that are short and would take gigabytes, made from real ones by changing their metadata.

use std::ops::Range;

use arrow_array::{
    ArrayRef, DictionaryArray, Int64Array, NullArray,
    builder::{LargeListBuilder, NullBuilder},
    types::Int32Type,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};

use super::*;

fn stream(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let fields = columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("a batch");
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).expect("a writer");
    writer.write(&batch).expect("it is written");
    writer.into_inner().expect("it is written")
}

/// The first two messages: the schema, and the batch with its body.
fn messages(stream: &[u8]) -> (Message<'_>, Message<'_>, &[u8]) {
    let mut rest = stream;
    let mut next = || next_message(&mut rest).expect("a message").expect("a message");
    let ((schema, _), (batch, body)) = (next(), next());
    (schema, batch, body)
}

/// Where in the stream a part of it is.
fn place(stream: &[u8], part: &[u8]) -> Range<usize> {
    let at = part.as_ptr().addr() - stream.as_ptr().addr();
    at..at + part.len()
}

fn reason(stream: &[u8]) -> String {
    decoded(stream, None).expect_err("it is refused").to_string()
}

#[test]
fn what_spark_sends_is_read() {
    for (stream, columns) in [
        (include_bytes!("../../../../fuzz/seeds/values.arrow").as_slice(), 15),
        (include_bytes!("../../../../fuzz/seeds/variant.arrow"), 1),
    ] {
        let batches = decoded(stream, None).expect("batches");
        assert_eq!(batches.iter().map(RecordBatch::num_columns).collect::<Vec<_>>(), [columns]);
        assert!(batches[0].num_rows() > 1);
    }
}

#[test]
fn buffers_may_not_be_the_same_bytes_of_the_body_many_times() {
    let column = || ("n", Arc::new(Int64Array::from_iter_values(0..1000)) as ArrayRef);
    let mut stream = stream((0..8).map(|_| column()).collect());
    let (_, batch, body) = messages(&stream);
    let buffers = batch.header_as_record_batch().expect("a batch").buffers().expect("buffers");
    let (at, most) = (place(&stream, buffers.bytes()), body.len() as i64 - 1);
    for buffer in stream[at].chunks_exact_mut(16) {
        // Not aligned, so that each would be copied.
        buffer.copy_from_slice(&[1, most].map(i64::to_le_bytes).concat());
    }
    assert!(reason(&stream).contains("the buffers of a batch are larger than its body"));
}

#[test]
fn fields_may_not_be_the_same_long_name_many_times() {
    let long = "x".repeat(10_000);
    let names = std::iter::once(long.as_str()).chain(std::iter::repeat_n("y", 100));
    let mut stream = stream(names.map(|name| (name, Arc::new(NullArray::new(1)) as ArrayRef)).collect());
    let (schema, ..) = messages(&stream);
    let fields = schema.header_as_schema().expect("a schema").fields().expect("fields");
    let (at, metadata) = (place(&stream, fields.bytes()), fields.get(0)._tab.buf());
    let begin = place(&stream, metadata).start;
    let table = begin + fields.get(0)._tab.loc();
    for offset in at.step_by(4) {
        let distance = u32::try_from(table - offset).expect("it is near");
        stream[offset..offset + 4].copy_from_slice(&distance.to_le_bytes());
    }
    assert!(reason(&stream).contains("a message is damaged"));
}

#[test]
fn a_message_does_not_have_too_many_fields() {
    let nulls = |fields| vec![("n", Arc::new(NullArray::new(1)) as ArrayRef); fields];
    assert!(decoded(&stream(nulls(20_000)), Some(1)).is_ok());
    assert!(reason(&stream(nulls(110_000))).contains("a message is damaged"));
}

#[test]
fn a_list_of_nulls_is_not_longer_than_spark_can_count() {
    let mut lists = LargeListBuilder::new(NullBuilder::new());
    lists.values().append_nulls(3);
    lists.append(true);
    let mut stream = stream(vec![("l", Arc::new(lists.finish()))]);
    let (_, batch, _) = messages(&stream);
    let nodes = batch.header_as_record_batch().expect("a batch").nodes().expect("nodes");
    let items = place(&stream, nodes.bytes()).skip(16).step_by(8).collect::<Vec<_>>();
    for (length, is_read) in [(i64::from(i32::MAX), true), (1 << 31, false), (-1, false)] {
        for at in &items {
            stream[*at..at + 8].copy_from_slice(&length.to_le_bytes());
        }
        assert_eq!(decoded(&stream, Some(1)).is_ok(), is_read, "{length}");
    }
}

#[test]
fn dictionaries_are_refused() {
    let column: DictionaryArray<Int32Type> = ["a", "b", "a"].into_iter().collect();
    assert!(reason(&stream(vec![("d", Arc::new(column))])).contains("it contains more than batches"));
}
