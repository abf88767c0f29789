package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OmapPage;
import io.sluice.protocol.OmapQuery;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single steps of clients that would take more memory than an OSD has, or nearly. */
class LargeStepsTest {
  private static final int XXHASH32 = 0;
  private static final int XXHASH64 = 1;
  private static final int CRC32C = 2;
  private static final int PIECE = (int) Limits.PUSH_PIECE_BYTES;
  private static final ThreadMXBean MEMORY = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private OneOsd osd;

  @BeforeEach
  void start() {
    osd = OneOsd.start(3);
  }

  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static OsdOp write(byte[] bytes) {
    return OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, bytes.length, 0, 0), bytes);
  }

  private static OsdOp compare(long offset, byte[] bytes) {
    return OsdOp.of(OpCode.CMPEXT, new OpArgs.Extent(offset, bytes.length, 0, 0), bytes);
  }

  private static OsdOp same(long offset, long length, String unit) {
    return OsdOp.of(
        OpCode.WRITE_SAME, new OpArgs.Extent(offset, length, unit.length(), 0), unit.getBytes());
  }

  private static OsdOp checksum(long length, int chunk, int type) {
    byte[] initial = new Encoder().le64(7).toByteArray();
    long kind = (long) type << 32 | chunk;
    return OsdOp.of(OpCode.CHECKSUM, new OpArgs.Extent(0, length, kind, 0), initial);
  }

  private static OsdOp pairs(String prefix, int count, int valueBytes) {
    Encoder to = new Encoder().le32(count);
    for (int i = 0; i < count; i++) {
      to.string(prefix + i).blob(new byte[valueBytes]);
    }
    return OsdOp.payload(OpCode.OMAP_SET_VALS, to.toByteArray());
  }

  /** Heap that this thread, and all of the simulation runs in it, asks for meanwhile. */
  private static long allocated(Runnable part) {
    long before = MEMORY.getCurrentThreadAllocatedBytes();
    part.run();
    return MEMORY.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void shouldGiveASparseReadsBytesOnAsTheyAre() {
    int length = 3 * PIECE;
    osd.run("a", write(content(length)));
    osd.run("a", OneOsd.read());
    long read = allocated(() -> osd.run("a", OsdOp.extent(OpCode.READ, 0, length)));
    OsdOp sparse = OsdOp.extent(OpCode.SPARSE_READ, 0, length);
    assertThat(allocated(() -> osd.run("a", sparse))).isLessThan(read + length / 2);
  }

  @Test
  void shouldReadNoMoreThanAnAnswerHolds() {
    osd.run("a", same(0, 80 << 20, "x"));
    OsdOp whole = OsdOp.extent(OpCode.READ, 0, 80 << 20);
    OsdOp sparse = OsdOp.extent(OpCode.SPARSE_READ, 0, 80 << 20);
    assertThat(osd.run("a", whole, whole).result()).isEqualTo(Errno.E2BIG.result());
    assertThat(osd.run("a", whole, sparse).result()).isEqualTo(Errno.E2BIG.result());
  }

  @Test
  void shouldCompareBeyondOnePiece() {
    int length = 2 * PIECE + 1000;
    byte[] stored = content(length);
    osd.run("a", write(stored));
    assertThat(osd.run("a", compare(0, stored)).result()).isZero();
    byte[] longer = Arrays.copyOf(stored, length + PIECE);
    assertThat(osd.run("a", compare(0, longer)).result()).isZero();
    for (int at :
        new int[] {0, PIECE - 1, PIECE, 2 * PIECE, length - 1, length, length + PIECE - 1}) {
      byte[] other = longer.clone();
      other[at] ^= 1;
      assertThat(osd.run("a", compare(0, other)).result()).isEqualTo(-4095 - at);
    }
    byte[] part = Arrays.copyOfRange(stored, 5, length);
    assertThat(osd.run("a", compare(5, part)).result()).isZero();
    part[PIECE + 3]++;
    assertThat(osd.run("a", compare(5, part)).result()).isEqualTo(-4095 - PIECE - 3);
    assertThat(osd.run("a", compare(length, new byte[10])).result()).isZero();
    assertThat(osd.run("a", compare(length, "12".getBytes())).result()).isEqualTo(-4095);
  }

  @Test
  void shouldLeaveWhatIsComparedOrRepeatedOutOfTheHeap() {
    assertThat(StepPayloads.isApart(compare(0, new byte[1]))).isTrue();
    assertThat(StepPayloads.isApart(same(0, 1, "x"))).isTrue();
    assertThat(StepPayloads.isApart(pairs("k", 1, 1))).isFalse();
  }

  @Test
  void shouldSumPieceByPiece() {
    int length = 2 * PIECE + 1000;
    byte[] stored = content(length);
    osd.run("a", write(stored));
    for (int chunk : new int[] {0, length, length / 2, length / 8, 24}) {
      for (int type : new int[] {XXHASH32, XXHASH64, CRC32C}) {
        int unit = chunk == 0 ? length : chunk;
        Encoder wanted = new Encoder().le32(length / unit);
        for (int at = 0; at < length; at += unit) {
          switch (type) {
            case XXHASH32 -> wanted.le32(XxHash.hash32(stored, at, unit, 7));
            case XXHASH64 -> wanted.le64(XxHash.hash64(stored, at, unit, 7));
            default -> wanted.le32(Crc32c.update(7, stored, at, unit));
          }
        }
        byte[] sums = osd.run("a", checksum(chunk == 0 ? 0 : length, chunk, type)).data();
        assertThat(sums).as("%d by %d", type, chunk).isEqualTo(wanted.toByteArray());
      }
    }
  }

  /** As their public specification's own examples. */
  @Test
  void shouldHashAsXxHashDoes() {
    byte[] text = "Nobody inspects the spammish repetition".getBytes();
    assertThat(XxHash.hash32(text, 0, text.length, 0)).isEqualTo(0xe2293b2f);
    assertThat(XxHash.hash64(text, 0, text.length, 0)).isEqualTo(0xfbcea83c8a378bf1L);
    assertThat(XxHash.hash32(text, 0, 0, 0)).isEqualTo(0x02cc5d05);
    assertThat(XxHash.hash64(text, 0, 0, 0)).isEqualTo(0xef46db3751d8e999L);
  }

  @Test
  void shouldRefuseMoreChecksumsThanAnAnswerHolds() {
    int length = 2 << 20;
    osd.run("a", same(0, length, "x"));
    assertThat(osd.run("a", checksum(length, 1, XXHASH64)).result())
        .isEqualTo(Errno.E2BIG.result());
    assertThat(osd.run("a", checksum(length, 1, CRC32C)).result()).isEqualTo(Errno.E2BIG.result());
    assertThat(osd.run("a", checksum(length, 4, XXHASH64)).data()).hasSize(4 + length / 4 * 8);
  }

  @Test
  void shouldRepeatABlockInTheWholeRange() {
    String unit = "abcdefg";
    int length = (int) (WriteSameOperation.BLOCK_BYTES / 7 * 7 * 2.5) / 7 * 7;
    assertThat(osd.run("a", same(3, length, unit)).result()).isZero();
    byte[] found = osd.run("a", OsdOp.extent(OpCode.READ, 3, length)).data();
    assertThat(new String(found)).isEqualTo(unit.repeat(length / 7));
    String large = new String(new char[WriteSameOperation.BLOCK_BYTES + 10]).replace('\0', 'y');
    assertThat(osd.run("b", same(0, 2L * large.length(), large)).result()).isZero();
    assertThat(osd.run("b", OneOsd.read()).data()).containsOnly('y');
  }

  @Test
  void shouldCountWhatStepsOfOneOperationRepeatTogether() {
    long half = Limits.WRITE_OP_BYTES / 2;
    assertThat(osd.run("a", same(0, half, "x"), same(half, half + 1, "x")).result())
        .isEqualTo(Errno.EFBIG.result());
    assertThat(osd.run("a", same(0, Limits.WRITE_OP_BYTES + 1, "x")).result())
        .isEqualTo(Errno.EFBIG.result());
    assertThat(osd.run("a", OsdOp.of(OpCode.STAT, OpArgs.NONE)).result()).isEqualTo(-2);
  }

  private OmapPage keys(String after) {
    byte[] query = new OmapQuery(after.getBytes(), -1, new byte[0]).encodeForKeys();
    return OmapPage.decodeKeys(osd.run("a", OsdOp.payload(OpCode.OMAP_GET_KEYS, query)).data());
  }

  private OmapPage values(byte[] after) {
    byte[] query = new OmapQuery(after, -1, new byte[0]).encodeForValues();
    return OmapPage.decodeValues(osd.run("a", OsdOp.payload(OpCode.OMAP_GET_VALS, query)).data());
  }

  @Test
  void shouldEndAPageOfOmapWhenItIsLongEnough() {
    int valueBytes = 1 << 20;
    for (int i = 0; i < 4; i++) {
      assertThat(osd.run("a", pairs("k" + i, 4, valueBytes)).result()).isZero();
    }
    OmapPage all = keys("");
    assertThat(all.entries()).hasSize(16);
    assertThat(all.more()).isFalse();
    OmapPage page = values(new byte[0]);
    int pages = 1;
    int found = page.entries().size();
    assertThat(found).isEqualTo(3);
    while (page.more()) {
      page = values(page.entries().lastKey());
      assertThat(page.entries()).isNotEmpty();
      found += page.entries().size();
      pages++;
    }
    assertThat(found).isEqualTo(16);
    assertThat(pages).isEqualTo(6);
  }

  @Test
  void shouldAnswerAKeyOnceHoweverOftenItIsAskedFor() {
    osd.run("a", pairs("k", 2, 1000));
    Encoder keys = new Encoder().le32(1001).string("k1");
    for (int i = 0; i < 1000; i++) {
      keys.string("k0");
    }
    byte[] input = keys.toByteArray();
    byte[] found = osd.run("a", OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, input)).data();
    Decoder from = new Decoder(found);
    assertThat(from.list(each -> each.string() + each.blob().length))
        .containsExactly("k01000", "k11000");
    assertThat(from.remaining()).isZero();
  }

  @Test
  void shouldRefuseMoreValuesThanAnAnswerHolds() {
    for (int i = 0; i < 3; i++) {
      osd.run("a", pairs("k" + i, 3, 1 << 20));
    }
    Encoder keys = new Encoder().le32(9);
    keys("").entries().keySet().forEach(keys::blob);
    OsdOp all = OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, keys.toByteArray());
    assertThat(osd.run("a", all).result()).isEqualTo(Errno.E2BIG.result());
  }

  @Test
  void shouldNotTakeApartWhatIsTooLongTogether() {
    int half = (int) Limits.CHANGES_BYTES / 2;
    OsdOp keys = OsdOp.payload(OpCode.OMAP_GET_VALS_BY_KEYS, new byte[half]);
    OsdOp call = OneOsd.call("lock", "lock", new Encoder().zeros(half));
    int tooLong = Errno.EMSGSIZE.result();
    assertThat(osd.run("a", pairs("k", 1, half), pairs("l", 1, half)).result()).isEqualTo(tooLong);
    assertThat(osd.run("a", keys, call).result()).isEqualTo(tooLong);
    osd.run("a", OneOsd.data(OpCode.WRITE, 0, "x"));
    assertThat(osd.run("a", keys, keys, keys).result()).isEqualTo(tooLong);
    assertThat(osd.run("a", keys).result()).isZero();
  }

  @Test
  void shouldGiveAFailedWriterNoMoreThanTheLogsAnswerHolds() {
    int length = Limits.STEP_OUTPUT_BYTES + 1;
    osd.run("a", write(content(length)));
    OsdOp guard = compare(0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    OsdOp append = OneOsd.data(OpCode.APPEND, 0, "x");
    OneOsd.Answer answer = osd.run("a", OsdOp.extent(OpCode.READ, 0, length), guard, append);
    assertThat(answer.result()).isLessThanOrEqualTo(-4095);
    assertThat(answer.data()).isEmpty();
    OsdOp shorter = OsdOp.extent(OpCode.READ, 0, length - 1);
    assertThat(osd.run("a", shorter, guard, append).data()).hasSize(length - 1);
  }
}
