package io.sluice.objectstore;

import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Sys;
import java.util.Map;
import java.util.Random;

/**
 * Data calls that are interrupted, or move less than asked, as a disk may: whole sectors, so that
 * direct I/O stays possible.
 */
final class HesitantSys {
  private static final int SECTOR = 512;
  private static final Map<String, Integer> COUNT_AT = Map.of("pwrite", 2, "pread", 2, "splice", 4);

  private HesitantSys() {}

  static Sys of(long seed) {
    Random random = new Random(seed);
    return Intercepted.of(Sys.class, Linux.instance(), call -> called(call, random));
  }

  private static Object called(Intercepted.Call call, Random random) throws Throwable {
    Integer at = COUNT_AT.get(call.name());
    long less = 0;
    synchronized (random) {
      if ((at != null || call.name().equals("pwritev")) && random.nextInt(5) == 0) {
        return (long) -Sys.EINTR;
      }
      if (at != null && (long) call.argument(at) > SECTOR && random.nextBoolean()) {
        int sectors = (int) ((long) call.argument(at) / SECTOR);
        less = (long) SECTOR * (1 + random.nextInt(sectors));
      }
    }
    return less == 0 ? call.proceed() : call.proceedWith(at, less);
  }
}
