package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is stored comes back; what is damaged is refused with a clear error and nothing else. */
class RecordCodecProperties {
  private static Onode onode(Random random) {
    Onode onode = new Onode(random.nextLong());
    long at = 0;
    for (int i = random.nextInt(20); i > 0; i--) {
      long length = 1 + random.nextInt(100_000);
      at += random.nextInt(3) * 1000L;
      onode.extents.add(new Extent(at, length, random.nextLong(), random.nextInt(1000)));
      at += length;
    }
    onode.size = at + random.nextInt(100);
    onode.omap = random.nextBoolean();
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] value = new byte[random.nextInt(200)];
      random.nextBytes(value);
      onode.attrs.put("attr" + i, value);
    }
    return onode;
  }

  private static Blob blob(Random random) {
    List<DiskExtent> disk = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      disk.add(new DiskExtent(random.nextInt(1 << 20) * 4096L, (1 + random.nextInt(1000)) * 4096L));
    }
    return new Blob(random.nextInt(1 << 30), random.nextInt(10), disk);
  }

  private static Superblock superblock(Random random) {
    UUID fsid = new UUID(random.nextLong(), random.nextLong());
    return new Superblock(
        fsid,
        random.nextInt(1000),
        UUID.randomUUID(),
        random.nextBoolean(),
        512,
        1L << 33,
        1L << 33);
  }

  @Property
  void shouldBringBackAnOnode(@ForAll long seed) {
    Onode onode = onode(new Random(seed));
    Onode back = Onode.decode(onode.encode());
    assertThat(back).usingRecursiveComparison().isEqualTo(onode);
    assertThat(onode.copy()).usingRecursiveComparison().isEqualTo(onode);
  }

  @Property
  void shouldBringBackABlob(@ForAll long seed) {
    Blob blob = blob(new Random(seed));
    assertThat(Blob.decode(blob.encode())).isEqualTo(blob);
  }

  @Property
  void shouldBringBackASuperblock(@ForAll long seed) {
    Superblock superblock = superblock(new Random(seed));
    assertThat(Superblock.decode(superblock.encode())).isEqualTo(superblock);
  }

  @Property
  void shouldRefuseADamagedSuperblock(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 1000) int where) {
    byte[] bytes = superblock(new Random(seed)).encode();
    byte[] flipped = bytes.clone();
    flipped[where % bytes.length] ^= (byte) (1 << where % 8);
    assertThatThrownBy(() -> Superblock.decode(flipped))
        .isInstanceOf(MalformedInputException.class);
    byte[] cut = java.util.Arrays.copyOf(bytes, where % bytes.length);
    assertThatThrownBy(() -> Superblock.decode(cut)).isInstanceOf(MalformedInputException.class);
  }

  /**
   * Half a record never passes for a whole one, and a broken one only fails in the one expected
   * way.
   */
  @Property
  void shouldRefuseHalfARecord(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 10_000) int where) {
    byte[] bytes = onode(new Random(seed)).encode();
    byte[] cut = java.util.Arrays.copyOf(bytes, where % bytes.length);
    assertThatThrownBy(() -> Onode.decode(cut)).isInstanceOf(MalformedInputException.class);
    byte[] flipped = bytes.clone();
    flipped[where % bytes.length] ^= (byte) 0x80;
    try {
      Onode.decode(flipped);
    } catch (MalformedInputException | IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  @Property
  void shouldRefuseADamagedInlineBlob(
      @ForAll byte[] bytes, @ForAll @IntRange(min = 0, max = 1000) int where) {
    int crc = Crc32c.update(Crc32c.SEED, bytes);
    byte[] value = new Encoder().le32(crc).raw(bytes).toByteArray();
    assertThat(InlineBytes.decode(1, value)).isEqualTo(bytes);
    value[where % value.length] ^= 1;
    assertThatThrownBy(() -> InlineBytes.decode(1, value)).hasMessageContaining("damaged");
  }
}
