package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class BufferViewTest {
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 8);

  @AfterEach
  void close() {
    pool.close();
  }

  private BufferList inPipe(byte[] bytes) {
    return new BufferList().claimAppend(Pipes.holding(pool, bytes));
  }

  private static BufferView view(BufferList list) {
    return list.look(Inspection.COMPARE);
  }

  @Test
  void shouldAnswerPredicatesWithoutLooking() {
    try (Tripwire wire = Tripwire.arm();
        BufferList list = inPipe(new byte[8192]).append(new byte[100])) {
      assertThat(wire.tripped()).isNull();
      assertThat(list.length()).isEqualTo(8292);
      assertThat(list.hasPipes()).isTrue();
      assertThat(list.layout().isContiguous()).isFalse();
      assertThat(list.layout().isSizedBy(100)).isFalse();
      assertThat(list.layout().isSizedBy(4)).isTrue();
      assertThat(list.layout().isAlignedTo(4096)).isFalse();
      assertThat(list.look(Inspection.DEBUG).length()).isEqualTo(8292);
      assertThat(list.toString()).contains("pipe[8192]");
    }
  }

  @Test
  void shouldCompareAcrossSegmentsOfAnyKind() {
    byte[] bytes = Pipes.bytes(3, 5000);
    byte[] larger = bytes.clone();
    bytes[4321] = 127;
    larger[4321] = (byte) 128; // unsigned
    try (BufferList one = inPipe(Arrays.copyOf(bytes, 1000));
        BufferList two = BufferList.wrap(bytes);
        BufferList other = inPipe(larger)) {
      one.append(bytes, 1000, 4000);
      assertThat(view(one).compareTo(view(two))).isZero();
      assertThat(view(one)).isEqualTo(view(two)).hasSameHashCodeAs(view(two));
      assertThat(view(one).compareTo(view(other))).isNegative();
      assertThat(one.hasPipes()).isTrue();
      try (BufferList shorter = two.slice(0, 4999)) {
        assertThat(view(shorter).compareTo(view(one))).isNegative();
        assertThat(view(one).compareTo(view(shorter))).isPositive();
        assertThat(view(one).contentEquals(view(shorter))).isFalse();
      }
    }
  }

  @Test
  void shouldTellZerosFromOthersAtEveryLength() {
    for (int length = 1; length <= 256; length++) {
      byte[] bytes = new byte[length];
      try (BufferList zeros = new BufferList().appendZeros(length)) {
        assertThat(view(zeros).isZero()).isTrue();
      }
      for (int at : new int[] {0, length / 2, length - 1}) {
        bytes[at] = 1;
        try (BufferList list = BufferList.wrap(bytes.clone())) {
          assertThat(view(list).isZero()).isFalse();
        }
        bytes[at] = 0;
      }
    }
  }

  @Test
  void shouldDumpAsHexdumpDoes() {
    try (BufferList list = BufferList.wrap("Hello, world".getBytes()).appendZeros(4)) {
      list.appendZeros(64).append("end");
      assertThat(view(list).hexdump())
          .isEqualTo(
              """
              00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 00 00 00 00  |Hello, world....|
              00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
              *
              00000050  65 6e 64                                          |end|
              00000053
              """);
    }
  }

  @Test
  void shouldSpeakBase64AndText() {
    try (BufferList list = new BufferList().append("foo").append(new byte[] {'b', 'a'});
        BufferList back = BufferFiles.decodeBase64("Zm9vYmE=")) {
      assertThat(view(list).base64()).isEqualTo("Zm9vYmE=");
      assertThat(view(list)).isEqualTo(view(back));
      assertThat(view(list).utf8()).isEqualTo("fooba");
      assertThatThrownBy(() -> BufferFiles.decodeBase64("Zm9v*"))
          .isInstanceOf(MalformedInputException.class);
    }
  }

  @Test
  void shouldThrowWhenTheListHasChangedOrIndexIsOutside() {
    try (BufferList list = BufferList.wrap(new byte[] {1, 2, 3})) {
      BufferView view = view(list);
      assertThat(view.byteAt(2)).isEqualTo((byte) 3);
      assertThatThrownBy(() -> view.byteAt(3)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> view.bytes(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      list.append(4);
      assertThatThrownBy(() -> view.byteAt(0)).isInstanceOf(IllegalStateException.class);
    }
    BufferList closed = BufferList.wrap(new byte[1]);
    BufferView later = view(closed);
    closed.close();
    assertThatThrownBy(() -> later.byteAt(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldMapOnceForManyReadersAndTwins() throws Exception {
    byte[] bytes = Pipes.bytes(4, 300_000);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (BufferList list = inPipe(bytes);
        BufferList twin = list.twin(pool)) {
      BufferView view = view(list);
      List<Future<byte[]>> readers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        readers.add(threads.submit(() -> view.cursor().raw(bytes.length)));
      }
      for (Future<byte[]> reader : readers) {
        assertThat(reader.get()).isEqualTo(bytes);
      }
      assertThat(view(twin).bytes(0, bytes.length)).isEqualTo(bytes);
      assertThat(meter.mapped.sum()).isEqualTo(bytes.length);
      assertThat(Resources.live(Resources.Kind.MAPPING)).isEqualTo(1);
      list.clear();
      assertThat(view(twin).bytes(7, 5)).isEqualTo(Arrays.copyOfRange(bytes, 7, 12));
      assertThat(Resources.live(Resources.Kind.MAPPING)).isEqualTo(1);
      twin.clear();
      assertThat(Resources.live(Resources.Kind.MAPPING)).isZero();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void shouldFallBackToTmpfsAndThenToMemoryAndCountIt() throws IOException {
    byte[] bytes = Pipes.bytes(5, 70_000);
    FaultySys faults = new FaultySys(Linux.instance()).failAlways("memfdCreate", Sys.ENOSYS);
    CopyMeter counted = new CopyMeter();
    try (PipePool odd = new PipePool(faults.sys(), counted, 4)) {
      lookInto(odd, bytes);
      boolean tmpfs = Files.getFileStore(Path.of("/dev/shm")).type().equals("tmpfs");
      assertThat(counted.fallbacks("look_tmpfs")).isEqualTo(tmpfs ? 1 : 0);
      assertThat(counted.fallbacks("look_memory")).isEqualTo(tmpfs ? 0 : 1);
      faults.failAlways("open", Sys.EMFILE);
      lookInto(odd, bytes);
      assertThat(counted.fallbacks("look_memory")).isPositive();
      faults.heal().failAlways("mmap", 12 /* ENOMEM */);
      lookInto(odd, bytes);
      faults.heal().shortenNth("splice", 1, 30_000).failNth("splice", 2, Sys.ENOSPC);
      lookInto(odd, bytes);
      assertThat(counted.mappedBytes(Inspection.COMPARE)).isEqualTo(4L * bytes.length);
    }
  }

  @Test
  void shouldLookOnAnyThreadAlsoWithoutASparePipe() throws Exception {
    byte[] bytes = Pipes.bytes(8, 30_000);
    try (PipePool one = new PipePool(Linux.instance(), meter, 1);
        BufferList list = new BufferList().claimAppend(Pipes.holding(one, bytes))) {
      BufferView view = view(list);
      CompletableFuture<byte[]> other =
          CompletableFuture.supplyAsync(() -> view.bytes(0, bytes.length));
      assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(bytes);
      assertThat(list.hasPipes()).isFalse();
      assertThat(view.bytes(0, bytes.length)).isEqualTo(bytes);
    }
  }

  private static void lookInto(PipePool pool, byte[] bytes) {
    try (BufferList list = new BufferList().claimAppend(Pipes.holding(pool, bytes))) {
      assertThat(view(list).bytes(0, bytes.length)).isEqualTo(bytes);
      assertThat(list.hasPipes()).isTrue();
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(bytes);
    }
  }

  @Test
  void shouldRememberChecksumsPerSegmentAndAdjustTheSeed() {
    byte[] bytes = Pipes.bytes(6, 10_000);
    try (BufferList list = BufferList.wrap(ByteBuffer.wrap(bytes));
        BufferList other = list.share()) {
      long misses = ChecksumCache.MISSES.sum();
      long hits = ChecksumCache.HITS.sum();
      long adjusted = ChecksumCache.ADJUSTED.sum();
      int expected = Crc32c.update(0, bytes);
      assertThat(list.crc32c(0)).isEqualTo(expected);
      assertThat(other.crc32c(0)).isEqualTo(expected);
      assertThat(list.crc32c(5)).isEqualTo(Crc32c.update(5, bytes));
      assertThat(ChecksumCache.MISSES.sum() - misses).isEqualTo(1);
      assertThat(ChecksumCache.HITS.sum() - hits).isEqualTo(1);
      assertThat(ChecksumCache.ADJUSTED.sum() - adjusted).isEqualTo(1);
      bytes[17]++;
      assertThat(list.crc32c(0)).isEqualTo(expected); // as in Ceph: nobody told
      ((MemorySegment) list.segments().get(0)).invalidateChecksum();
      assertThat(other.crc32c(0)).isEqualTo(Crc32c.update(0, bytes));
    }
  }

  /** The numbers of Ceph's own test, with 256 MiB of a pattern of 256 bytes. */
  @Test
  void shouldAgreeWithCephsNumbers() {
    int size = 256 << 20;
    byte[] a = new byte[1 << 20];
    byte[] b = new byte[1 << 20];
    for (int i = 0; i < a.length; i++) {
      a[i] = (byte) (i & 0xff ^ 73);
      b[i] = (byte) (i & 0xff ^ 123);
    }
    try (BufferList first = new BufferList();
        BufferList second = new BufferList()) {
      MemorySegment one = MemorySegment.wrap(ByteBuffer.wrap(a));
      MemorySegment two = MemorySegment.wrap(ByteBuffer.wrap(b));
      for (int i = 0; i < size / a.length; i++) {
        first.claimAppend(one.share(0, a.length));
        second.claimAppend(two.share(0, b.length));
      }
      one.release();
      two.release();
      assertThat(first.crc32c(0)).isEqualTo(1138817026);
      assertThat(first.crc32c(5)).isEqualTo((int) 3239494520L);
      assertThat(second.crc32c(0)).isEqualTo((int) 2481791210L);
      BufferList ab = first.share().claimAppend(second.share());
      BufferList ba = second.share().claimAppend(first.share());
      assertThat(ab.crc32c(0)).isEqualTo((int) 2988268779L);
      assertThat(ba.crc32c(0)).isEqualTo(169240695);
      assertThat(ba.crc32c(5)).isEqualTo(1265464778);
    }
    assertThat(Crc32c.update(0, new byte[] {'A'})).isEqualTo(0xB3109EBF);
    assertThat(Crc32c.update(0xB3109EBF, new byte[] {'A'})).isEqualTo(0x5FA5C0CC);
  }

  @Test
  void shouldRememberAChecksumOfItsOwnRangeOnly() {
    byte[] bytes = Pipes.bytes(6, 10_000);
    try (BufferList list = BufferList.wrap(bytes);
        BufferList end = list.slice(3000, 7000)) {
      assertThat(list.crc32c(0)).isEqualTo(Crc32c.update(0, bytes));
      assertThat(end.crc32c(0)).isEqualTo(Crc32c.update(0, bytes, 3000, 7000));
      assertThat(end.crc32c(9)).isEqualTo(Crc32c.update(9, bytes, 3000, 7000));
    }
    MemorySegment whole = MemorySegment.wrap(ByteBuffer.wrap(bytes));
    MemorySegment part = whole.share(1000, 2000);
    MemorySegment inner = whole.share(2000, 6000).share(1000, 2000); // not what part is
    assertThat(part.crc32c(0)).isEqualTo(Crc32c.update(0, bytes, 1000, 2000));
    assertThat(inner.crc32c(0)).isEqualTo(Crc32c.update(0, bytes, 3000, 2000));
  }

  @Test
  void shouldSeeTheRightBytesOfATwinWhoseHeadIsGone() {
    byte[] bytes = Pipes.bytes(9, 5000);
    try (BufferList list = inPipe(bytes)) {
      assertThat(view(list).byteAt(0)).isEqualTo(bytes[0]); // mapped from here on
      list.spliceOut(0, 1000).close();
      try (BufferList twin = list.twin(pool)) {
        assertThat(view(twin).bytes(0, 4000)).isEqualTo(Arrays.copyOfRange(bytes, 1000, 5000));
      }
    }
  }
}
