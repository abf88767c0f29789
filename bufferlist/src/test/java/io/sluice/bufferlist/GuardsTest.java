package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Owners, tripwire, meters of owners, budget. */
@ExtendWith(NoLeaks.class)
class GuardsTest {
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 8);

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void shouldThrowOnAWrongThreadUntilHandedOver() throws Exception {
    Assumptions.assumeTrue(Owner.ENFORCED, "run with -Dsluice.owners=enforce: skipped");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      BufferList list = new BufferList().claimAppend(Pipes.holding(pool, new byte[100]));
      PipeSegment pipe = (PipeSegment) list.segments().get(0);
      for (Runnable wrong :
          new Runnable[] {
            () -> list.append(1), list::pollSegment, list::close, () -> list.twin(pool),
            () -> pipe.consumed(1), pipe::release, pipe::pipe, () -> list.slice(0, 1),
            () -> pipe.twinInto(null), () -> pipe.sliceInto(null, 0, 1)
          }) {
        assertThatThrownBy(() -> other.submit(wrong).get())
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(WrongOwnerException.class);
      }
      assertThat(list.length()).isEqualTo(100);
      list.handOver();
      other.submit(() -> list.append(1).close()).get();
      BufferList orphan = new BufferList();
      Thread ended = new Thread(() -> orphan.append(1));
      ended.start();
      ended.join(10_000);
      orphan.append(2).close(); // whose owner has ended belongs to the next one
      SpliceReader reader = new SpliceReader(pool, Endpoint.pipe(-1), 100);
      assertThatThrownBy(reader::advance).isInstanceOf(MoveException.class);
      assertThatThrownBy(() -> other.submit(reader::close).get())
          .hasCauseInstanceOf(WrongOwnerException.class);
      reader.close();
    } finally {
      other.shutdown();
    }
  }

  @Test
  void shouldTripOnInspectionsThatWereNotExpected() {
    try (BufferList list = new BufferList().claimAppend(Pipes.holding(pool, new byte[5000]))) {
      Tripwire wire = Tripwire.arm(Inspection.CRC);
      list.crc32c(0, Inspection.CRC);
      assertThat(wire.tripped()).isNull();
      wire.close();
    }
    try (BufferList list = new BufferList().claimAppend(Pipes.holding(pool, new byte[5000]))) {
      Tripwire wire = Tripwire.arm(Inspection.CRC);
      assertThatThrownBy(() -> list.look(Inspection.DEBUG).byteAt(0))
          .isInstanceOf(UnexpectedInspectionException.class);
      assertThatThrownBy(() -> list.toByteArray(pool, Inspection.DECODE))
          .isInstanceOf(UnexpectedInspectionException.class);
      assertThatThrownBy(() -> list.drainPipes(Inspection.NO_PIPE))
          .isInstanceOf(UnexpectedInspectionException.class);
      assertThatThrownBy(Tripwire::arm).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(wire::close)
          .isInstanceOf(UnexpectedInspectionException.class)
          .hasStackTraceContaining("GuardsTest");
      assertThat(list.pipeCount()).isEqualTo(1);
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).hasSize(5000);
    }
  }

  @Test
  void shouldReadFromAPropertyWhatADaemonMayLookAt() {
    assertThat(Tripwire.ofText(null)).isNull();
    assertThat(Tripwire.ofText("")).isNull();
    assertThat(Tripwire.ofText("none").expects(Inspection.CRC)).isFalse();
    Tripwire two = Tripwire.ofText("crc, small_write");
    assertThat(two.expects(Inspection.CRC)).isTrue();
    assertThat(two.expects(Inspection.SMALL_WRITE)).isTrue();
    assertThat(two.expects(Inspection.DEBUG)).isFalse();
    assertThatThrownBy(() -> Tripwire.ofText("curiosity"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldCountPerOwnerAndInTotal() {
    CopyMeter connection = meter.owner("conn", "client.7");
    CopyMeter group = meter.owner("pg", "1.2");
    assertThat(meter.owner("pg", "1.2")).isSameAs(group);
    Pipe pipe = pool.tryAcquire(1, connection)[0];
    try (BufferList list = new BufferList().claimAppend(Pipes.filled(pipe, new byte[9000]))) {
      list.twin(pool).close();
      list.chargeTo(group);
      list.crc32c(0, Inspection.COMPARE);
    }
    assertThat(connection.teed.sum()).isEqualTo(9000);
    assertThat(connection.mapped.sum()).isZero();
    assertThat(group.mappedBytes(Inspection.COMPARE)).isEqualTo(9000);
    assertThat(group.teed.sum()).isEqualTo(9000);
    assertThat(meter.teed.sum()).isEqualTo(18_000);
    assertThat(meter.mappedBytes(Inspection.COMPARE)).isEqualTo(9000);
    assertThat(meter.mapped.sum()).isEqualTo(9000);
    group.fallback("odd");
    assertThat(meter.fallbacks("odd")).isEqualTo(1);
    assertThat(meter.owners()).containsOnlyKeys("conn:client.7", "pg:1.2");
    meter.forgetOwner("pg", "1.2");
    assertThat(meter.owners()).containsOnlyKeys("conn:client.7");
    for (int i = 0; i < CopyMeter.OWNERS_MAX + 10; i++) {
      meter.owner("op", "client." + i).splicedIn.add(1);
    }
    assertThat(meter.owners()).hasSizeLessThanOrEqualTo(CopyMeter.OWNERS_MAX + 1);
    assertThat(meter.owner("op", "others").splicedIn.sum()).isPositive();
    assertThat(meter.splicedIn.sum()).isEqualTo(CopyMeter.OWNERS_MAX + 10);
  }

  @Test
  void shouldCountOnceInTotalForSeveralWhoPayTogether() {
    CopyMeter connection = meter.acquireOwner("conn", "osd.1");
    CopyMeter both = connection.together(meter.owner("pg", "1.2"));
    assertThat(both.together(connection).together(meter)).isNotSameAs(both);
    both.together(meter.owner("pg", "1.2")).together(meter).teed.add(5);
    both.read(Inspection.DECODE, 7);
    both.copied(CopyMeter.Copy.RECV, 9);
    both.fallback("odd");
    for (CopyMeter counted : new CopyMeter[] {meter, connection, meter.owner("pg", "1.2")}) {
      assertThat(counted.teed.sum()).isEqualTo(5);
      assertThat(counted.readBytes()).isEqualTo(7);
      assertThat(counted.copiedBytes()).isEqualTo(9);
      assertThat(counted.fallbacks("odd")).isEqualTo(1);
    }
    assertThat(connection.together(connection)).isSameAs(connection);
    assertThat(meter.together(meter)).isSameAs(meter);
    assertThatThrownBy(() -> both.together(new CopyMeter().owner("pg", "1.2")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(meter.ownersByKind().get("pg").toString())
        .isEqualTo(
            "{1.2={teed_bytes=5, cpu_copied_bytes={memfd_window=0, page_cache=0, recv=9},"
                + " cpu_read_bytes={crc=0, decode=7}, fallbacks={odd=1}}}");
    assertThat(meter.acquireOwner("conn", "osd.1")).isSameAs(connection);
    meter.releaseOwner("conn", "osd.1");
    assertThat(meter.owners()).containsKey("conn:osd.1");
    meter.releaseOwner("conn", "osd.1");
    assertThat(meter.owners()).containsOnlyKeys("pg:1.2");
  }

  @Test
  void shouldReckonTheBudgetInSlotsAndDescriptors() {
    PipeBudget user = new PipeBudget(16_384, 20_000, 1 << 20, false);
    assertThat(user.maxPipes(1)).isEqualTo(64);
    assertThat(user.maxPipes(3)).isEqualTo(21);
    assertThat(new PipeBudget(16_384, 20_000, 1 << 20, true).maxPipes(3)).isEqualTo(5000);
    assertThat(new PipeBudget(0, 100, 1 << 20, false).maxPipes(1)).isEqualTo(25);
    assertThat(new PipeBudget(16_384, 100, 1 << 16, true).maxPipes(1)).isZero();
    PipeBudget root = new PipeBudget(16_384, 20_000, 1 << 20, true);
    assertThat(root.keptPipes(100L << 20)).isEqualTo(100);
    assertThat(root.keptPipes(1L << 40)).isEqualTo(2500);
    assertThat(user.keptPipes(1L << 40)).as("counted by the kernel").isZero();
    assertThat(PipeBudget.ofThisProcess().maxPipes(1)).isPositive();
    assertThat(PipeBudget.isFirst(List.of("         0          0 4294967295"))).isTrue();
    assertThat(PipeBudget.isFirst(List.of())).isTrue();
    assertThat(PipeBudget.isFirst(List.of("         0       1000          1"))).isFalse();
    assertThat(PipeBudget.isFirst(List.of("0 0 1000", "1000 100000 65536"))).isFalse();
    CopyMeter counted = new CopyMeter();
    try (DirectBuffers buffers = new DirectBuffers(counted, 4096)) {
      assertThat(buffers.tryAcquire(8192)).isNull();
      assertThat(counted.fallbacks("no_direct_memory")).isEqualTo(1);
    }
  }

  @Test
  void shouldCountWhatIsSeenOfATwinForWhomItsSourceIsCounted() {
    CopyMeter payer = meter.owner("conn", "client.8");
    Pipe pipe = pool.tryAcquire(1, payer)[0];
    try (BufferList list = new BufferList().claimAppend(Pipes.filled(pipe, new byte[9000]));
        BufferList twin = list.twin(pool)) {
      twin.crc32c(0, Inspection.COMPARE);
    }
    assertThat(payer.mappedBytes(Inspection.COMPARE)).isEqualTo(9000);
  }
}
