package io.sluice.objectstore;

import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Sys;
import java.util.List;
import java.util.Set;

/**
 * Notes the calls that matter for durability before they are made, and flushes again when they are
 * done.
 */
final class RecordingSys {
  private static final Set<String> WRITES = Set.of("pwrite", "pwritev", "splice");

  private RecordingSys() {}

  static Sys of(Sys real, List<String> events) {
    return Intercepted.of(
        Sys.class,
        real,
        call -> {
          boolean writes = WRITES.contains(call.name());
          boolean flushes = call.name().equals("fdatasync");
          if (flushes) {
            events.add("fdatasync begins");
          }
          try {
            return call.proceed();
          } finally {
            if (writes || flushes) {
              events.add(writes ? "write" : call.name());
            }
          }
        });
  }
}
