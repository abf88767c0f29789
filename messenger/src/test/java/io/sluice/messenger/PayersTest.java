package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.EntityName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever has something done to payload is the one for whom it is counted, byte by byte. */
@ExtendWith(NoLeaks.class)
class PayersTest {
  private static final int LARGE = (4 << 20) + 777;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final byte[] data = PayloadTest.random(LARGE, 31);

  /** Into pipes, or memory, paid by a placement group and a type of operation. */
  private static void plan(Endpoint at, boolean pipes) {
    CopyMeter payer = at.meter.owner("pg", "1.2").together(at.meter.owner("op", "write"));
    at.plans =
        head ->
            (pipes
                    ? new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)))
                    : PayloadPlan.memory(head.dataLength()))
                .paidBy(payer);
  }

  private static CopyMeter[] payers(Endpoint at) {
    return new CopyMeter[] {
      at.meter,
      at.meter.owner("conn", "client.4711"),
      at.meter.owner("pg", "1.2"),
      at.meter.owner("op", "write")
    };
  }

  @Test
  void shouldCountPipesForConnectionGroupAndOperationAndOnceInTotal() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      plan(osd, true);
      client.ready(osd, EntityName.osd(0)).send(PayloadTest.message(1, data));
      try (IncomingMessage message = osd.message()) {
        for (CopyMeter payer : payers(osd)) {
          assertThat(payer.splicedIn.sum()).isEqualTo(LARGE);
          assertThat(payer.readBytes()).isEqualTo(LARGE);
          assertThat(payer.copiedBytes(CopyMeter.Copy.MEMFD_WINDOW)).isEqualTo(LARGE);
          assertThat(payer.mapped.sum()).isZero();
        }
        // A look that somebody forces afterwards is theirs too, under its reason.
        message.runs().get(0).bytes().crc32c(-1, Inspection.COMPARE);
        for (CopyMeter payer : payers(osd)) {
          assertThat(payer.mappedBytes(Inspection.COMPARE)).isEqualTo(LARGE);
          assertThat(payer.mapped.sum()).isEqualTo(LARGE);
        }
      }
      assertThat(osd.meter.owners()).containsOnlyKeys("conn:client.4711", "op:write", "pg:1.2");
    }
  }

  @Test
  void shouldCountMemoryAndWhatWasNotToBeHadAlike() throws Exception {
    try (Endpoint osd = Endpoint.osd(0, Linux.instance(), 2);
        Endpoint client = Endpoint.client()) {
      plan(osd, true);
      client.ready(osd, EntityName.osd(0)).send(PayloadTest.message(1, data));
      osd.message().close();
      for (CopyMeter payer : payers(osd)) {
        assertThat(payer.fallbacks("no_pipe")).isEqualTo(1);
        assertThat(payer.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo(LARGE);
        assertThat(payer.readBytes()).isEqualTo(LARGE);
      }
    }
  }

  @Test
  void shouldChargeWhoeverTheBytesAreHandedToFromThenOn() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint replica = Endpoint.osd(1);
        Endpoint client = Endpoint.client()) {
      plan(osd, true);
      Connection onward = osd.ready(replica, EntityName.osd(1));
      CopyMeter later = osd.meter.owner("op", "repop");
      osd.handler =
          (connection, message) -> {
            message.runs().get(0).bytes().chargeTo(later);
            onward.send(message.claimEnvelope());
          };
      client.ready(osd, EntityName.osd(0)).send(PayloadTest.message(8, data));
      replica.message().close();
      // The last count is made after the bytes have left, perhaps after they have arrived.
      awaitSum(later.splicedOut);
      awaitSum(osd.meter.owner("conn", "osd.1").splicedOut);
      awaitSum(osd.meter.splicedOut);
      assertThat(osd.meter.owner("conn", "client.4711").splicedOut.sum()).isZero();
      assertThat(osd.meter.owner("op", "write").splicedOut.sum()).isZero();
      assertThat(osd.meter.owner("op", "write").splicedIn.sum()).isEqualTo(LARGE);
    }
  }

  private static void awaitSum(LongAdder counter) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (counter.sum() != LARGE && System.nanoTime() < until) {
      Thread.sleep(2);
    }
    assertThat(counter.sum()).isEqualTo(LARGE);
  }

  @Test
  void shouldForgetAConnectionThatIsGoneAndKeepItInTheTotal() throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      plan(osd, false);
      try (Endpoint client = Endpoint.client()) {
        client.ready(osd, EntityName.osd(0)).send(PayloadTest.message(1, data));
        osd.message().close();
        assertThat(osd.meter.owners()).containsKey("conn:client.4711");
      }
      Endpoint.take(osd.closed);
      assertThat(osd.meter.owners()).containsOnlyKeys("op:write", "pg:1.2");
      assertThat(osd.meter.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo(LARGE);
    }
  }
}
