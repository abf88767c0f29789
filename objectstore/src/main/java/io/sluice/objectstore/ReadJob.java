package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * One read under way: all its blocks are asked for at once, and checked when the last has come.
 *
 * <p>Three ways, by length: hot blocks of small reads are in the {@link DataCache}; one run of a
 * middling length comes from the page cache, in the caller's thread when it is there; all else
 * passes the page cache by.
 *
 * <p>Checking a little is done where the transfers end; much of it, and reading again what came
 * short, failed or does not match, on a worker, as that takes a while.
 *
 * <p><b>Threads:</b> any to start with, then the queue's or a worker. <b>Owns</b> its memory until
 * the listener gets it.
 */
final class ReadJob {
  /** Of larger reads nothing is kept in the heap, where the page cache may. */
  private static final int CACHED_BYTES = 16 << 10;

  /** The same where there is none: larger ones are not what is asked for again and again. */
  private static final int CACHED_BYTES_WITHOUT_PAGES = 64 << 10;

  /** What a loop checks by itself: 20 us. */
  private static final int CHECKED_IN_LOOP_BYTES = 128 << 10;

  /** What reads work with. */
  record Parts(DataIo io, BlobReader blobs, DataCache cache, Executor workers) {}

  /** Told once. */
  interface Listener {
    void read(BufferList bytes);

    void failed(Throwable cause);
  }

  /** A piece, and what there is of it: its bytes already, or the chunks that they are read into. */
  private static final class Part {
    final Piece piece;
    BufferList cached;
    List<BlobReader.Chunk> chunks = List.of();

    Part(Piece piece) {
      this.piece = piece;
    }

    /** Null when it is not in the data files. */
    Piece.OnDisk disk() {
      return piece instanceof Piece.OnDisk disk ? disk : null;
    }
  }

  private final Parts with;
  private final boolean fromDisk;
  private final Object name;
  private final Listener listener;
  private final List<Part> parts;
  private final long length;
  private final long cachedBytesMax;

  /**
   * @param fromDisk no cache answers, for who wants to know what the disk holds
   */
  ReadJob(Parts with, boolean fromDisk, Object name, List<Piece> pieces, Listener listener) {
    this.with = with;
    this.fromDisk = fromDisk;
    this.name = name;
    this.listener = listener;
    this.parts = new ArrayList<>(pieces.size());
    long sum = 0;
    for (Piece piece : pieces) {
      parts.add(new Part(piece));
      sum += piece.length();
    }
    this.length = sum;
    this.cachedBytesMax = with.io().hasPages() ? CACHED_BYTES : CACHED_BYTES_WITHOUT_PAGES;
  }

  /** Asks for everything; the listener may be told before this returns. */
  void start() {
    List<Part> missing;
    Transfers transfers;
    try {
      missing = missing();
      transfers = missing.isEmpty() ? null : transfers(missing);
    } catch (RuntimeException | Error e) {
      fail(e);
      return;
    }
    if (transfers != null) {
      transfers.submit(with.io().queue(), (whole, failure) -> arrived(whole));
    } else if (missing.isEmpty()) {
      finish();
    } else {
      arrived(true);
    }
  }

  /** What has to be read. */
  private List<Part> missing() {
    List<Part> missing = new ArrayList<>(parts.size());
    for (Part part : parts) {
      Piece.OnDisk disk = part.disk();
      if (disk != null && !isCached(part, disk)) {
        missing.add(part);
      }
    }
    return missing;
  }

  private boolean isCached(Part part, Piece.OnDisk disk) {
    if (length > cachedBytesMax || fromDisk) {
      return false;
    }
    BufferList bytes = new BufferList();
    BlobReader.Range range = disk.range();
    if (!with.cache().appendTo(bytes, disk.blob(), range.offset(), range.length())) {
      return false;
    }
    part.cached = bytes.handOver(); // to whoever finishes
    return true;
  }

  /** Null when the page cache had it all. */
  private Transfers transfers(List<Part> missing) {
    List<BlobReader.Range> ranges = new ArrayList<>(missing.size());
    for (Part part : missing) {
      ranges.add(part.disk().range());
    }
    List<List<BlobReader.Chunk>> chunks = with.blobs().chunks(ranges);
    for (int i = 0; i < chunks.size(); i++) {
      missing.get(i).chunks = chunks.get(i);
    }
    Transfers transfers = new Transfers(IoQueue.Kind.READ, with.io().files(), with.io().buffers());
    if (isForPages(missing)) {
      if (allHere(chunks.get(0))) {
        return null;
      }
      transfers.throughPages();
    }
    for (int i = 0; i < chunks.size(); i++) {
      for (BlobReader.Chunk chunk : chunks.get(i)) {
        transfers.add(chunk.where(), chunk.from(), chunk.address(), chunk.bytes());
      }
    }
    return transfers;
  }

  /**
   * Long enough that a copy of it in the heap would be a burden, and so short that the caller may
   * copy it: Linux keeps it, as far as memory goes ([M] 64 KiB that are there cost a loop 20 us,
   * and no other thread).
   */
  private boolean isForPages(List<Part> missing) {
    return with.io().hasPages()
        && !fromDisk
        && missing.size() == 1
        && length > cachedBytesMax
        && length <= CHECKED_IN_LOOP_BYTES;
  }

  private boolean allHere(List<BlobReader.Chunk> chunks) {
    for (BlobReader.Chunk chunk : chunks) {
      if (!with.blobs().readNow(chunk)) {
        return false;
      }
    }
    return true;
  }

  private void arrived(boolean whole) {
    boolean good;
    try {
      good = whole && length <= CHECKED_IN_LOOP_BYTES && allMatch();
      if (!good) {
        with.workers().execute(() -> check(whole));
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
    for (Part part : parts) {
      for (BlobReader.Chunk chunk : part.chunks) {
        if (!matches(chunk)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean matches(BlobReader.Chunk chunk) {
    return with.blobs().firstBad(chunk) < 0;
  }

  /**
   * @param whole false when a transfer came short or failed: then all of it is read again, as what
   *     lies in the memory may be left from an earlier read
   */
  private void check(boolean whole) {
    try {
      for (Part part : parts) {
        for (BlobReader.Chunk chunk : part.chunks) {
          if (!whole || !matches(chunk)) {
            with.blobs().readAgain(chunk, name);
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
    for (Part part : parts) {
      if (part.cached != null) {
        all.claimAppend(part.cached);
      } else if (part.piece instanceof Piece.OnDisk disk) {
        for (BlobReader.Chunk chunk : part.chunks) {
          if (length <= cachedBytesMax && !fromDisk) {
            with.cache().offer(disk.blob(), chunk.from(), chunk.memory());
          }
          chunk.claimInto(all);
        }
      } else {
        ObjectReader.append(all, part.piece);
      }
    }
    return all;
  }

  private void fail(Throwable cause) {
    for (Part part : parts) {
      part.chunks.forEach(BlobReader.Chunk::release);
      if (part.cached != null) {
        part.cached.close();
      }
    }
    listener.failed(cause);
  }
}
