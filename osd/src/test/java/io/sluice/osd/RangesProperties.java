package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Sets of ranges against sets of bits. */
class RangesProperties {
  record Run(int start, int length) {}

  @Provide
  Arbitrary<List<Run>> runs() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 60), Arbitraries.integers().between(0, 12))
        .as(Run::new)
        .list()
        .ofMaxSize(12);
  }

  private static Ranges ranges(List<Run> runs) {
    Ranges all = Ranges.NONE;
    for (Run run : runs) {
      all = all.plus(run.start(), run.length());
    }
    return all;
  }

  private static BitSet bits(List<Run> runs) {
    BitSet bits = new BitSet();
    runs.forEach(run -> bits.set(run.start(), run.start() + run.length()));
    return bits;
  }

  private static BitSet bits(Ranges ranges) {
    Encoder to = new Encoder(64);
    ranges.encode(to);
    Decoder from = new Decoder(to.toByteArray());
    BitSet bits = new BitSet();
    int end = -1;
    for (int left = from.le32(); left > 0; left--) {
      int start = (int) from.le64();
      assertThat(start).as("runs ascend and do not touch").isGreaterThan(end);
      end = start + (int) from.le64();
      bits.set(start, end);
    }
    return bits;
  }

  @Property(tries = 300)
  void shouldBeTheSetOfItsBytes(@ForAll("runs") List<Run> a, @ForAll("runs") List<Run> b) {
    BitSet minus = bits(a);
    minus.andNot(bits(b));
    BitSet and = bits(a);
    and.and(bits(b));
    assertThat(bits(ranges(a))).isEqualTo(bits(a));
    assertThat(bits(ranges(a).minus(ranges(b)))).isEqualTo(minus);
    assertThat(bits(ranges(a).and(ranges(b)))).isEqualTo(and);
    assertThat(ranges(a).bytes()).isEqualTo(bits(a).cardinality());
    assertThat(ranges(a).minus(ranges(b)).isEmpty()).isEqualTo(minus.isEmpty());
    assertThat(bits(Ranges.decode(decoder(ranges(a))))).isEqualTo(bits(a));
  }

  private static Decoder decoder(Ranges ranges) {
    Encoder to = new Encoder(64);
    ranges.encode(to);
    return new Decoder(to.toByteArray());
  }
}
