package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnodeCacheTest {
  private static final byte[] KEY = {1, 2, 3};

  private final OnodeCache cache = new OnodeCache(10_000);

  @Test
  void shouldTakeWhatAReaderBringsWhenNothingWasPublishedMeanwhile() {
    Onode onode = new Onode(1);
    cache.offer(KEY, onode, cache.version());
    assertThat(cache.get(KEY.clone())).isSameAs(onode);
  }

  @Test
  void shouldRefuseWhatAReaderFoundBeforeACommit() {
    long before = cache.version();
    Onode committed = new Onode(2);
    cache.publish(Map.of(KEY, committed));
    cache.offer(KEY, new Onode(1), before);
    assertThat(cache.get(KEY)).isSameAs(committed);
  }

  @Test
  void shouldNotBringBackWhatWasRemoved() {
    cache.publish(Map.of(KEY, new Onode(1)));
    long before = cache.version();
    cache.publish(Collections.singletonMap(KEY, null));
    cache.offer(KEY, new Onode(1), before);
    assertThat(cache.get(KEY)).isNull();
    assertThat(cache.weight()).isZero();
  }

  @Test
  void shouldDropTheLeastRecentlyUsedWhenItIsFull() {
    int entries = 10_000 / new Onode(0).weight();
    for (int i = 0; i < entries; i++) {
      cache.publish(Map.of(new byte[] {(byte) i}, new Onode(i)));
    }
    cache.get(new byte[] {0});
    cache.publish(Map.of(KEY, new Onode(99)));
    assertThat(cache.get(new byte[] {0})).isNotNull();
    assertThat(cache.get(new byte[] {1})).isNull();
    assertThat(cache.weight()).isLessThanOrEqualTo(10_000);
  }

  @Test
  void shouldCountLongNames() {
    for (int i = 0; i < 100; i++) {
      byte[] name = new byte[2000];
      name[0] = (byte) i;
      cache.publish(Map.of(name, new Onode(i)));
    }
    assertThat(cache.weight()).isBetween(8_000L, 10_000L);
    byte[] name = new byte[2000];
    name[0] = 90; // one of the last ten, which are more than there is room for
    assertThat(cache.get(name)).isNull();
    for (int i = 0; i < 100; i++) {
      name[0] = (byte) i;
      cache.publish(Collections.singletonMap(name.clone(), null));
    }
    assertThat(cache.weight()).isZero();
  }
}
