package io.sluice.objectstore;

import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Sys;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls of some names. */
final class CountingSys {
  private CountingSys() {}

  static Sys of(Sys real, AtomicInteger count, List<String> names) {
    return Intercepted.of(
        Sys.class,
        real,
        call -> {
          if (names.contains(call.name())) {
            count.incrementAndGet();
          }
          return call.proceed();
        });
  }
}
