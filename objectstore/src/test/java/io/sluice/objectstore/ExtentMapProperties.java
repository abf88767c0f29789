package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ExtentMapProperties {
  private static final int BYTES = 300;

  /** A byte of the object as the model sees it: blob and offset in it, 0 = hole. */
  private final long[] model = new long[BYTES];

  private final Map<Long, Integer> references = new HashMap<>();
  private final BlobRefs refs =
      new BlobRefs() {
        @Override
        public void ref(long blob) {
          references.merge(blob, 1, Integer::sum);
        }

        @Override
        public void unref(long blob) {
          references.merge(blob, -1, (count, one) -> count == 1 ? null : count - 1);
        }
      };

  @Property
  void shouldMapEachByteToWhereItWasWrittenLast(@ForAll long seed) {
    Random random = new Random(seed);
    ExtentMap map = new ExtentMap();
    Arrays.fill(model, 0);
    references.clear();
    for (int step = 1; step < 60; step++) {
      int from = random.nextInt(BYTES);
      int to = from + 1 + random.nextInt(BYTES - from);
      if (random.nextInt(4) == 0) {
        map.punch(from, to, refs);
        Arrays.fill(model, from, to, 0);
      } else {
        map.put(new Extent(from, to - from, step, 7), refs);
        for (int i = from; i < to; i++) {
          model[i] = step * 1000L + 7 + i - from;
        }
      }
      check(map, random);
    }
  }

  private void check(ExtentMap map, Random random) {
    long[] mapped = new long[BYTES];
    Map<Long, Integer> counted = new HashMap<>();
    long end = 0;
    for (Extent extent : map.all()) {
      assertThat(extent.offset()).isGreaterThanOrEqualTo(end);
      end = extent.end();
      counted.merge(extent.blob(), 1, Integer::sum);
      for (int i = 0; i < extent.length(); i++) {
        mapped[(int) extent.offset() + i] = extent.blob() * 1000 + extent.blobOffset() + i;
      }
    }
    assertThat(mapped).isEqualTo(model);
    assertThat(counted).isEqualTo(references);
    int from = random.nextInt(BYTES);
    int to = from + random.nextInt(BYTES - from);
    assertThat(map.overlapping(from, to))
        .isEqualTo(
            map.all().stream()
                .filter(e -> from < to && e.offset() < to && e.end() > from)
                .toList());
  }
}
