package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What the cache gives is what was put, however often its memory has changed hands. */
class InlineCacheProperties {
  private static final int KIB = 1 << 10;

  @Property(tries = 50)
  void shouldGiveTheBytesThatWerePutOrNone(@ForAll long seed) {
    Random random = new Random(seed);
    InlineCache cache = new InlineCache((1 + random.nextInt(2)) << 19);
    Map<Long, byte[]> put = new HashMap<>();
    long next = 0;
    int found = 0;
    for (int i = 0; i < 2000; i++) {
      long blob = next == 0 ? 0 : (long) (next * (1 - random.nextDouble() / 4));
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          byte[] bytes = ObjectStoreContract.bytes(random.nextInt(17 * KIB), i);
          put.put(next, bytes);
          cache.put(next++, bytes);
        }
        case 2 -> {
          byte[] bytes = put.get(blob);
          int offset = bytes == null ? 0 : random.nextInt(bytes.length + 1);
          int length = bytes == null ? 0 : random.nextInt(bytes.length - offset + 1);
          byte[] got = cache.get(blob, offset, length);
          if (got != null) {
            found++;
            assertThat(got).isEqualTo(Arrays.copyOfRange(bytes, offset, offset + length));
          }
        }
        default -> {
          if (random.nextInt(200) == 0) {
            cache.resize((1 + random.nextInt(2)) << 19);
          } else if (random.nextInt(4) == 0) {
            cache.remove(blob);
            put.remove(blob);
            assertThat(cache.get(blob, 0, 0)).isNull();
          }
        }
      }
    }
    assertThat(found).isPositive();
    assertThat(cache.bytes()).isLessThanOrEqualTo(1 << 20);
  }

  @Example
  void shouldDropTheLeastRecentlyUsedWhenItIsFull() {
    InlineCache cache = new InlineCache(512 * KIB);
    byte[] bytes = ObjectStoreContract.bytes(4 * KIB, 1);
    for (int i = 0; i < 128; i++) {
      cache.put(i, bytes);
    }
    assertThat(cache.get(0, 0, 4 * KIB)).isEqualTo(bytes);
    cache.put(128, bytes);
    assertThat(cache.get(0, 0, 4 * KIB)).isEqualTo(bytes);
    assertThat(cache.get(1, 0, 4 * KIB)).isNull();
    assertThat(cache.get(128, 100, 3 * KIB))
        .isEqualTo(Arrays.copyOfRange(bytes, 100, 100 + 3 * KIB));
    assertThat(cache.bytes()).isEqualTo(512 * KIB);
    assertThat(cache.hits()).isEqualTo(3);
    assertThat(cache.misses()).isEqualTo(1);
  }

  @Example
  void shouldKeepMoreWhenItMayBeLargerAndNothingWhenItShrinks() {
    InlineCache cache = new InlineCache(512 * KIB);
    byte[] bytes = ObjectStoreContract.bytes(4 * KIB, 1);
    for (int i = 0; i < 128; i++) {
      cache.put(i, bytes);
    }
    cache.resize(8 << 20);
    for (int i = 128; i < 2048; i++) {
      cache.put(i, bytes);
    }
    for (int i = 0; i < 2048; i++) {
      assertThat(cache.get(i, 0, 4 * KIB)).isEqualTo(bytes);
    }
    assertThat(cache.bytes()).isEqualTo(8 << 20);
    cache.resize(1 << 20);
    assertThat(cache.bytes()).isZero();
    assertThat(cache.get(2047, 0, 4 * KIB)).isNull();
    for (int i = 0; i < 2048; i++) {
      cache.put(i, bytes);
    }
    assertThat(cache.bytes()).isEqualTo(1 << 20);
    assertThat(cache.get(2047, 0, 4 * KIB)).isEqualTo(bytes);
    assertThat(cache.get(2047 - 256, 0, 4 * KIB)).isNull();
  }

  private static void fill(InlineCache cache, int blobs) {
    for (int i = 0; i < blobs; i++) {
      cache.put(i, new byte[4 * KIB]);
    }
  }

  @Example
  void shouldUseItsMemoryAgainWhenItIsDroppedOrShrinks() {
    List<Integer> taken = new ArrayList<>();
    InlineCache cache =
        new InlineCache(
            1 << 20,
            bytes -> {
              taken.add(bytes);
              return ByteBuffer.allocate(bytes);
            });
    for (int i = 0; i < 3; i++) {
      fill(cache, 1000);
      assertThat(cache.bytes()).isEqualTo(1 << 20);
      assertThat(cache.get(999, 0, 4 * KIB)).isNotNull();
      cache.clear();
      assertThat(cache.bytes()).isZero();
      assertThat(cache.get(999, 0, 4 * KIB)).isNull();
    }
    cache.resize(512 * KIB);
    fill(cache, 1000);
    assertThat(cache.bytes()).isEqualTo(512 * KIB);
    assertThat(taken).containsExactly(512 * KIB, 512 * KIB);
    cache.resize(1 << 20);
    fill(cache, 1000);
    assertThat(cache.bytes()).isEqualTo(1 << 20);
    assertThat(taken).hasSize(3);
  }

  @Example
  void shouldNotAskAgainForMemoryThatItDidNotGet() {
    int[] asked = {0};
    InlineCache cache =
        new InlineCache(
            8 << 20,
            bytes -> {
              if (++asked[0] > 2) {
                throw new OutOfMemoryError("of the test");
              }
              return ByteBuffer.allocate(bytes);
            });
    for (int i = 0; i < 3; i++) {
      fill(cache, 1000);
      assertThat(cache.bytes()).isEqualTo(1 << 20);
      assertThat(asked[0]).isEqualTo(3);
      cache.resize(8 << 20); // as before: some other option has changed
    }
    cache.resize(4 << 20);
    fill(cache, 2000);
    assertThat(asked[0]).isEqualTo(4);
  }

  @Example
  void shouldFindMostOfWhatIsReadInTurnThoughItDoesNotFit() {
    InlineCache cache = new InlineCache(512 * KIB); // 128 of these
    byte[] bytes = ObjectStoreContract.bytes(4 * KIB, 1);
    for (int i = 0; i < 150; i++) {
      cache.put(i, bytes);
    }
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 150; i++) {
        if (cache.get(i, 0, 4 * KIB) == null) {
          cache.offer(i, bytes);
        }
      }
    }
    assertThat(cache.hits()).isGreaterThan(5 * 100);
  }

  @Example
  void shouldTakeWhatIsReadAgainAndAgain() {
    InlineCache cache = new InlineCache(512 * KIB);
    byte[] bytes = ObjectStoreContract.bytes(4 * KIB, 1);
    for (int i = 0; i < 128; i++) {
      cache.offer(i, bytes);
    }
    assertThat(cache.get(127, 0, 4 * KIB)).isEqualTo(bytes);
    int asked = 0;
    while (cache.get(1000, 0, 4 * KIB) == null) {
      assertThat(asked++).isLessThan(8);
      cache.offer(1000, bytes);
    }
  }

  @Example
  void shouldKeepNeitherTheVerySmallNorTheLargeNorAnythingWithoutMemory() {
    InlineCache cache = new InlineCache(512 * KIB);
    cache.put(1, new byte[KIB - 1]);
    cache.put(2, new byte[16 * KIB + 1]);
    cache.put(3, new byte[KIB]);
    cache.put(4, new byte[16 * KIB]);
    assertThat(cache.get(1, 0, 1)).isNull();
    assertThat(cache.get(2, 0, 1)).isNull();
    assertThat(cache.get(3, 0, KIB)).hasSize(KIB);
    assertThat(cache.get(4, 0, 16 * KIB)).hasSize(16 * KIB);
    InlineCache none = new InlineCache(100);
    none.put(1, new byte[4 * KIB]);
    assertThat(none.get(1, 0, 1)).isNull();
    assertThat(none.bytes()).isZero();
  }

  @Example
  void shouldRefuseWhatABlobDoesNotHave() {
    InlineCache cache = new InlineCache(512 * KIB);
    cache.put(1, new byte[4 * KIB]);
    assertThatThrownBy(() -> cache.get(1, KIB, 4 * KIB))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
