package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class ListOperationsTest {
  private final PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 8);

  @TempDir Path directory;

  @AfterEach
  void close() {
    pool.close();
  }

  private static byte[] bytesOf(BufferList list) {
    return list.look(Inspection.DEBUG).bytes(0, (int) list.length());
  }

  @Test
  void shouldPutSmallAppendsTogether() {
    byte[] all = Pipes.bytes(1, 20_000);
    try (BufferList list = new BufferList().append(new byte[0])) {
      assertThat(list.isEmpty()).isTrue();
      for (int at = 0; at < all.length; at += 10) {
        list.append(all, at, 9).append(all[at + 9]);
      }
      assertThat(list.layout().count()).isEqualTo(1);
      assertThat(bytesOf(list)).isEqualTo(all);
      try (BufferList before = list.share()) {
        list.append("more"); // never into bytes that somebody shares
        assertThat(bytesOf(before)).isEqualTo(all);
        assertThat(list.length()).isEqualTo(all.length + 4);
      }
    }
  }

  @Test
  void shouldSpliceOutARangeOfAnyKind() {
    byte[] bytes = Pipes.bytes(2, 100_000);
    Random random = new Random(7);
    for (int round = 0; round < 40; round++) {
      int from = random.nextInt(bytes.length);
      int count = random.nextInt(bytes.length - from + 1);
      try (BufferList list = BufferList.wrap(Arrays.copyOf(bytes, 20_000))) {
        list.claimAppend(Pipes.holding(pool, Arrays.copyOfRange(bytes, 20_000, 90_000)));
        list.append(bytes, 90_000, 10_000);
        try (BufferList out = list.spliceOut(from, count)) {
          assertThat(bytesOf(out)).isEqualTo(Arrays.copyOfRange(bytes, from, from + count));
          byte[] rest = Arrays.copyOf(bytes, bytes.length - count);
          System.arraycopy(bytes, from + count, rest, from, bytes.length - from - count);
          assertThat(bytesOf(list)).isEqualTo(rest);
          if (round % 2 == 0) {
            assertThat(bytesOf(list.claimPrepend(out)).length).isEqualTo(bytes.length);
          }
        }
        assertThatThrownBy(() -> list.spliceOut(1, Integer.MAX_VALUE))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  @Test
  void shouldMoveOnlyReferencesWhenCuttingAPipe() {
    byte[] bytes = Pipes.bytes(3, 60_000);
    try (BufferList list = new BufferList().claimAppend(Pipes.holding(pool, bytes))) {
      Tripwire wire = Tripwire.arm();
      BufferList middle = list.spliceOut(10_001, 20_002);
      wire.close();
      assertThat(pool.meter().copiedBytes()).isZero();
      assertThat(list.pipeCount()).isEqualTo(2);
      assertThat(bytesOf(middle)).isEqualTo(Arrays.copyOfRange(bytes, 10_001, 30_003));
      middle.close();
    }
  }

  @Test
  void shouldDecodeAcrossSegmentsOfOneByte() {
    Encoder encoder = new Encoder();
    int mark = encoder.begin(3, 1);
    encoder.u8(200).le16(40_000).le32(-5).le64(Long.MIN_VALUE + 9).be16(6789);
    encoder.string("käse").blob(new byte[] {1, 2}).bool(true).le64(77 /* newer field */).end(mark);
    byte[] bytes = encoder.le32(4711).toByteArray();
    for (int size : new int[] {1, 2, 3, 5, 7, bytes.length}) {
      try (BufferList list = pieces(bytes, size)) {
        BufferCursor cursor = list.look(Inspection.DECODE).cursor();
        BufferCursor.Struct struct = cursor.begin(2, "thing");
        assertThat(struct.version()).isEqualTo(3);
        assertThat(cursor.u8()).isEqualTo(200);
        assertThat(cursor.le16()).isEqualTo(40_000);
        assertThat(cursor.le32()).isEqualTo(-5);
        assertThat(cursor.le64()).isEqualTo(Long.MIN_VALUE + 9);
        assertThat(cursor.be16()).isEqualTo(6789);
        assertThat(cursor.string()).isEqualTo("käse");
        try (BufferList blob = cursor.blobList()) {
          assertThat(bytesOf(blob)).containsExactly(1, 2);
        }
        assertThat(cursor.bool()).isTrue();
        assertThat(cursor.more(struct)).isTrue();
        assertThat(cursor.end(struct).le32()).isEqualTo(4711);
        assertThat(cursor.remaining()).isZero();
        assertThatThrownBy(cursor::u8).isInstanceOf(MalformedInputException.class);
      }
    }
  }

  private BufferList pieces(byte[] bytes, int size) {
    BufferList list = new BufferList();
    for (int at = 0; at < bytes.length; at += size) {
      byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size));
      list.claimAppend(
          at % 3 == 2 && list.pipeCount() < 3
              ? Pipes.holding(pool, piece)
              : MemorySegment.wrap(ByteBuffer.wrap(piece)));
    }
    return list;
  }

  @Test
  void shouldRefuseTruncatedAndIncompatibleInput() {
    byte[] newer = new Encoder().u8(9).u8(8).le32(0).toByteArray();
    byte[] tooLong = new Encoder().u8(1).u8(1).le32(100).toByteArray();
    byte[] hugeCount = new Encoder().le32(-1).toByteArray();
    for (byte[] bad : new byte[][] {newer, tooLong, {1}}) {
      BufferCursor cursor = BufferList.wrap(bad).look(Inspection.DECODE).cursor();
      assertThatThrownBy(() -> cursor.begin(7, "thing"))
          .isInstanceOf(MalformedInputException.class);
    }
    BufferCursor counts = BufferList.wrap(hugeCount).look(Inspection.DECODE).cursor();
    assertThatThrownBy(() -> counts.list(BufferCursor::u8))
        .isInstanceOf(MalformedInputException.class);
    byte[] threeOfFour = new Encoder().le32(3).le64(0).toByteArray();
    assertThatThrownBy(() -> new Decoder(threeOfFour).count(4))
        .isInstanceOf(MalformedInputException.class);
    assertThat(new Decoder(threeOfFour).count(2)).isEqualTo(3);
    BufferCursor past = BufferList.wrap(new byte[10]).look(Inspection.DECODE).cursor(3);
    assertThatThrownBy(() -> past.skip(8)).isInstanceOf(MalformedInputException.class);
    assertThat(past.position()).isEqualTo(10); // as Ceph's: at the end
  }

  @Test
  void shouldAppendContiguouslyAndTakePayloadInBetween() {
    byte[] payload = Pipes.bytes(4, 10_000);
    try (BufferAppender appender = new BufferAppender(16)) {
      BufferAppender.Struct struct = appender.begin(2, 1);
      BufferAppender.Hole later = appender.hole(4);
      appender.u8(1).le16(2).le32(3).le64(4).string("x").bool(false).zeros(3);
      appender.claimBlob(new BufferList().claimAppend(Pipes.holding(pool, payload)));
      appender.list(java.util.List.of(1, 2), BufferAppender::le32).blob(new byte[70_000]);
      later.le32(0, 99);
      appender.end(struct);
      long length = appender.length();
      try (BufferList list = appender.finish()) {
        assertThat(list.length()).isEqualTo(length);
        assertThat(list.hasPipes()).isTrue();
        BufferCursor cursor = list.look(Inspection.DECODE).cursor();
        BufferCursor.Struct read = cursor.begin(2, "thing");
        assertThat(read.end()).isEqualTo(length);
        assertThat(cursor.le32()).isEqualTo(99);
        assertThat(cursor.skip(15).string()).isEqualTo("x");
        assertThat(cursor.skip(4).blob()).isEqualTo(payload);
        assertThat(cursor.list(BufferCursor::le32)).containsExactly(1, 2);
        assertThat(cursor.blob()).hasSize(70_000);
      }
    }
  }

  @Test
  void shouldReadAndWriteFilesAndChannels() throws IOException {
    byte[] bytes = Pipes.bytes(8, 200_000);
    Path file = directory.resolve("file");
    try (BufferList list = new BufferList().append(bytes, 0, 150_000)) {
      list.claimAppend(Pipes.holding(pool, Arrays.copyOfRange(bytes, 150_000, 200_000)));
      BufferFiles.writeFile(list, file);
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
      assertThat(list.pipeCount()).isEqualTo(1);
    }
    try (BufferList whole = BufferFiles.readFile(file);
        BufferList part = BufferFiles.readFile(file, 1000, 100_000)) {
      assertThat(bytesOf(whole)).isEqualTo(bytes);
      assertThat(bytesOf(part)).isEqualTo(Arrays.copyOfRange(bytes, 1000, 101_000));
    }
    assertThatThrownBy(() -> BufferFiles.readFile(file, 150_000, 60_000))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> BufferFiles.readFile(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void shouldGatherMemoryUpToTheFirstPipe() {
    ByteBuffer direct = ByteBuffer.allocateDirect(50);
    try (BufferList list = BufferList.wrap(new byte[10]).claimAppend(BufferList.wrap(direct))) {
      assertThat(list.layout().isExactly(direct)).isFalse();
      list.claimAppend(Pipes.holding(pool, new byte[5])).append(1);
      Iovecs iovecs = new Iovecs();
      assertThat(iovecs.gather(list.segments(), 3)).isEqualTo(57);
      assertThat(iovecs.count()).isEqualTo(2);
      assertThat(iovecs.length(0)).isEqualTo(7);
      assertThat(iovecs.base(1)).isEqualTo(DirectBuffers.addressOf(direct));
    }
  }

  @Test
  void shouldGatherNoMorePiecesThanThereIsRoomFor() {
    try (BufferList list = BufferList.wrap(ByteBuffer.allocateDirect(1))) {
      for (int i = 0; i < Iovecs.MAX; i++) {
        list.claimAppend(BufferList.wrap(new byte[2]));
        list.claimAppend(BufferList.wrap(ByteBuffer.allocateDirect(3)));
      }
      Iovecs iovecs = new Iovecs();
      long gathered = iovecs.gather(list.segments(), 0);
      assertThat(iovecs.count()).isBetween(Iovecs.MAX - 1, Iovecs.MAX);
      assertThat(gathered).isEqualTo(1 + (iovecs.count() - 1) / 2 * 5L);
    }
    try (BufferList list = BufferList.wrap(new byte[70_000])) {
      list.claimAppend(BufferList.wrap(ByteBuffer.allocateDirect(3)));
      Iovecs iovecs = new Iovecs(); // whose staging buffer is full before the heap is in it
      assertThat(iovecs.gather(list.segments(), 0)).isEqualTo(64 << 10);
      assertThat(iovecs.count()).isEqualTo(1);
    }
  }
}
