//! Walks every invariant of the heap; for tests.
