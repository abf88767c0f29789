package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Resources;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PayloadTest {
  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());

  @AfterEach
  void nothingIsLeft() {
    payloads.close();
    assertThat(Resources.live(Resources.Kind.MEMFD)).isZero();
    assertThat(Resources.live(Resources.Kind.MEMFD_BUFFER)).isZero();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void shouldSendLargePayloadFromMemoryFileAndSmallOneFromMemory() {
    try (Payload large = payloads.copyOf(ByteBuffer.wrap(random(64 << 10)));
        Payload small = payloads.copyOf(ByteBuffer.wrap(random((64 << 10) - 1)));
        BufferList pages = large.share();
        BufferList memory = small.share()) {
      assertThat(pages.segments()).hasOnlyElementsOfType(FileSegment.class);
      assertThat(memory.segments()).noneMatch(FileSegment.class::isInstance);
    }
  }

  @Test
  void shouldKeepSnapshotAndItsChecksumsWhenSourceChanges() {
    byte[] source = random(5_000_001);
    byte[] before = source.clone();
    try (Payload payload = payloads.copyOf(ByteBuffer.wrap(source))) {
      source[4_500_000]++;
      assertThat(payload.length()).isEqualTo(before.length);
      assertThat(payload.checksums()).isEqualTo(ChecksumVector.of(before, 0, before.length));
      assertThat(payload.crc()).isEqualTo(Crc32c.update(Crc32c.SEED, before));
      assertThat(payload.stillMatches()).isTrue();
      try (BufferList list = payload.share()) {
        assertThat(list.toByteArray(null, Inspection.DEBUG)).isEqualTo(before);
      }
    }
  }

  @Test
  void shouldNoticeWhenBytesChangeUnderIt() {
    ByteBuffer bytes = ByteBuffer.wrap(random(100));
    try (Payload payload = new Payload(java.util.List.of(new Payload.Part(bytes, null)))) {
      bytes.put(50, (byte) (bytes.get(50) + 1));
      assertThat(payload.stillMatches()).isFalse();
    }
  }

  @Test
  void shouldReadChunksUntilTheEnd() throws IOException {
    byte[] source = random(300_000);
    var channel = Channels.newChannel(new ByteArrayInputStream(source));
    try (Payload first = payloads.read(channel, 200_000);
        Payload second = payloads.read(channel, 200_000)) {
      assertThat(first.length()).isEqualTo(200_000);
      assertThat(second.length()).isEqualTo(100_000);
      assertThat(payloads.read(channel, 200_000)).isNull();
    }
  }

  @Test
  void shouldFallBackToMemoryWhenMemoryFilesRunOut() {
    Payload[] many = new Payload[Payloads.LARGE_COUNT + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = payloads.copyOf(ByteBuffer.wrap(random(1 << 20)));
    }
    try (BufferList last = many[many.length - 1].share()) {
      assertThat(last.segments()).noneMatch(FileSegment.class::isInstance);
    } finally {
      for (Payload payload : many) {
        payload.close();
      }
    }
  }
}
