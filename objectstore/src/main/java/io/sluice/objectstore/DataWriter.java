package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Segment;
import io.sluice.bufferlist.Sys;
import io.sluice.bufferlist.SystemCallException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stages lists: gives them extents at once, has a worker write them.
 *
 * <p>What is in flight is bounded by the free space, and in practice by whoever received the bytes:
 * a list holds its pipes and memory, which are bounded where they come from, until it is written.
 *
 * <p><b>Threads:</b> any for {@link #claimStage}, which makes a system call only when the file
 * system has to be asked for more blocks.
 */
final class DataWriter implements StagedBlob.Owner {
  /** What happens when a blob is on disk, or the disk failed. */
  interface Events {
    void written();

    void failed(String what, Throwable cause);
  }

  /** A run of bytes of a blob on its way to disk: from {@code at} on. */
  private record Part(StagedBlob blob, long at, long length) {
    List<DiskExtent> extents() {
      return DiskExtent.part(blob.extents(), at, length);
    }
  }

  private final DataIo io;
  private final DataFiles files;
  private final Allocator allocator;
  private final StoreConfig config;
  private final Workers workers;
  private final Events events;
  private final AtomicBoolean provisioning = new AtomicBoolean();
  private final LongAdder stagedBytes = new LongAdder();
  private final LongAdder stagedBlobs = new LongAdder();
  private final LongAdder calls = new LongAdder();
  private final LongAdder[] routes = new LongAdder[WriteRoute.values().length];
  private final ThreadLocal<BlobWriter> writers;

  DataWriter(DataIo io, Allocator allocator, StoreConfig config, Workers workers, Events events) {
    this.io = io;
    this.files = io.files();
    this.allocator = allocator;
    this.config = config;
    Arrays.setAll(routes, route -> new LongAdder());
    this.workers = workers;
    this.events = events;
    this.writers = ThreadLocal.withInitial(() -> workers.own(new BlobWriter(files, config)));
  }

  StagedBlob claimStage(BufferList data, ChecksumVector checksums) throws StoreException {
    long length = data.length();
    if (checksums != null && checksums.length() != length) {
      data.close();
      throw new IllegalArgumentException(
          "checksums of " + checksums.length() + " bytes for " + length);
    }
    StagedBlob blob;
    try {
      blob = begin(length);
    } catch (StoreException e) {
      data.close();
      throw e;
    }
    append(blob, data, checksums);
    return blob;
  }

  /** Room for so many bytes, which {@link #append} brings. */
  StagedBlob begin(long length) throws StoreException {
    List<DiskExtent> extents = length == 0 ? List.of() : allocator.allocate(length);
    if (extents == null) {
      throw noSpace(length, "the store has " + allocator.freeBytes() + " free");
    }
    provision(extents, length);
    stagedBlobs.increment();
    if (!extents.isEmpty()) {
      provisionAhead(extents.get(extents.size() - 1));
    }
    return new StagedBlob(this, length, extents);
  }

  /**
   * The next bytes of a blob, taken over. Pipes are emptied side by side: a splice keeps its thread
   * until the disk has the bytes, and one of 1 MiB at a time leaves the disk idle in between.
   */
  void append(StagedBlob blob, BufferList data, ChecksumVector checksums) {
    if (!isManyPipes(data)) {
      appendPiece(blob, data, checksums);
      return;
    }
    long from = 0;
    try (data) {
      while (!data.isEmpty()) {
        Segment pipe = data.pollSegment();
        long count = pipe.length();
        ChecksumVector vector = checksums == null ? null : checksums.slice(from, count);
        appendPiece(blob, new BufferList().claimAppend(pipe), vector);
        from += count;
      }
    }
  }

  /** Several, which all end on a block boundary, the last one perhaps excepted. */
  private boolean isManyPipes(BufferList data) {
    if (data.segments().size() < 2 || WriteRoute.of(data, files) != WriteRoute.PIPE_DIRECT) {
      return false;
    }
    long end = 0;
    boolean whole = true;
    for (Segment segment : data.segments()) {
      whole &= end % DiskExtent.BLOCK == 0;
      end += segment.length();
    }
    return whole;
  }

  private void appendPiece(StagedBlob blob, BufferList data, ChecksumVector checksums) {
    long at;
    try {
      at = blob.beginPiece(data.length());
    } catch (IllegalArgumentException e) {
      data.close();
      throw e;
    }
    if (at < 0) {
      data.close();
      return;
    }
    stagedBytes.add(data.length());
    WriteRoute route = WriteRoute.of(data, files);
    routes[route.ordinal()].increment();
    Part part = new Part(blob, at, data.length());
    data.handOver();
    if (route == WriteRoute.MEMORY_DIRECT) {
      queue(part, data, checksums);
    } else {
      workers.execute(() -> write(part, data, checksums));
    }
  }

  static StoreException noSpace(long length, String why) {
    return new StoreException(
        StoreException.Kind.NO_SPACE, "no room for " + length + " bytes: " + why);
  }

  private void provision(List<DiskExtent> extents, long length) throws StoreException {
    try {
      for (DiskExtent extent : extents) {
        if (!files.provision(extent)) {
          giveUp(extents);
          throw noSpace(length, "the file system is full");
        }
      }
    } catch (IOException e) {
      giveUp(extents);
      events.failed("blocks cannot be allocated", e);
      throw noSpace(length, e.getMessage());
    }
  }

  /** So that the next caller, an event loop, finds blocks at hand. */
  private void provisionAhead(DiskExtent extent) {
    if (files.runsShort(extent) && !provisioning.getAndSet(true)) {
      workers.execute(
          () -> {
            try {
              files.provisionAhead(extent);
            } catch (IOException e) {
              events.failed("blocks cannot be allocated", e);
            } finally {
              provisioning.set(false);
            }
          });
    }
  }

  private void giveUp(List<DiskExtent> extents) {
    extents.forEach(allocator::free);
  }

  private void write(Part part, BufferList data, ChecksumVector checksums) {
    ChecksumVector vector = checksums;
    try (data) {
      ChecksumScanner scanner = checksums == null ? new ChecksumScanner(part.length()) : null;
      writers.get().write(data, part.extents(), scanner);
      vector = scanner == null ? checksums : scanner.finish();
    } catch (Throwable e) { // also out of memory: nobody else would tell who waits for the blob
      part.blob().failed();
      events.failed("staged data could not be written", e);
      return;
    }
    written(part, vector);
  }

  private void written(Part part, ChecksumVector vector) {
    if (part.blob().pieceWritten(part.at(), vector)) {
      part.blob().written(files.blobWritten());
      events.written();
    }
  }

  /** Only what has to be looked at first needs a worker. */
  private void queue(Part part, BufferList data, ChecksumVector checksums) {
    QueuedWrite write = new QueuedWrite(io, data, part.extents());
    if (checksums != null) {
      submit(part, write, checksums);
      return;
    }
    workers.execute(
        () -> {
          ChecksumScanner scanner = new ChecksumScanner(part.length());
          try {
            write.scan(scanner, config.meter());
          } catch (Throwable e) { // nobody else would tell who waits for the blob
            fail(part, write, e);
            return;
          }
          submit(part, write, scanner.finish());
        });
  }

  private void submit(Part part, QueuedWrite write, ChecksumVector vector) {
    int made =
        write.submit(
            (whole, failure) -> {
              if (whole) {
                written(part, write, vector);
              } else if (failure < 0) {
                Sys sys = config.sys();
                fail(part, write, new SystemCallException(sys, "write", (int) -failure));
              } else {
                again(part, write, vector);
              }
            });
    calls.add(made);
  }

  private void written(Part part, QueuedWrite write, ChecksumVector vector) {
    write.close();
    written(part, vector);
  }

  private void again(Part part, QueuedWrite write, ChecksumVector vector) {
    try {
      workers.execute(() -> writeAgain(part, write, vector));
    } catch (RejectedExecutionException e) {
      fail(part, write, e);
    }
  }

  private void writeAgain(Part part, QueuedWrite write, ChecksumVector vector) {
    try {
      write.writeAgain();
    } catch (Throwable e) { // nobody else would tell who waits for the blob
      fail(part, write, e);
      return;
    }
    written(part, write, vector);
  }

  private void fail(Part part, QueuedWrite write, Throwable cause) {
    write.close();
    part.blob().failed();
    events.failed("staged data could not be written", cause);
  }

  /** An aborted blob's extents: never committed, so nobody reads them and no flush is needed. */
  @Override
  public void release(StagedBlob blob) {
    blob.extents().forEach(allocator::free);
  }

  long stagedBytes() {
    return stagedBytes.sum();
  }

  long stagedBlobs() {
    return stagedBlobs.sum();
  }

  /** System calls, or their io_uring counterparts, of memory that needed no worker. */
  long queuedCalls() {
    return calls.sum();
  }

  /** Staged lists by the way they took. */
  Map<String, Object> routes() {
    Map<String, Object> counts = new TreeMap<>();
    for (WriteRoute route : WriteRoute.values()) {
      counts.put(route.name().toLowerCase(Locale.ROOT), routes[route.ordinal()].sum());
    }
    return counts;
  }
}
