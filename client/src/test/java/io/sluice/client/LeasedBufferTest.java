package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Resources;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory that is lent: one owner at a time, and nobody's old pages in new hands. */
class LeasedBufferTest {
  private static final int LENGTH = 1 << 20;

  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());

  @AfterEach
  void nothingIsLeft() {
    payloads.close();
    assertThat(Resources.live(Resources.Kind.MEMFD)).isZero();
    assertThat(Resources.live(Resources.Kind.MEMFD_BUFFER)).isZero();
  }

  private static byte[] random(int seed) {
    byte[] bytes = new byte[LENGTH];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] contents(LeasedBuffer lease) {
    byte[] bytes = new byte[LENGTH];
    lease.buffer().get(bytes);
    return bytes;
  }

  @Test
  void shouldSendItsOwnPagesWithTheirChecksums() {
    byte[] bytes = random(1);
    try (LeasedBuffer lease = payloads.lease(LENGTH)) {
      lease.buffer().put(bytes);
      try (Payload payload = lease.payload(LENGTH - 1);
          BufferList sent = payload.share()) {
        assertThat(sent.segments()).singleElement().isInstanceOf(FileSegment.class);
        byte[] expected = java.util.Arrays.copyOf(bytes, LENGTH - 1);
        assertThat(sent.toByteArray(null, Inspection.COMPARE)).isEqualTo(expected);
        assertThat(payload.checksums()).isEqualTo(ChecksumVector.of(expected, 0, LENGTH - 1));
      }
    }
  }

  @Test
  void shouldBeNobodyElsesWhileAnOperationHasIt() {
    try (LeasedBuffer lease = payloads.lease(LENGTH)) {
      Payload payload = lease.payload(LENGTH);
      assertThatThrownBy(lease::buffer)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("an operation has the buffer");
      assertThatThrownBy(() -> lease.payload(1)).isInstanceOf(IllegalStateException.class);
      payload.close();
      assertThat(lease.buffer().capacity()).isEqualTo(LENGTH);
    }
  }

  @Test
  void shouldKeepItsBytesWhenTheFirstAttemptWasAnswered() {
    byte[] bytes = random(2);
    try (LeasedBuffer lease = payloads.lease(LENGTH)) {
      for (int i = 0; i < 3; i++) {
        lease.buffer().put(bytes);
        Payload payload = lease.payload(LENGTH);
        payload.share().close();
        payload.settled();
        payload.close();
        assertThat(contents(lease)).isEqualTo(bytes);
      }
      lease.payload(LENGTH).close(); // refused before it was sent
      assertThat(contents(lease)).isEqualTo(bytes);
    }
  }

  @Test
  void shouldLeaveToASocketThePagesThatItMayStillHold() {
    byte[] bytes = random(3);
    try (LeasedBuffer lease = payloads.lease(LENGTH)) {
      lease.buffer().put(bytes);
      Payload payload = lease.payload(LENGTH);
      try (BufferList queued = payload.share()) {
        payload.close(); // timed out: nobody has answered
        lease.buffer().put(random(4));
        assertThat(queued.toByteArray(null, Inspection.COMPARE)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void shouldEndWithTheOperationWhenClosedBeforeIt() {
    LeasedBuffer lease = payloads.lease(LENGTH);
    Payload payload = lease.payload(LENGTH);
    lease.close();
    lease.close();
    assertThatThrownBy(lease::buffer).hasMessageContaining("lease used after close");
    assertThat(Resources.live(Resources.Kind.MEMFD_BUFFER)).isEqualTo(1);
    payload.close();
    assertThat(Resources.live(Resources.Kind.MEMFD_BUFFER)).isZero();
  }

  @Test
  void shouldWorkFromPlainMemoryWhenThereAreNoPages() {
    byte[] bytes = random(5);
    List<LeasedBuffer> all = new ArrayList<>();
    for (int i = 0; i <= Payloads.LARGE_COUNT; i++) {
      all.add(payloads.lease(LENGTH));
    }
    LeasedBuffer last = all.get(all.size() - 1);
    assertThat(all.get(0).hasPages()).isTrue();
    assertThat(last.hasPages()).isFalse();
    last.buffer().put(bytes);
    Payload payload = last.payload(LENGTH);
    try (BufferList queued = payload.share()) {
      payload.close();
      last.buffer().put(random(6));
      assertThat(queued.toByteArray(null, Inspection.COMPARE)).isEqualTo(bytes);
    }
    all.forEach(LeasedBuffer::close);
  }

  @Test
  void shouldRefuseImpossibleSizes() {
    assertThatThrownBy(() -> payloads.lease(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> payloads.lease(LeasedBuffer.BYTES_MAX + 1))
        .isInstanceOf(IllegalArgumentException.class);
    try (LeasedBuffer lease = payloads.lease(100)) {
      assertThatThrownBy(() -> lease.payload(101)).isInstanceOf(IndexOutOfBoundsException.class);
      ByteBuffer buffer = lease.buffer();
      assertThat(buffer.isDirect()).isTrue();
    }
  }
}
