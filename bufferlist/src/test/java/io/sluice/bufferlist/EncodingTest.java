package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EncodingTest {
  @Test
  void shouldLayOutBytesAsCephDoes() {
    Encoder to = new Encoder();
    int mark = to.begin(3, 1);
    to.u8(0xab).le16(0x0102).le32(0x03040506).le64(0x0708090a0b0c0d0eL).be16(6789).string("é");
    to.end(mark);
    assertThat(to.toByteArray())
        .containsExactly(
            3, 1, 23, 0, 0, 0, 0xab, 2, 1, 6, 5, 4, 3, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 9, 8, 7, 0x1a,
            0x85, 2, 0, 0, 0, 0xc3, 0xa9);
  }

  @Test
  void shouldChecksumWhatWasWrittenFromAPlaceOn() {
    Encoder to = new Encoder(16).le64(7).string("123456789").le32(1);
    byte[] all = to.toByteArray();
    assertThat(to.crc32c(0, 12)).isEqualTo(Crc32c.update(0, all, 12, 13));
    assertThat(to.crc32c(Crc32c.SEED, to.length())).isEqualTo(Crc32c.SEED);
    assertThatThrownBy(() -> to.crc32c(0, to.length() + 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldSkipWhatANewerWriterAdded() {
    Encoder to = new Encoder();
    int mark = to.begin(9, 2);
    to.le32(1).string("new in v9").end(mark).u8(77);
    Decoder from = new Decoder(to.toByteArray());
    Decoder.Struct struct = from.begin(2, "thing");
    assertThat(struct.version()).isEqualTo(9);
    assertThat(from.le32()).isEqualTo(1);
    assertThat(from.more(struct)).isTrue();
    assertThat(from.end(struct).u8()).isEqualTo(77);
    assertThat(from.remaining()).isZero();
  }

  @Test
  void shouldRefuseWhatItCannotUnderstand() {
    Encoder newer = new Encoder();
    newer.end(newer.begin(9, 8));
    assertThatThrownBy(() -> new Decoder(newer.toByteArray()).begin(7, "thing"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("needs a reader of v8");
    byte[] tooLong = {1, 1, 5, 0, 0, 0, 1, 2, 3, 4};
    assertThatThrownBy(() -> new Decoder(tooLong).begin(1, "thing"))
        .isInstanceOf(MalformedInputException.class);
    byte[] negative = {1, 1, -1, -1, -1, -1};
    assertThatThrownBy(() -> new Decoder(negative).begin(1, "thing"))
        .isInstanceOf(MalformedInputException.class);
    byte[] readPast = {1, 1, 1, 0, 0, 0, 1, 2};
    Decoder from = new Decoder(readPast);
    Decoder.Struct struct = from.begin(1, "thing");
    from.le16();
    assertThatThrownBy(() -> from.end(struct)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void shouldCheckCountsBeforeItAllocates() {
    byte[] huge = {-1, -1, -1, 0x7f, 0};
    assertThatThrownBy(() -> new Decoder(huge).list(Decoder::u8))
        .isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> new Decoder(huge).blob()).isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> new Decoder(huge).string())
        .isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> new Decoder(huge).le64()).isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> new Decoder(huge).skip(-1))
        .isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> new Decoder(huge, 4, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldPatchOnlyWhatIsWritten() {
    Encoder to = new Encoder().le32(0).list(List.of(5, 6), Encoder::u8);
    to.patchLe32(0, 99);
    assertThat(new Decoder(to.toByteArray()).le32()).isEqualTo(99);
    assertThat(to.length()).isEqualTo(10);
    assertThatThrownBy(() -> to.patchLe32(7, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldGiveItsOwnArrayWhereItIsFullAndBeginAnew() {
    Encoder exact = new Encoder(16).le64(1).le64(2);
    byte[] claimed = exact.claimBytes();
    assertThat(claimed).hasSize(16).startsWith(1, 0).endsWith(0, 0);
    assertThat(exact.length()).isZero();
    exact.le32(7);
    assertThat(claimed).startsWith(1, 0);
    assertThat(exact.claimBytes()).containsExactly(7, 0, 0, 0);
  }
}
