package io.sluice.messenger;

import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Sys;
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
    return Intercepted.of(
        Sys.class,
        behind,
        call -> {
          if (call.name().equals("setsockopt") && call.argument(1).equals(IPPROTO_TCP)) {
            if (call.argument(2).equals(TCP_CORK)) {
              noted.add("cork " + call.argument(3));
            } else if (call.argument(2).equals(TCP_NOTSENT_LOWAT)) {
              noted.add("unsent " + call.argument(3));
            }
          }
          return call.proceed();
        });
  }
}
