package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.MemfdBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of one write: an immutable snapshot, in memory files when it is large, and the
 * checksums of exactly those bytes.
 *
 * <p><b>Invariants:</b> nobody changes the bytes while the payload lives, so bytes and checksums
 * agree however often they are sent; should they not, {@link #stillMatches} says so before they go
 * out again.
 *
 * <p><b>Threads:</b> one owner at a time. <b>Owns</b> its buffers, which go back to their pool when
 * closed and no longer in a socket's queue.
 */
public final class Payload implements AutoCloseable {
  /** A run of the payload: its bytes mapped, and the lease they are in (null for plain memory). */
  record Part(ByteBuffer bytes, MemfdBuffer lease) {}

  private final List<Part> parts;
  private final long length;
  private final ChecksumVector checksums;
  private final int crc;
  private final LeasedBuffer lent;
  private boolean shared;
  private boolean settled;
  private boolean closed;

  /** Takes over the parts; all but the last are whole checksum blocks. */
  Payload(List<Part> parts) {
    this(parts, null);
  }

  /** Bytes of a lease that its owner gets back when this is closed. */
  Payload(Part part, LeasedBuffer lent) {
    this(List.of(part), lent);
  }

  private Payload(List<Part> parts, LeasedBuffer lent) {
    this.parts = List.copyOf(parts);
    this.lent = lent;
    this.length = parts.stream().mapToLong(part -> part.bytes().remaining()).sum();
    this.checksums = compute();
    this.crc = checksums.combined(Crc32c.SEED);
  }

  private ChecksumVector compute() {
    int[] crcs =
        new int[Math.toIntExact((length + ChecksumVector.BLOCK - 1) / ChecksumVector.BLOCK)];
    int at = 0;
    for (Part part : parts) {
      ByteBuffer bytes = part.bytes();
      for (int from = 0; from < bytes.remaining(); from += ChecksumVector.BLOCK) {
        int count = Math.min(ChecksumVector.BLOCK, bytes.remaining() - from);
        crcs[at++] = Crc32c.update(Crc32c.SEED, bytes.slice(bytes.position() + from, count));
      }
    }
    return new ChecksumVector(length, crcs);
  }

  public long length() {
    return length;
  }

  /** CRC-32C of each 4 KiB. */
  public ChecksumVector checksums() {
    return checksums;
  }

  /** CRC-32C of the whole, seed -1. */
  public int crc() {
    return crc;
  }

  /** True when the bytes still have the checksums they had at first. Reads all of them. */
  boolean stillMatches() {
    return compute().equals(checksums);
  }

  /** The bytes for one attempt at sending; the caller's to close. */
  BufferList share() {
    if (closed) {
      throw new IllegalStateException("payload used after close");
    }
    shared = true;
    BufferList list = new BufferList();
    for (Part part : parts) {
      if (part.lease() != null) {
        list.claimAppend(part.lease().segment(0, part.bytes().remaining()));
      } else {
        list.claimAppend(BufferList.wrap(part.bytes().duplicate()));
      }
    }
    return list;
  }

  /**
   * Everybody who was sent the bytes has answered, at the first attempt: the buffers may be
   * refilled in place.
   */
  void settled() {
    settled = true;
    for (Part part : parts) {
      if (part.lease() != null) {
        part.lease().settled();
      }
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (lent != null) {
      lent.comeBack(settled || !shared);
      return;
    }
    List<MemfdBuffer> leases = new ArrayList<>();
    parts.forEach(part -> leases.add(part.lease()));
    leases.stream().filter(java.util.Objects::nonNull).forEach(MemfdBuffer::release);
  }

  @Override
  public String toString() {
    return "Payload["
        + length
        + " bytes in "
        + parts.size()
        + " parts"
        + (closed ? ", closed]" : "]");
  }
}
