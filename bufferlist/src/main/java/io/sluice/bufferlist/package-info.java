/**
 * Bytes, segments, pipes, checksums, copy accounting and the Linux calls under them. Knows nothing of the rest of Sluice.
 *
 * <p>Start at {@link io.sluice.bufferlist.BufferList}.
 */
package io.sluice.bufferlist;
