package io.sluice.bufferlist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What a raw client says who tries everything: every number that a message of Ceph's or of ours can
 * have, and fronts that mean nothing.
 */
public final class MessageSweep {
  private static final int FIELDS_MAX = 40;
  private static final int SMALL = 5;

  private MessageSweep() {}

  /**
   * All numbers of Ceph's messages with their neighbours, ours, and the ends of the range. (ceph:
   * msg/Message.h, include/ceph_fs.h)
   */
  public static int[] numbers() {
    int[][] ranges = {
      {0, 0xa0},
      {0x1ff, 0x215},
      {0x2ff, 0x316},
      {0x447, 0x475},
      {0x4ff, 0x502},
      {0x5ff, 0x60d},
      {0x6ff, 0x710},
      {0x7000, 0x7050},
      {0x7ffe, 0x8002},
      {0xfffe, 0x10000}
    };
    return Arrays.stream(ranges).flatMapToInt(each -> IntStream.range(each[0], each[1])).toArray();
  }

  /** Nothing, noise, and what could be counts, lengths, versions and flags in any order. */
  public static List<byte[]> fronts(Random random) {
    List<byte[]> fronts = new ArrayList<>(List.of(new byte[0]));
    byte[] noise = new byte[1 + random.nextInt(300)];
    random.nextBytes(noise);
    fronts.add(noise);
    for (int i = 0; i < 2; i++) {
      Encoder small = new Encoder();
      for (int left = random.nextInt(FIELDS_MAX); left > 0; left--) {
        switch (random.nextInt(SMALL)) {
          case 0 -> small.u8(random.nextInt(3));
          case 1 -> small.le32(random.nextInt(9));
          case 2 -> small.le64(random.nextInt(9));
          case 3 -> small.string("x".repeat(random.nextInt(9)));
          default -> small.le32(random.nextInt());
        }
      }
      fronts.add(small.toByteArray());
    }
    return fronts;
  }

  /** The same bytes with some of them changed, or cut short. */
  public static byte[] bent(byte[] front, Random random) {
    byte[] bent = random.nextBoolean() ? front.clone() : cut(front, random);
    for (int i = bent.length == 0 ? 0 : 1 + random.nextInt(3); i > 0; i--) {
      bent[random.nextInt(bent.length)] = (byte) random.nextInt(256);
    }
    return bent;
  }

  private static byte[] cut(byte[] front, Random random) {
    return Arrays.copyOf(front, random.nextInt(front.length + 1));
  }
}
