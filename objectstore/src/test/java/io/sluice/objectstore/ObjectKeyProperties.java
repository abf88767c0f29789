package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ObjectKeyProperties {
  /** The store order, spelled out. */
  private static final Comparator<ObjectId> ORDER =
      Comparator.<ObjectId, Integer>comparing(
              id -> Integer.reverse(id.hash()), Integer::compareUnsigned)
          .thenComparingLong(ObjectId::pool)
          .thenComparing(ObjectId::namespace, ObjectKeyProperties::compareUtf8)
          .thenComparing(ObjectId::key, ObjectKeyProperties::compareUtf8)
          .thenComparing(ObjectId::name, ObjectKeyProperties::compareUtf8)
          .thenComparing(ObjectId::snap, Long::compareUnsigned)
          .thenComparing(ObjectId::generation, Long::compareUnsigned)
          .thenComparingInt(ObjectId::shard);

  private static int compareUtf8(String left, String right) {
    return Arrays.compareUnsigned(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }

  /** Few values each, so that ids often agree up to the field that decides. */
  @Provide
  Arbitrary<ObjectId> ids() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars('\0', '\1', 'a', 'b', '\u00ff', '\u20ac', '\ufffd')
            .ofMaxLength(3);
    return Combinators.combine(
            Arbitraries.of(-3L, -1L, 0L, 1L, Long.MAX_VALUE, Long.MIN_VALUE),
            text,
            text,
            text,
            Arbitraries.of(0, 1, 2, -1, 0x80000000, 0x12345678),
            Arbitraries.of(ObjectId.HEAD, -1L, 0L, 1L, 77L),
            Arbitraries.of(ObjectId.NO_GENERATION, 0L, 1L),
            Arbitraries.of(ObjectId.NO_SHARD, 0, 1, 127))
        .as(ObjectId::new);
  }

  @Property(tries = 5000)
  void shouldOrderKeysAsTheStoreOrdersObjects(
      @ForAll("ids") ObjectId left, @ForAll("ids") ObjectId right) {
    int expected = Integer.signum(ORDER.compare(left, right));
    assertThat(Integer.signum(ObjectKey.of(left).compareTo(ObjectKey.of(right))))
        .isEqualTo(expected);
    byte[] leftKey = MetadataKeys.object(ObjectStoreContract.PG, left);
    byte[] rightKey = MetadataKeys.object(ObjectStoreContract.PG, right);
    assertThat(Integer.signum(Arrays.compareUnsigned(leftKey, rightKey))).isEqualTo(expected);
  }

  @Property
  void shouldComeBack(@ForAll("ids") ObjectId id) {
    assertThat(ObjectKey.of(id).id()).isEqualTo(id);
    assertThat(MetadataKeys.objectOf(MetadataKeys.object(ObjectStoreContract.OTHER, id)))
        .isEqualTo(id);
  }

  @Property
  void shouldStayWithinTheCollection(@ForAll("ids") ObjectId id) {
    byte[] first = MetadataKeys.firstObject(ObjectStoreContract.PG);
    byte[] key = MetadataKeys.object(ObjectStoreContract.PG, id);
    assertThat(Arrays.compareUnsigned(first, key)).isNegative();
    assertThat(Arrays.compareUnsigned(key, MetadataKeys.after(first))).isNegative();
    assertThat(MetadataKeys.collectionOf(key)).isEqualTo(ObjectStoreContract.PG);
  }
}
