package io.sluice.objectstore;

import io.sluice.bufferlist.DecoderTarget;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Damaged, cut and random bytes are refused by every decoder of this module, or read. */
class StoreDecoderProperties {
  @Provide
  Arbitrary<DecoderTarget> targets() {
    return Arbitraries.of(StoreDecoders.ALL);
  }

  @Property(tries = 3000)
  void shouldReadOrRefuse(@ForAll("targets") DecoderTarget target, @ForAll long seed) {
    target.tryDamaged(seed);
  }
}
