package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Makes lists of segments of all kinds over known bytes: the content of one memfd, from which
 * fragments reach pipes at any alignment.
 */
final class Lists implements AutoCloseable {
  static final int PAGE = 4096;

  private static final Sys SYS = Linux.instance();
  private static final int PIPE_SLOTS = 256;

  private final PipePool pool;
  private final int memfd;
  final byte[] content;

  Lists(PipePool pool, int bytes, long seed) {
    this.pool = pool;
    content = new byte[bytes];
    new Random(seed).nextBytes(content);
    memfd = SYS.memfdCreate("sluice-test", 1);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes).put(content);
    if (SYS.pwrite(memfd, DirectBuffers.addressOf(direct), bytes, 0) != bytes) {
      throw new IllegalStateException("memfd");
    }
  }

  /**
   * A pipe over {@code [offset, offset+count)} of the content, in fragments of {@code fragment}
   * bytes.
   */
  PipeSegment pipe(int offset, int count, int fragment) {
    Pipe pipe = pool.tryAcquire(1)[0];
    for (int done = 0; done < count; ) {
      int next = Math.min(fragment, count - done);
      long moved = SYS.splice(memfd, offset + done, pipe.writeEnd(), -1, next, 0);
      if (moved <= 0) {
        throw new IllegalStateException("splice " + moved + " after " + done + " of " + count);
      }
      done += (int) moved;
    }
    return new PipeSegment(pipe, count);
  }

  /** One more fragment for a pipe. */
  long spliceInto(Pipe pipe, int offset, int count) {
    return SYS.splice(memfd, offset, pipe.writeEnd(), -1, count, 0);
  }

  /**
   * As much of {@code want} as such a pipe can hold: a fragment takes a slot for each page it
   * touches.
   */
  static int fits(int offset, int want, int fragment) {
    int slots = 0;
    int done = 0;
    while (done < want) {
      int next = Math.min(fragment, want - done);
      int first = offset + done;
      slots += (first + next - 1) / PAGE - first / PAGE + 1;
      if (slots > PIPE_SLOTS) {
        return done;
      }
      done += next;
    }
    return done;
  }

  MemorySegment heap(int offset, int count) {
    return MemorySegment.wrap(ByteBuffer.wrap(content, offset, count));
  }

  /** Direct memory that begins {@code skew} bytes behind a page. */
  MemorySegment direct(int offset, int count, int skew) {
    ByteBuffer memory = ByteBuffer.allocateDirect(count + skew + 2 * PAGE).alignedSlice(PAGE);
    memory.position(skew).limit(skew + count);
    memory.slice().put(content, offset, count);
    return MemorySegment.wrap(memory);
  }

  FileSegment file(int offset, int count) {
    return FileSegment.of(memfd, offset, count, () -> {});
  }

  /** The content from {@code from} on, {@code count} bytes, in segments as chance has it. */
  BufferList random(Random random, int from, int count) {
    BufferList list = new BufferList();
    for (int at = from; at < from + count; ) {
      int left = from + count - at;
      int want = Math.min(left, size(random));
      int made;
      switch (random.nextInt(6)) {
        case 0:
          list.claimAppend(heap(at, want));
          made = want;
          break;
        case 1:
          list.claimAppend(direct(at, want, random.nextBoolean() ? 0 : random.nextInt(5000)));
          made = want;
          break;
        case 2:
          list.claimAppend(file(at, want));
          made = want;
          break;
        default:
          int fragment =
              random.nextInt(3) == 0 ? 1 + random.nextInt(6000) : PAGE * (1 + random.nextInt(8));
          made = fits(at, want, fragment);
          list.claimAppend(pipe(at, made, fragment));
      }
      at += made;
    }
    return list;
  }

  private static int size(Random random) {
    switch (random.nextInt(4)) {
      case 0:
        return 1 + random.nextInt(100);
      case 1:
        return 1 + random.nextInt(20_000);
      case 2:
        return PAGE * (1 + random.nextInt(64));
      default:
        return 1 + random.nextInt(500_000);
    }
  }

  @Override
  public void close() {
    SYS.close(memfd);
  }
}
