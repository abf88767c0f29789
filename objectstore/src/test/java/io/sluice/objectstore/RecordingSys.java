package io.sluice.objectstore;

import io.sluice.bufferlist.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              boolean noted = WRITES.contains(name) || name.equals("fdatasync");
              try {
                if (name.equals("fdatasync")) {
                  events.add("fdatasync begins");
                }
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (noted) {
                  events.add(WRITES.contains(name) ? "write" : name);
                }
              }
            });
  }
}
