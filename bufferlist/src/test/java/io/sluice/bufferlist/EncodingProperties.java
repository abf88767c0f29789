package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class EncodingProperties {
  @Property(tries = 200)
  void everyFieldComesBack(
      @ForAll byte b,
      @ForAll short s,
      @ForAll int i,
      @ForAll long l,
      @ForAll String text,
      @ForAll List<Long> list) {
    String encodable =
        new String(
            text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            java.nio.charset.StandardCharsets.UTF_8);
    Encoder to = new Encoder(0);
    int mark = to.begin(1, 1);
    to.u8(b)
        .bool(i > 0)
        .le16(s)
        .le32(i)
        .le64(l)
        .be16(s)
        .string(encodable)
        .list(list, Encoder::le64)
        .zeros(3)
        .end(mark);
    Decoder from = new Decoder(to.toByteArray());
    Decoder.Struct struct = from.begin(1, "fields");
    assertThat((byte) from.u8()).isEqualTo(b);
    assertThat(from.bool()).isEqualTo(i > 0);
    assertThat((short) from.le16()).isEqualTo(s);
    assertThat(from.le32()).isEqualTo(i);
    assertThat(from.le64()).isEqualTo(l);
    assertThat((short) from.be16()).isEqualTo(s);
    assertThat(from.string()).isEqualTo(encodable);
    assertThat(from.list(Decoder::le64)).isEqualTo(list);
    assertThat(from.raw(3)).containsExactly(0, 0, 0);
    assertThat(from.more(struct)).isFalse();
  }

  /** Whatever the bytes, a decoder ends with a value or with MalformedInputException. */
  @Property(tries = 500)
  void noiseNeverDoesAnythingElse(@ForAll @Size(max = 60) byte[] noise) {
    List<Consumer<Decoder>> readers =
        List.of(
            d -> d.end(d.begin(4, "noise")),
            Decoder::string,
            Decoder::blob,
            d -> d.list(Decoder::string),
            ChecksumVector::decode);
    for (Consumer<Decoder> reader : readers) {
      try {
        reader.accept(new Decoder(noise));
      } catch (MalformedInputException expected) {
        assertThat(expected).hasMessageMatching(".+");
      }
    }
  }
}
