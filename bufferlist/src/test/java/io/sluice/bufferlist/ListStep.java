package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** What can be done to a list, each with what ought to come of it. */
enum ListStep {
  APPEND_HEAP(m -> append(m, Segments.Kind.HEAP, 60_000)),
  APPEND_DIRECT(m -> append(m, Segments.Kind.DIRECT, 60_000)),
  APPEND_SLOT(m -> append(m, Segments.Kind.MEMFD_SLOT, 60_000)),
  APPEND_FILE(m -> append(m, Segments.Kind.FILE_RANGE, 60_000)),
  APPEND_MAPPED(m -> append(m, Segments.Kind.MAPPED, 60_000)),
  APPEND_PIPE(m -> append(m, Segments.Kind.PIPE, 90_000)),
  APPEND_PIPE_AGAIN(m -> append(m, Segments.Kind.PIPE, 900)),
  APPEND_PIECES(ListStep::appendPieces),
  APPEND_ENCODED(ListStep::appendEncoded),
  CLAIM_OTHER(m -> claim(m, false)),
  CLAIM_IN_FRONT(m -> claim(m, true)),
  APPEND_OWN_SLICE(ListStep::appendOwnSlice),
  SLICE(ListStep::slice),
  SHARE_AND_CHANGE(ListStep::shareAndChange),
  SPLICE_OUT(ListStep::spliceOut),
  SPLICE_OUT_AND_BACK(ListStep::spliceOutAndBack),
  TWIN(ListStep::twin),
  TWIN_INTO_RESERVED(ListStep::twinIntoReserved),
  POLL(ListStep::poll),
  CONSUME(ListStep::consume),
  DRAIN_PIPES(m -> m.surviving(() -> m.list.drainPipes(Inspection.NO_PIPE))),
  CLEAR(
      m -> {
        if (m.random.nextInt(4) == 0) {
          m.list.clear();
          m.expectNothing();
        }
      }),
  REBUILD(m -> m.surviving(() -> m.list.rebuild(Inspection.UNALIGNED_WRITE))),
  REBUILD_ALIGNED(ListStep::rebuildAligned),
  HAND_OVER(
      m -> {
        byte[] bytes = m.fresh(50);
        m.onAnotherThread(() -> m.list.append(bytes));
        m.expectAppended(bytes);
      }),
  CHARGE(m -> m.list.chargeTo(m.meter.owner("pg", "1." + m.random.nextInt(3)))),
  MOVE(ListStep::move);

  private interface Operation {
    void apply(ListModel model);
  }

  private final Operation operation;

  ListStep(Operation operation) {
    this.operation = operation;
  }

  void apply(ListModel model) {
    operation.apply(model);
  }

  private static void append(ListModel m, Segments.Kind kind, int most) {
    byte[] bytes = m.fresh(m.random.nextInt(m.random.nextBoolean() ? most : 300));
    Segment segment = m.isFull() ? null : m.kinds.tryMake(kind, bytes);
    if (segment != null) {
      m.list.claimAppend(segment);
      m.expectAppended(bytes);
    }
  }

  /** By copies: small ones share a segment. */
  private static void appendPieces(ListModel m) {
    for (int i = m.random.nextInt(5); i >= 0; i--) {
      byte[] bytes = m.fresh(m.random.nextInt(40));
      switch (m.random.nextInt(4)) {
        case 0 -> m.list.append(bytes);
        case 1 -> {
          m.list.append(m.random.nextBoolean() ? bytes : bytes.clone(), 0, bytes.length).append(-3);
          bytes = Arrays.copyOf(bytes, bytes.length + 1);
          bytes[bytes.length - 1] = -3;
        }
        case 2 -> {
          m.list.append("käse");
          bytes = "käse".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        default -> {
          bytes = new byte[m.random.nextInt(3000)];
          m.list.appendZeros(bytes.length);
        }
      }
      m.expectAppended(bytes);
    }
  }

  /** The appender on heap or aligned pages, beside the plain encoder. */
  private static void appendEncoded(ListModel m) {
    Encoder plain = new Encoder();
    Random random = m.random;
    try (BufferAppender to =
        random.nextBoolean()
            ? new BufferAppender(random.nextInt(64))
            : BufferAppender.pageAligned(m.kinds.buffers(), 1)) {
      BufferAppender.Struct struct = to.begin(2, 1);
      int mark = plain.begin(2, 1);
      BufferAppender.Hole hole = to.hole(4);
      int at = plain.length();
      plain.le32(0);
      for (int i = random.nextInt(6); i >= 0; i--) {
        long value = random.nextLong();
        byte[] bytes = m.fresh(random.nextInt(2000));
        to.le64(value).le16((int) value).u8((int) value).blob(bytes).string("x" + value);
        plain.le64(value).le16((int) value).u8((int) value).blob(bytes).string("x" + value);
        if (random.nextInt(3) == 0) {
          to.claimRaw(BufferList.wrap(bytes));
          plain.raw(bytes);
        }
      }
      hole.le32(0, 4711);
      plain.patchLe32(at, 4711);
      to.end(struct);
      plain.end(mark);
      try (BufferList written = to.finish()) {
        assertThat(written.length()).isEqualTo(plain.length());
        m.list.claimAppend(written);
      }
    }
    m.expectAppended(plain.toByteArray());
  }

  private static void claim(ListModel m, boolean inFront) {
    Segments.Kind[] all = Segments.Kind.values();
    byte[] bytes = m.fresh(1 + m.random.nextInt(3000));
    Segment segment = m.kinds.tryMake(all[m.random.nextInt(all.length)], bytes);
    if (segment == null) {
      return;
    }
    byte[] more = m.fresh(m.random.nextInt(50));
    byte[] both = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, both, bytes.length, more.length);
    try (BufferList other = new BufferList().claimAppend(segment).append(more)) {
      if (inFront) {
        m.list.claimPrepend(other);
        m.expectPrepended(both);
      } else {
        m.list.claimAppend(other);
        m.expectAppended(both);
      }
      assertThat(other.isEmpty()).isTrue();
    }
  }

  /** Two views of the same pages in one list. */
  private static void appendOwnSlice(ListModel m) {
    int from = m.place();
    int count = Math.min(20_000, m.countFrom(from));
    if (!m.isFull()) {
      try (BufferList part = m.list.slice(from, count)) {
        m.list.claimAppend(part);
      }
      m.expectAppended(m.part(from, count));
    }
  }

  private static void slice(ListModel m) {
    int from = m.place();
    int count = m.countFrom(from);
    m.surviving(
        () -> {
          BufferList part = m.list.slice(from, count);
          m.faults.heal();
          m.assertHolds(part, m.part(from, count));
        });
    assertThatThrownBy(() -> m.list.slice(from, m.length() - from + 1L))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** What one owner does to its list is nothing to the other. */
  private static void shareAndChange(ListModel m) {
    byte[] before = m.expected();
    try (BufferList other = m.list.share()) {
      appendPieces(m);
      other.append(1);
      if (before.length > 0) {
        other.spliceOut(0, 1).close();
      }
      byte[] now = Arrays.copyOfRange(before, Math.min(1, before.length), before.length + 1);
      now[now.length - 1] = 1;
      Pipes.assertHolds(other, m.pool, now);
    }
  }

  private static void spliceOut(ListModel m) {
    int from = m.place();
    int count = m.countFrom(from);
    m.surviving(
        () -> {
          byte[] out = m.part(from, count);
          BufferList removed = m.list.spliceOut(from, count);
          m.expectRemoved(from, count);
          m.faults.heal();
          m.assertHolds(removed, out);
        });
  }

  private static void spliceOutAndBack(ListModel m) {
    int from = m.place();
    try (BufferList tail = m.list.spliceOut(from, m.length() - from)) {
      byte[] moved = m.part(from, m.length() - from);
      m.list.claimPrepend(tail);
      m.expectRemoved(from, moved.length);
      m.expectPrepended(moved);
    }
  }

  private static void twin(ListModel m) {
    int pipes = m.list.pipeCount();
    m.surviving(
        () -> {
          BufferList twin = m.list.twin(m.pool);
          m.faults.heal();
          if (twin == null) {
            assertThat(pipes).isPositive();
          } else {
            m.assertHolds(twin, m.expected());
          }
        });
  }

  private static void twinIntoReserved(ListModel m) {
    Pipe[] spares = m.pool.tryAcquire(m.list.pipeCount() + m.random.nextInt(2));
    if (spares != null) {
      BufferList twin = m.list.claimTwin(spares);
      assertThat(twin).isNotNull();
      try (twin) {
        assertThat(twin.claimBytes(m.pool, Inspection.DEBUG)).isEqualTo(m.expected());
      }
    }
  }

  private static void poll(ListModel m) {
    Segment first = m.list.pollSegment();
    if (first == null) {
      assertThat(m.length()).isZero();
    } else {
      m.expectRemoved(0, (int) first.length());
      first.release();
    }
  }

  /** As a sink does: so many bytes of the first pipe are gone. */
  private static void consume(ListModel m) {
    if (!m.list.isEmpty() && m.list.segments().get(0) instanceof PipeSegment pipe) {
      int count = (int) Math.min(1 + m.random.nextInt(50_000), pipe.length() - 1);
      ByteBuffer sink = ByteBuffer.allocateDirect(Math.max(1, count));
      long address = DirectBuffers.addressOf(sink);
      long done = count == 0 ? 0 : Linux.instance().read(pipe.pipe().readEnd(), address, count);
      pipe.consumed(done);
      m.expectRemoved(0, (int) done);
    }
  }

  private static void rebuildAligned(ListModel m) {
    int alignment = 1 << m.random.nextInt(13);
    DirectBuffers buffers = m.random.nextBoolean() ? m.kinds.buffers() : null;
    m.surviving(() -> m.list.rebuildAligned(alignment, buffers, Inspection.UNALIGNED_WRITE));
    assertThat(m.list.layout().isAlignedTo(alignment)).isTrue();
    assertThat(m.list.rebuildAligned(alignment, buffers, Inspection.UNALIGNED_WRITE)).isFalse();
  }

  /** Out to a real descriptor and in again, with short counts, EAGAIN and EINTR. */
  private static void move(ListModel m) {
    Medium.Kind[] all = Medium.Kind.values();
    int pipesFrom = m.random.nextBoolean() ? 0 : Integer.MAX_VALUE;
    try (Medium medium = new Medium(all[m.random.nextInt(all.length)])) {
      m.disturb();
      try (BufferList came = medium.through(m.list, m.pool, pipesFrom, m.faults)) {
        assertThat(m.list.isEmpty()).isTrue();
        m.list.claimAppend(came);
      } finally {
        m.faults.heal();
      }
    }
  }
}
