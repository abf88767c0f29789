package io.sluice.messenger;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses TCP_MAXSEG so that segments hold whole pages: k * 4096 + 12, where 12 is the timestamp
 * option that the kernel takes off.
 *
 * <p>A payload that begins a segment then stays page-aligned in the receiver's socket buffers. At
 * an MTU of 1500 there is no such k, and the kernel's choice stands.
 */
final class SegmentSize {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentSize.class);
  private static final int PAGE = 4096;
  private static final int TIMESTAMPS = 12;

  /** IPv6 and TCP headers; IPv4's are 20 shorter, which does not change k at the usual MTUs. */
  private static final int HEADERS = 60;

  /**
   * The kernel refuses more than MAX_TCP_WINDOW, 32767 bytes (EINVAL); a socket buffer then takes
   * two segments.
   */
  private static final int PAGES_MAX = 7;

  private static final Map<InetAddress, Integer> KNOWN = new ConcurrentHashMap<>();

  private SegmentSize() {}

  /**
   * For TCP_MAXSEG of a connection to that address, in bytes; 0 = leave it. An address of this host
   * is reached by the loopback, whatever interface has it.
   */
  static int toAddress(InetAddress address) {
    return KNOWN.computeIfAbsent(address, a -> forMtu(mtu(isHere(a))));
  }

  /** For TCP_MAXSEG of a listener there, in bytes; 0 = leave it: who connects may choose less. */
  static int atAddress(InetAddress address) {
    return forMtu(mtu(address.isLoopbackAddress()));
  }

  static int forMtu(int mtu) {
    int pages = Math.min(PAGES_MAX, (mtu - HEADERS - TIMESTAMPS) / PAGE);
    return pages < 1 ? 0 : pages * PAGE + TIMESTAMPS;
  }

  /**
   * Whether segments of that size are whole pages because somebody chose them so. The kernel's own
   * choice on the loopback is half the window, which is 32768 now and then, and starts anywhere.
   *
   * @param mss payload of a segment, in bytes, as tcp_info has it
   */
  static boolean isWholePages(int mss) {
    return mss > 0 && mss % PAGE == 0 && mss <= PAGES_MAX * PAGE;
  }

  private static boolean isHere(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      LOG.warn("whether {} is of this host is unknown", address, e);
      return false;
    }
  }

  /**
   * Of the loopback, or the smallest of all others that are up: which route is taken is not known
   * before.
   */
  private static int mtu(boolean loopback) {
    int smallest = Integer.MAX_VALUE;
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (each.isUp() && each.isLoopback() == loopback) {
          smallest = Math.min(smallest, each.getMTU());
        }
      }
    } catch (SocketException e) {
      LOG.warn("MTU unknown, segments are left as they are", e);
    }
    return smallest == Integer.MAX_VALUE ? 0 : smallest;
  }
}
