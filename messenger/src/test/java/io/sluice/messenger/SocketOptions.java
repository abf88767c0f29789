package io.sluice.messenger;

import io.sluice.bufferlist.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** Notes how TCP_CORK and TCP_NOTSENT_LOWAT are set: "cork 1", "unsent 0". */
final class SocketOptions {
  static final String CORKED = "cork 1";
  static final String OPEN = "cork 0";

  private static final int IPPROTO_TCP = 6;
  private static final int TCP_CORK = 3;
  private static final int TCP_NOTSENT_LOWAT = 25;

  private SocketOptions() {}

  /**
   * @param noted where to; safe for other threads if it is to be read while connections live
   */
  static Sys watching(Sys behind, List<String> noted) {
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("setsockopt") && arguments[1].equals(IPPROTO_TCP)) {
                if (arguments[2].equals(TCP_CORK)) {
                  noted.add("cork " + arguments[3]);
                } else if (arguments[2].equals(TCP_NOTSENT_LOWAT)) {
                  noted.add("unsent " + arguments[3]);
                }
              }
              try {
                return method.invoke(behind, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
