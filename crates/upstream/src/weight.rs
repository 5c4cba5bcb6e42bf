//! How much memory a value holds, so that lists and caches can be limited in bytes.

/// A value whose memory can be counted.
pub trait Weight {
    /// Bytes that the value holds on the heap, by the capacity of its parts; the value itself is not included.
    fn weight_bytes(&self) -> usize;
}

/// Bytes that one heap allocation takes: at least 32, with the allocator's header.
fn block_bytes(capacity: usize) -> usize {
    if capacity == 0 { 0 } else { (capacity + 8).next_multiple_of(16).max(32) }
}

impl Weight for bytes::Bytes {
    fn weight_bytes(&self) -> usize {
        self.len()
    }
}

impl Weight for i64 {
    fn weight_bytes(&self) -> usize {
        0
    }
}

impl Weight for String {
    fn weight_bytes(&self) -> usize {
        block_bytes(self.capacity())
    }
}

impl<T: Weight> Weight for Option<T> {
    fn weight_bytes(&self) -> usize {
        self.as_ref().map_or(0, T::weight_bytes)
    }
}

impl<T: Weight> Weight for Vec<T> {
    fn weight_bytes(&self) -> usize {
        block_bytes(self.capacity() * size_of::<T>()) + self.iter().map(T::weight_bytes).sum::<usize>()
    }
}
