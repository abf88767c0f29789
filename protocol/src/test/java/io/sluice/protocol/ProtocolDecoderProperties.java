package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.DecoderTarget;
import io.sluice.bufferlist.MalformedInputException;
import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Damaged, cut and random bytes are refused by every decoder of this module, or read. */
class ProtocolDecoderProperties {
  @Provide
  Arbitrary<DecoderTarget> targets() {
    return Arbitraries.of(ProtocolDecoders.ALL);
  }

  @Property(tries = 12_000)
  void shouldReadOrRefuse(@ForAll("targets") DecoderTarget target, @ForAll long seed) {
    target.tryDamaged(seed);
  }

  /** Maps are what most depends on. */
  @Property(tries = 3000)
  void shouldReadOrRefuseMaps(@ForAll @IntRange(max = 3) int which, @ForAll long seed) {
    ProtocolDecoders.ALL.get(which).tryDamaged(seed);
  }

  @Property(tries = 3000)
  void shouldReadOrRefuseChangesOfMaps(@ForAll long seed) {
    ProtocolDecoders.ALL.get(ProtocolDecoders.ALL.size() - 1).tryDamaged(seed);
  }

  @Property(tries = 500)
  void shouldRefuseAnOsdMapWithAnyOneByteChanged(
      @ForAll @IntRange(max = 4536) int at, @ForAll byte value) throws IOException {
    byte[] bytes = CephTool.recorded("osdmap");
    if (bytes[at] == value) {
      return;
    }
    bytes[at] = value;
    assertThatThrownBy(() -> OsdMap.decode(bytes)).isInstanceOf(MalformedInputException.class);
  }
}
