package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Damaged maps are refused with {@link MalformedInputException}, or read as another map; nothing
 * else happens.
 */
class MapFuzzProperties {
  private static byte[] recorded(String name) {
    try {
      return CephTool.recorded(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A few bytes changed, and sometimes the end cut off; all by the seed. */
  private static byte[] damaged(byte[] bytes, long seed) {
    Random random = new Random(seed);
    byte[] copy = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      copy[random.nextInt(copy.length)] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) 0xff;
            case 1 -> 0;
            case 2 -> 0x7f;
            default -> (byte) random.nextInt();
          };
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(copy, random.nextInt(copy.length)) : copy;
  }

  private static void survives(byte[] bytes, Consumer<byte[]> read) {
    try {
      read.accept(bytes);
    } catch (MalformedInputException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }

  /** Puts the right checksum on a damaged OSD map, so that the damage gets past it. */
  private static byte[] sealed(byte[] bytes) {
    int crcAt = bytes.length - 4;
    if (crcAt >= 0) {
      int crc = Crc32c.update(Crc32c.SEED, bytes, 0, crcAt);
      for (int i = 0; i < 4; i++) {
        bytes[crcAt + i] = (byte) (crc >>> 8 * i);
      }
    }
    return bytes;
  }

  @Property(tries = 4000)
  void anOsdMapWithARightChecksumIsReadOrRefused(@ForAll long seed) {
    survives(
        sealed(damaged(recorded("osdmap"), seed)),
        bytes -> {
          OsdMap map = OsdMap.decode(bytes);
          map.pools().stream()
              .filter(pool -> pool.pgNum() < 100)
              .forEach(pool -> pool.pgs().forEach(map::mapping));
          assertThat(OsdMap.decode(map.encode()).epoch()).isEqualTo(map.epoch());
        });
  }

  @Property(tries = 500)
  void anOsdMapWithAnyOneByteChangedIsRefused(
      @ForAll @IntRange(min = 0, max = 4536) int at, @ForAll byte value) {
    byte[] bytes = recorded("osdmap");
    if (bytes[at] == value) {
      return;
    }
    bytes[at] = value;
    assertThatThrownBy(() -> OsdMap.decode(bytes)).isInstanceOf(MalformedInputException.class);
  }

  @Property(tries = 3000)
  void aCrushMapIsReadOrRefused(@ForAll long seed) {
    survives(damaged(recorded("crush"), seed), bytes -> CrushCodec.decode(bytes).hosts());
  }

  @Property(tries = 1000)
  void aMonMapIsReadOrRefused(@ForAll long seed) {
    survives(damaged(recorded("monmap"), seed), MonMap::decode);
  }

  @Property(tries = 1000)
  void aPgTableIsReadOrRefused(@ForAll long seed) {
    OsdMapBuilder builder = MapSamples.cluster(3, 1).next(MapSamples.NOW);
    builder.createPool("p", 3, 2, 8, OsdMapBuilder.RULE_HOST);
    Encoder to = new Encoder();
    PgTable.next(PgTable.EMPTY, builder.build()).encode(to);
    survives(damaged(to.toByteArray(), seed), bytes -> PgTable.decode(new Decoder(bytes)).pgTemp());
  }
}
