package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Segment;
import io.sluice.types.EntityName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where the large payload of a client lies whose pages cannot be spliced. */
@ExtendWith(NoLeaks.class)
class ReceiveSlotsTest {
  private static final int LARGE = 4 << 20;

  @Test
  void shouldReceiveAClientsLargePayloadIntoPagesThatCanBeSentOn() throws Exception {
    byte[] data = PayloadTest.random(LARGE, 1);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      client.ready(osd, EntityName.osd(0)).send(PayloadTest.message(1, data));
      try (IncomingMessage message = osd.message()) {
        IncomingMessage.Run run = message.runs().get(0);
        assertThat(run.bytes().segments()).hasSize(LARGE / MessengerLimits.MEMORY_CHUNK);
        for (Segment pages : run.bytes().segments()) {
          assertThat(pages).isInstanceOf(FileSegment.class);
          assertThat(((FileSegment) pages).offset()).isZero();
        }
        assertThat(run.checksums()).isEqualTo(ChecksumVector.of(data, 0, data.length));
        assertThat(run.bytes().toByteArray(osd.pipes, Inspection.COMPARE)).isEqualTo(data);
        assertThat(osd.messenger.slots().inUse()).isEqualTo(run.bytes().segments().size());
      }
      assertThat(osd.messenger.slots().inUse()).isZero();
      assertThat(osd.meter.copiedBytes()).isEqualTo(data.length);
    }
  }

  @Test
  void shouldReceiveADaemonsPayloadIntoPlainMemory() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint peer = Endpoint.osd(1)) {
      peer.ready(osd, EntityName.osd(0)).send(PayloadTest.message(1, new byte[LARGE]));
      osd.message().close();
      assertThat(osd.messenger.slots().pooled()).isZero();
    }
  }

  @Test
  void shouldFallBackToMemoryAndCountItWhenAllSlotsAreTaken() throws Exception {
    int count = 70; // and there are 64
    List<IncomingMessage> held = new ArrayList<>();
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      byte[] data = PayloadTest.random(1 << 20, 2);
      for (int i = 0; i < count; i++) {
        connection.send(PayloadTest.message(i + 1, data));
      }
      for (int i = 0; i < count; i++) {
        held.add(osd.message());
      }
      for (IncomingMessage message : held) {
        byte[] got = message.runs().get(0).bytes().toByteArray(osd.pipes, Inspection.COMPARE);
        assertThat(got).isEqualTo(data);
      }
      assertThat(osd.meter.fallbacks("no_memfd")).isPositive();
      held.forEach(IncomingMessage::close);
      assertThat(osd.messenger.slots().inUse()).isZero();
    }
  }

  @Test
  void shouldGiveTheSlotBackWhenTheSenderDiesInTheMiddle() throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      try (Endpoint client = Endpoint.client()) {
        Connection connection = client.ready(osd, EntityName.osd(0));
        for (int i = 0; i < 32; i++) {
          connection.send(PayloadTest.message(i + 1, new byte[LARGE]));
        }
        osd.message().close();
      }
      Endpoint.take(osd.closed);
      for (IncomingMessage left; (left = osd.messages.poll()) != null; ) {
        left.close();
      }
      assertThat(osd.messenger.slots().inUse()).isZero();
    }
  }
}
