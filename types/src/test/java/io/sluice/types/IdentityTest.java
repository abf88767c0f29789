package io.sluice.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys of maps are equal when every field is, and only then. */
class IdentityTest {
  private static void allDiffer(Object same, List<?> others) {
    for (Object other : others) {
      assertThat(other).isNotEqualTo(same);
      assertThat(same).isNotEqualTo(other);
    }
    assertThat(same).isNotEqualTo(null).isNotEqualTo("text");
  }

  private static ObjectId object(long snap, long generation, int shard) {
    return new ObjectId(1, "ns", "key", "name", 7, snap, generation, shard);
  }

  @Test
  void shouldTellObjectsApartByEachField() {
    ObjectId one = object(3, 4, 5);
    assertThat(object(3, 4, 5)).isEqualTo(one).hasSameHashCodeAs(one);
    allDiffer(
        one,
        List.of(
            object(2, 4, 5),
            object(3, 2, 5),
            object(3, 4, 2),
            new ObjectId(2, "ns", "key", "name", 7, 3, 4, 5),
            new ObjectId(1, "n", "key", "name", 7, 3, 4, 5),
            new ObjectId(1, "ns", "k", "name", 7, 3, 4, 5),
            new ObjectId(1, "ns", "key", "n", 7, 3, 4, 5),
            new ObjectId(1, "ns", "key", "name", 8, 3, 4, 5)));
  }

  @Test
  void shouldTellRequestsVersionsAndGroupsApart() {
    RequestId request = new RequestId(EntityName.client(1), 2, 3);
    assertThat(new RequestId(EntityName.client(1), 2, 3))
        .isEqualTo(request)
        .hasSameHashCodeAs(request);
    allDiffer(
        request,
        List.of(
            new RequestId(EntityName.osd(1), 2, 3),
            new RequestId(EntityName.client(2), 2, 3),
            new RequestId(EntityName.client(1), 1, 3),
            new RequestId(EntityName.client(1), 2, 2)));
    EVersion version = new EVersion(1, 2);
    assertThat(new EVersion(1, 2)).isEqualTo(version).hasSameHashCodeAs(version);
    allDiffer(version, List.of(new EVersion(2, 2), new EVersion(1, 1)));
    PgId pg = new PgId(1, 2);
    assertThat(new PgId(1, 2)).isEqualTo(pg).hasSameHashCodeAs(pg);
    allDiffer(pg, List.of(new PgId(2, 2), new PgId(1, 1)));
  }
}
