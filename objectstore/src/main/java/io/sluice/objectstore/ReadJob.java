package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * One read under way: all its blocks are asked for at once, and checked when the last has come.
 *
 * <p>Checking a little is done where the transfers end; much of it, and reading again what came
 * short, failed or does not match, on a worker, as that takes a while.
 *
 * <p><b>Threads:</b> a worker to start with, then the queue's or a worker. <b>Owns</b> its memory
 * until the listener gets it.
 */
final class ReadJob {
  /** What a loop checks by itself: 20 us. */
  static final int SMALL_BYTES = 64 << 10;

  /** What reads work with. */
  record Parts(DataIo io, BlobReader blobs, DataCache cache, Executor workers) {}

  /** Told once. */
  interface Listener {
    void read(BufferList bytes);

    void failed(Throwable cause);
  }

  private final Parts parts;
  private final Object name;
  private final List<Piece> pieces;
  private final Listener listener;
  private final boolean small;

  /** Of each piece: what it is read into, or what it is. */
  private final List<List<BlobReader.Chunk>> chunks = new ArrayList<>();

  private final List<BufferList> ready = new ArrayList<>();

  ReadJob(Parts parts, Object name, List<Piece> pieces, Listener listener) {
    this.parts = parts;
    this.name = name;
    this.pieces = pieces;
    this.listener = listener;
    this.small = pieces.stream().mapToLong(Piece::length).sum() <= SMALL_BYTES;
  }

  /** Asks for everything; the listener may be told before this returns. */
  void start() {
    Transfers transfers =
        new Transfers(IoQueue.Kind.READ, parts.io().files(), parts.io().buffers());
    try {
      for (Piece piece : pieces) {
        add(piece, transfers);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
      return;
    }
    if (chunks.stream().allMatch(List::isEmpty)) {
      finish();
    } else {
      transfers.submit(parts.io().queue(), (whole, failure) -> arrived(whole));
    }
  }

  private void add(Piece piece, Transfers transfers) {
    BufferList bytes = new BufferList();
    ready.add(bytes);
    List<BlobReader.Chunk> own = new ArrayList<>(1);
    chunks.add(own);
    if (piece instanceof Piece.Hole hole) {
      ObjectReader.appendZeros(bytes, hole.length());
    } else if (piece instanceof Piece.Inline inline) {
      bytes.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(inline.bytes())));
    } else {
      Piece.OnDisk disk = (Piece.OnDisk) piece;
      BlobReader.Range range = disk.range();
      boolean cached =
          small && parts.cache().appendTo(bytes, disk.blob(), range.offset(), range.length());
      if (!cached) {
        own.addAll(parts.blobs().chunks(range));
        ExtentCursor where = new ExtentCursor(range.blob().disk());
        own.forEach(chunk -> transfers.add(where, chunk.from(), chunk.address(), chunk.bytes()));
      }
    }
    bytes.handOver(); // to whoever finishes
  }

  private void arrived(boolean whole) {
    boolean good;
    try {
      good = small && whole && allMatch();
      if (!good) {
        parts.workers().execute(() -> check(whole));
      }
    } catch (RuntimeException | Error e) { // closed, or out of memory: whoever waits must be told
      fail(e);
      return;
    }
    if (good) {
      finish();
    }
  }

  private boolean allMatch() {
    return chunks.stream().allMatch(own -> own.stream().allMatch(this::matches));
  }

  private boolean matches(BlobReader.Chunk chunk) {
    return parts.blobs().firstBad(chunk) < 0;
  }

  /**
   * @param whole false when a transfer came short or failed: then all of it is read again, as what
   *     lies in the memory may be left from an earlier read
   */
  private void check(boolean whole) {
    try {
      for (List<BlobReader.Chunk> own : chunks) {
        for (BlobReader.Chunk chunk : own) {
          if (!whole || !matches(chunk)) {
            parts.blobs().readAgain(chunk, name);
          }
        }
      }
    } catch (Throwable e) { // also out of memory: whoever waits must be told
      fail(e);
      return;
    }
    finish();
  }

  private void finish() {
    BufferList all;
    try {
      all = assembled();
    } catch (RuntimeException | Error e) { // whoever waits must be told
      listener.failed(e);
      return;
    }
    listener.read(all.handOver());
  }

  private BufferList assembled() {
    BufferList all = new BufferList();
    for (int i = 0; i < chunks.size(); i++) {
      all.claimAppend(ready.get(i));
      for (BlobReader.Chunk chunk : chunks.get(i)) {
        if (small) {
          long blob = ((Piece.OnDisk) pieces.get(i)).blob();
          parts.cache().offer(blob, chunk.from(), chunk.memory());
        }
        chunk.claimInto(all);
      }
    }
    return all;
  }

  private void fail(Throwable cause) {
    chunks.forEach(own -> own.forEach(BlobReader.Chunk::release));
    ready.forEach(BufferList::close);
    listener.failed(cause);
  }
}
