//! The codec of all calls: Prost's, which gives up on a message with too many fields.

use std::marker::PhantomData;

use bytes::{Buf, Bytes};
use prost::Message;
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder},
};
use tonic_prost::{ProstCodec, ProstEncoder};

/// How often one message may be read from: each key, length, number and text is one read. An empty element of a list
/// takes two reads and two bytes on the wire but up to 608 bytes in memory, so the size of a message does not bound what
/// it becomes. A column of a schema takes up to 17 reads, so this is enough for 14,000 columns.
const MAX_READS: usize = 250_000;

/// Prost's codec with bounded memory.
#[derive(Debug)]
pub struct BoundedCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for BoundedCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + 'static, U: Message + Default + 'static> Codec for BoundedCodec<T, U> {
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = BoundedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        BoundedDecoder(PhantomData)
    }
}

/// Decodes one message after the other.
#[derive(Debug)]
pub struct BoundedDecoder<U>(PhantomData<U>);

impl<U: Message + Default> Decoder for BoundedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        decoded(buf, MAX_READS).map(Some)
    }
}

fn decoded<U: Message + Default>(buf: impl Buf, max_reads: usize) -> Result<U, Status> {
    let mut counted = Counted { buf, reads_left: max_reads };
    let message = U::decode(&mut counted);
    if counted.reads_left == 0 {
        return Err(Status::out_of_range("a message has too many fields"));
    }
    message.map_err(|error| Status::internal(error.to_string()))
}

/// A message in one piece, which seems to end after some reads.
struct Counted<B> {
    buf: B,
    reads_left: usize,
}

impl<B: Buf> Buf for Counted<B> {
    fn remaining(&self) -> usize {
        if self.reads_left == 0 { 0 } else { self.buf.remaining() }
    }

    fn chunk(&self) -> &[u8] {
        if self.reads_left == 0 { &[] } else { self.buf.chunk() }
    }

    fn advance(&mut self, bytes: usize) {
        self.reads_left = self.reads_left.saturating_sub(1);
        self.buf.advance(bytes);
    }

    // Prost reads a long number at the end of a message byte by byte, and does not ask in between how many are left.
    fn get_u8(&mut self) -> u8 {
        self.buf.get_u8()
    }

    // Without a copy.
    fn copy_to_bytes(&mut self, bytes: usize) -> Bytes {
        self.buf.copy_to_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::{
        Bools, Doubles, ExecutePlanResponse, Longs, Strings,
        execute_plan_response::{ArrowBatch, ExecutionProgress, ResponseType, execution_progress::StageInfo},
        expression::{
            Literal,
            literal::{Array, LiteralType, SpecializedArray, specialized_array::ValueType},
        },
    };

    fn response(response_type: ResponseType) -> Vec<u8> {
        ExecutePlanResponse { response_type: Some(response_type), ..ExecutePlanResponse::default() }.encode_to_vec()
    }

    fn progress(stages: usize) -> Vec<u8> {
        response(ResponseType::ExecutionProgress(ExecutionProgress {
            stages: vec![StageInfo::default(); stages],
            num_inflight_tasks: 0,
        }))
    }

    #[test]
    fn a_message_with_too_many_fields_is_refused_and_a_large_one_with_few_is_not() {
        let stages = progress(1_000_000);
        let refused = decoded::<ExecutePlanResponse>(stages.as_slice(), MAX_READS).expect_err("too many");
        assert_eq!((refused.code(), refused.message()), (tonic::Code::OutOfRange, "a message has too many fields"));
        let batch = ArrowBatch { data: vec![8; 1 << 20].into(), ..ArrowBatch::default() };
        for message in [progress(50_000), response(ResponseType::ArrowBatch(batch))] {
            let whole = decoded::<ExecutePlanResponse>(message.as_slice(), MAX_READS).expect("few enough");
            assert_eq!(whole.encode_to_vec(), message);
        }
    }

    #[test]
    fn arrow_data_is_not_copied() {
        let batch = ArrowBatch { data: vec![8; 1 << 10].into(), ..ArrowBatch::default() };
        let message = Bytes::from(response(ResponseType::ArrowBatch(batch)));
        let decoded = decoded::<ExecutePlanResponse>(message.clone(), MAX_READS).expect("few enough");
        let Some(ResponseType::ArrowBatch(batch)) = decoded.response_type else { panic!("no batch") };
        assert!(message.as_ptr_range().contains(&batch.data.as_ptr()));
    }

    #[test]
    fn fields_that_nobody_reads_are_skipped_whatever_is_in_them() {
        // 60,000 empty lists within `metrics`, and within `observed_metrics`.
        for key in [4 << 3 | 2, 6 << 3 | 2] {
            let mut message = vec![key, 0xc0, 0xa9, 0x07];
            message.extend([0x0a, 0].repeat(60_000));
            let skipped = decoded::<ExecutePlanResponse>(message.as_slice(), 10).expect("three reads");
            assert_eq!(skipped, ExecutePlanResponse::default());
        }
    }

    #[test]
    fn wherever_the_reads_end_the_message_is_refused() {
        let values = [
            ValueType::Bools(Bools { values: vec![true; 3] }),
            ValueType::Longs(Longs { values: vec![-1, 1, i64::MIN] }),
            ValueType::Doubles(Doubles { values: vec![0.5; 3] }),
            ValueType::Strings(Strings { values: vec!["ä".to_owned(); 3] }),
        ];
        let literal = |literal_type| Literal { literal_type: Some(literal_type), ..Literal::default() };
        let array = |value| literal(LiteralType::SpecializedArray(SpecializedArray { value_type: Some(value) }));
        let elements = values.map(array).into_iter().chain([literal(LiteralType::Double(0.5))]).collect();
        let mut message = literal(LiteralType::Array(Array { elements, ..Array::default() })).encode_to_vec();
        let whole = decoded::<Literal>(message.as_slice(), MAX_READS).expect("few enough");
        // An unknown field, whose key is read byte by byte because the message ends like a number that goes on.
        message.extend([0x82, 0x7d, 1, 0xff]);
        let decoded = |max_reads| decoded::<Literal>(message.as_slice(), max_reads);
        let enough = (0..200).find(|max_reads| decoded(*max_reads).is_ok()).expect("enough");
        assert!(enough > 50 && decoded(enough).is_ok_and(|decoded| decoded == whole));
        assert!((0..enough).all(|few| decoded(few).is_err_and(|status| status.code() == tonic::Code::OutOfRange)));
    }
}
