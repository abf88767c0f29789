package io.sluice.objectstore;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (proxy, method, arguments) -> {
              Integer at = COUNT_AT.get(method.getName());
              Object[] passed = arguments;
              synchronized (random) {
                if ((at != null || method.getName().equals("pwritev")) && random.nextInt(5) == 0) {
                  return (long) -Sys.EINTR;
                }
                if (at != null && (long) arguments[at] > SECTOR && random.nextBoolean()) {
                  passed = arguments.clone();
                  int sectors = (int) ((long) arguments[at] / SECTOR);
                  passed[at] = (long) SECTOR * (1 + random.nextInt(sectors));
                }
              }
              try {
                return method.invoke(Linux.instance(), passed);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
