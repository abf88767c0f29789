/** Staging, transactions, extents, allocator, commit pipeline and RocksDB metadata. */
package io.sluice.objectstore;
