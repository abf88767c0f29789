package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Slices of small heap lists, which cut nothing until somebody asks for their segments. */
@ExtendWith(NoLeaks.class)
class HeapRunTest {
  private static BufferList parts(String... parts) {
    BufferList list = new BufferList();
    for (String part : parts) {
      list.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(part.getBytes())));
    }
    return list;
  }

  private static String text(BufferList list) {
    return list.look(Inspection.DECODE).utf8();
  }

  @Test
  void shouldKeepItsBytesWhateverBecomesOfTheSource() {
    BufferList source = parts("abc", "def", "ghi");
    BufferList slice = source.slice(2, 5);
    source.spliceOut(1, 4).close();
    source.append("more");
    assertThat(text(source)).isEqualTo("afghimore");
    source.close();
    assertThat(slice.length()).isEqualTo(5);
    assertThat(text(slice)).isEqualTo("cdefg");
    assertThat(slice.segments()).hasSize(3);
    slice.close();
  }

  @Test
  void shouldSliceAsTheListIsNowNotAsItWasAtTheLastSlice() {
    try (BufferList list = parts("abc", "def")) {
      list.slice(0, 6).close();
      list.append("ghi");
      try (BufferList after = list.slice(4, 5)) {
        assertThat(text(after)).isEqualTo("efghi");
      }
      list.pollSegment().release();
      try (BufferList after = list.slice(0, 4)) {
        assertThat(text(after)).isEqualTo("defg");
      }
    }
  }

  @Test
  void shouldSliceASliceAndAppendToIt() {
    try (BufferList list = parts("abcd", "efgh", "ijkl");
        BufferList slice = list.slice(1, 10);
        BufferList inner = slice.slice(2, 6);
        BufferList empty = inner.slice(6, 0)) {
      inner.append("!").claimAppend(MemorySegment.wrap(ByteBuffer.wrap(new byte[] {'?'})));
      assertThat(text(inner)).isEqualTo("defghi!?");
      assertThat(text(slice)).isEqualTo("bcdefghijk");
      assertThat(empty.isEmpty()).isTrue();
      assertThat(empty.segments()).isEmpty();
      assertThat(inner.crc32c(-1))
          .isEqualTo(Crc32c.update(-1, ByteBuffer.wrap("defghi!?".getBytes())));
    }
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    BufferList list = parts("abc", "def");
    BufferList slice = list.slice(1, 4);
    assertThatThrownBy(() -> slice.slice(2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    slice.close();
    assertThatThrownBy(slice::length).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> slice.slice(0, 1)).isInstanceOf(IllegalStateException.class);
    list.close();
  }

  @Test
  void shouldHoldWhatHasToBeReleasedByItsOwnReference() {
    AtomicInteger released = new AtomicInteger();
    BufferList list = parts("abc");
    list.claimAppend(
        MemorySegment.wrap(ByteBuffer.wrap("def".getBytes()), released::incrementAndGet));
    BufferList slice = list.slice(2, 2);
    list.close();
    assertThat(released).hasValue(0);
    assertThat(text(slice)).isEqualTo("cd");
    slice.close();
    assertThat(released).hasValue(1);
  }

  @Test
  void shouldNotKeepALargeListForASmallSlice() {
    try (BufferList list = parts("abc")) {
      list.claimAppend(MemorySegment.wrap(ByteBuffer.allocate(64 << 10)));
      assertThat(HeapRun.of(list.segments())).isSameAs(HeapRun.NONE);
      try (BufferList slice = list.slice(0, 2)) {
        assertThat(text(slice)).isEqualTo("ab");
      }
    }
  }
}
