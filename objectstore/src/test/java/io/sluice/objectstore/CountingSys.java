package io.sluice.objectstore;

import io.sluice.bufferlist.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls of some names. */
final class CountingSys {
  private CountingSys() {}

  static Sys of(Sys real, AtomicInteger count, List<String> names) {
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (proxy, method, arguments) -> {
              if (names.contains(method.getName())) {
                count.incrementAndGet();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
