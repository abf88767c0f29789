package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;

/** What can be asked of a list that stays as it is, each with the answer there ought to be. */
enum ListLook {
  PREDICATES(ListLook::predicates),
  BYTES(ListLook::bytes),
  TO_ARRAY(
      m ->
          m.surviving(
              () ->
                  assertThat(m.list.toByteArray(m.pool, Inspection.DEBUG))
                      .isEqualTo(m.expected()))),
  CURSOR(ListLook::cursor),
  COMPARE(ListLook::compare),
  ZERO(ListLook::zero),
  CHECKSUM(ListLook::checksum),
  TEXT(ListLook::text),
  WINDOW(ListLook::window),
  GATHER(ListLook::gather),
  CHANNEL(ListLook::channel),
  STALE_VIEW(ListLook::staleView);

  private interface Operation {
    void apply(ListModel model);
  }

  private final Operation operation;

  ListLook(Operation operation) {
    this.operation = operation;
  }

  void apply(ListModel model) {
    operation.apply(model);
  }

  /** Answered while any inspection would throw. */
  private static void predicates(ListModel m) {
    try (Tripwire wire = Tripwire.arm()) {
      Layout layout = m.list.layout();
      boolean all = true;
      boolean aligned = true;
      for (Segment segment : m.list.segments()) {
        all &= segment.length() % 512 == 0;
        aligned &= !(segment instanceof PipeSegment);
      }
      assertThat(layout.isSizedBy(512)).isEqualTo(all);
      assertThat(layout.isSizedBy(1)).isTrue();
      assertThat(layout.isContiguous()).isEqualTo(layout.count() < 2);
      assertThat(layout.isAlignedTo(1) && !aligned).isFalse();
      assertThat(layout.isExactly(ByteBuffer.allocateDirect(1))).isFalse();
      assertThat(m.list.toString()).contains(m.length() + " bytes");
      assertThat(m.list.look(Inspection.DEBUG).length()).isEqualTo(m.length());
      assertThat(wire.tripped()).isNull();
    }
  }

  private static void bytes(ListModel m) {
    m.surviving(
        () -> {
          BufferView view = m.list.look(Inspection.DEBUG);
          for (int i = 0; i < 4; i++) {
            int from = m.place();
            int count = m.countFrom(from);
            ByteBuffer together = view.contiguous(from, count);
            byte[] first = new byte[together.remaining()];
            together.get(first);
            assertThat(first).isEqualTo(m.part(from, first.length));
            assertThat(first.length == 0).isEqualTo(count == 0);
            assertThat(view.bytes(from, count)).isEqualTo(m.part(from, count));
            if (from < m.length()) {
              assertThat(view.byteAt(from)).isEqualTo(m.expected()[from]);
            } else {
              assertThatThrownBy(() -> view.byteAt(from))
                  .isInstanceOf(IndexOutOfBoundsException.class);
            }
          }
        });
  }

  /** Primitives at random places, beside a buffer over the whole. */
  private static void cursor(ListModel m) {
    m.surviving(
        () -> {
          ByteBuffer all = ByteBuffer.wrap(m.expected()).order(ByteOrder.LITTLE_ENDIAN);
          BufferCursor cursor = m.list.look(Inspection.DECODE).cursor(m.place());
          all.position((int) cursor.position());
          for (int i = 0; i < 12; i++) {
            read(m.random, cursor, all);
            assertThat(cursor.position()).isEqualTo(all.position());
            assertThat(cursor.remaining()).isEqualTo(all.remaining());
          }
        });
  }

  private static void read(Random random, BufferCursor cursor, ByteBuffer all) {
    int most = Math.min(all.remaining(), 5000);
    int count = random.nextInt(most + 1);
    switch (random.nextInt(9)) {
      case 0 -> enough(cursor, all, 2, c -> c.le16(), () -> all.getShort() & 0xffff);
      case 1 -> enough(cursor, all, 4, c -> c.le32(), all::getInt);
      case 2 -> enough(cursor, all, 8, c -> c.le64(), all::getLong);
      case 3 -> enough(cursor, all, 1, c -> c.u8(), () -> all.get() & 0xff);
      case 4 -> {
        byte[] raw = new byte[count];
        all.get(raw);
        assertThat(cursor.raw(count)).isEqualTo(raw);
      }
      case 5 -> {
        cursor.skip(count);
        all.position(all.position() + count);
      }
      case 6 -> {
        byte[] raw = new byte[count];
        all.get(raw);
        assertThat(cursor.crc32c(count, 7)).isEqualTo(Crc32c.update(7, raw));
      }
      case 7 -> {
        if (count > 0) {
          ByteBuffer together = cursor.contiguous(count);
          byte[] raw = new byte[together.remaining()];
          all.get(raw);
          assertThat(together).isEqualTo(ByteBuffer.wrap(raw));
        }
      }
      default -> {
        int place = random.nextInt(all.limit() + 1);
        cursor.seek(place);
        all.position(place);
      }
    }
  }

  private interface Reads {
    Object from(BufferCursor cursor);
  }

  private static void enough(
      BufferCursor cursor,
      ByteBuffer all,
      int bytes,
      Reads reads,
      java.util.function.Supplier<Object> expected) {
    if (all.remaining() >= bytes) {
      assertThat(reads.from(cursor)).isEqualTo(expected.get());
    } else {
      assertThatThrownBy(() -> reads.from(cursor)).isInstanceOf(MalformedInputException.class);
      cursor.seek(all.position());
    }
  }

  private static void compare(ListModel m) {
    byte[] other = m.expected().clone();
    int place = m.length() == 0 ? 0 : m.random.nextInt(m.length());
    int change = m.length() == 0 ? 0 : m.random.nextInt(3) - 1;
    if (change != 0) {
      other[place] += (byte) change;
    }
    m.surviving(
        () -> {
          BufferView mine = m.list.look(Inspection.COMPARE);
          BufferView theirs = BufferList.wrap(other).look(Inspection.COMPARE);
          int order = Arrays.compareUnsigned(m.expected(), other);
          assertThat(Integer.signum(mine.compareTo(theirs))).isEqualTo(Integer.signum(order));
          assertThat(mine.contentEquals(theirs)).isEqualTo(order == 0);
        });
  }

  private static void zero(ListModel m) {
    boolean zero = true;
    for (byte b : m.expected()) {
      zero &= b == 0;
    }
    boolean expected = zero;
    m.surviving(() -> assertThat(m.list.look(Inspection.COMPARE).isZero()).isEqualTo(expected));
  }

  private static void checksum(ListModel m) {
    int seed = m.random.nextInt();
    if (m.list.hasPipes()) {
      assertThatThrownBy(() -> m.list.crc32c(seed)).isInstanceOf(IllegalStateException.class);
    }
    int expected = Crc32c.update(seed, m.expected());
    m.surviving(() -> assertThat(m.list.crc32c(seed, Inspection.CRC)).isEqualTo(expected));
    assertThat(m.list.crc32c(seed, Inspection.CRC)).isEqualTo(expected); // remembered
  }

  private static void text(ListModel m) {
    int from = m.place();
    int count = Math.min(300, m.countFrom(from));
    try (BufferList part = m.list.slice(from, count)) {
      BufferView view = part.look(Inspection.DEBUG);
      assertThat(view.base64()).isEqualTo(Base64.getEncoder().encodeToString(m.part(from, count)));
      BufferView same = BufferList.wrap(m.part(from, count)).look(Inspection.DEBUG);
      assertThat(view.hexdump()).isEqualTo(same.hexdump());
    }
  }

  /** Each byte once through a small window, as it is checked on arrival. */
  private static void window(ListModel m) {
    try (MemfdWindow window = MemfdWindow.open(m.pool, 4096 << m.random.nextInt(5))) {
      ChecksumScanner scanner = new ChecksumScanner(m.length());
      window.scan(m.list, scanner, m.meter);
      assertThat(scanner.finish()).isEqualTo(ChecksumVector.of(m.expected(), 0, m.length()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void gather(ListModel m) {
    Iovecs iovecs = new Iovecs();
    long gathered = iovecs.gather(m.list.segments(), 0);
    byte[] bytes = new byte[(int) gathered];
    int at = 0;
    for (int i = 0; i < iovecs.count(); i++) {
      int length = (int) iovecs.length(i);
      new com.sun.jna.Pointer(iovecs.base(i)).read(0, bytes, at, length);
      at += length;
    }
    assertThat(at).isEqualTo(bytes.length);
    assertThat(bytes).isEqualTo(m.part(0, bytes.length));
    boolean memory = !m.list.isEmpty() && m.list.segments().get(0) instanceof MemorySegment;
    assertThat(gathered > 0).isEqualTo(memory);
  }

  private static void channel(ListModel m) {
    int from = m.place();
    int count = m.countFrom(from);
    m.surviving(
        () -> {
          try {
            ByteArrayOutputStream to = new ByteArrayOutputStream();
            BufferFiles.write(m.list, from, count, Channels.newChannel(to));
            assertThat(to.toByteArray()).isEqualTo(m.part(from, count));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void staleView(ListModel m) {
    BufferView view = m.list.look(Inspection.DEBUG);
    m.list.append(9);
    m.expectAppended(new byte[] {9});
    if (view.length() > 0) {
      assertThatThrownBy(() -> view.byteAt(0)).isInstanceOf(IllegalStateException.class);
    }
  }
}
