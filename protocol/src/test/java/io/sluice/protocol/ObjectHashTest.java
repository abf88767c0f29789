package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectHashTest {
  /** Recorded with {@code ceph osd map POOL NAME [NAMESPACE]} on Ceph 16.2.15. */
  @ParameterizedTest
  @CsvSource({
    "a, '', 29eec818",
    "a, ns one, fb73943d",
    "foo, '', 7fc1f406",
    "foo, ns one, c55abbe5",
    "elevenbytes, '', c2cae03e",
    "elevenbytes, ns one, 2d397f00",
    "twelve bytes, '', ffd02e10",
    "twelve bytes, ns one, d1b97366",
    "rbd_data.1234.0000000000000001, '', 12d04153",
    "rbd_data.1234.0000000000000001, ns one, 88f2854e",
    "a name of exactly 24 byte, '', ba4d490a",
    "a name of exactly 24 byte, ns one, 133b81b2",
    "é, '', d6f31281",
    "é, ns one, 62cb58fb"
  })
  void shouldHashAsCephDoesWhenNameAndNamespaceAre(String name, String namespace, String hash) {
    assertThat(Integer.toHexString(ObjectHash.of(name, namespace, ""))).isEqualTo(hash);
  }

  @Test
  void shouldHashTheKeyWhenThereIsOne() {
    assertThat(ObjectHash.of("anything", "ns one", "foo"))
        .isEqualTo(ObjectHash.of("foo", "ns one", ""));
  }

  @Test
  void shouldPrintTheHashInReverseBitsAsRadosDoes() {
    // recorded: rados put o1 -> "2:7800b0f3:::o1:head" in pg 2.1e of 32
    int hash = ObjectHash.of("o1", "", "");
    assertThat(Integer.reverse(hash)).isEqualTo(0x7800b0f3);
    assertThat(ObjectHash.stableMod(hash, 32)).isEqualTo(0x1e);
  }

  @Test
  void shouldSplitGroupsInPlaceWhenTheNumberGrows() {
    for (int count = 1; count < 300; count++) {
      for (int hash = -500; hash < 500; hash++) {
        int before = ObjectHash.stableMod(hash, count);
        int after = ObjectHash.stableMod(hash, count + 1);
        assertThat(before).isBetween(0, count - 1);
        assertThat(after == before || after == count)
            .as("hash %d from %d groups", hash, count)
            .isTrue();
      }
    }
  }

  @Test
  void shouldSayWhichGroupsAGroupDividesIntoWhenTheNumberGrows() {
    assertThat(ObjectHash.children(3, 8, 16)).containsExactly(11);
    assertThat(ObjectHash.children(3, 8, 64)).containsExactly(11, 19, 27, 35, 43, 51, 59);
    assertThat(ObjectHash.children(5, 8, 12)).isEmpty();
    assertThat(ObjectHash.children(1, 6, 8)).isEmpty();
    for (int from = 1; from < 40; from++) {
      for (int to = from; to < 90; to += 7) {
        for (int hash = 0; hash < 4096; hash += 3) {
          int before = ObjectHash.stableMod(hash, from);
          int after = ObjectHash.stableMod(hash, to);
          assertThat(after == before || ObjectHash.children(before, from, to).contains(after))
              .as("hash %d from %d to %d groups", hash, from, to)
              .isTrue();
        }
      }
    }
  }

  @Test
  void shouldSayWhichBitsOfAHashMakeAGroup() {
    for (int count = 1; count < 140; count++) {
      for (int hash = 0; hash < 1024; hash++) {
        int group = ObjectHash.stableMod(hash, count);
        for (int seed = 0; seed < count; seed++) {
          int mask = (1 << ObjectHash.bits(seed, count)) - 1;
          assertThat((hash & mask) == seed)
              .as("hash %d in group %d of %d", hash, seed, count)
              .isEqualTo(group == seed);
        }
      }
    }
  }
}
