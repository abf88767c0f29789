package io.sluice.client;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads monitor addresses as people write them: {@code [v2:10.0.0.1:3300]}, {@code
 * [v2:...,v1:...]}, {@code 10.0.0.1:3300}, {@code 10.0.0.1}, several of them parted by commas or
 * spaces. (ceph: option mon_host)
 *
 * <p>Only msgr2 addresses are kept; one without a port gets {@value #DEFAULT_PORT}.
 */
public final class MonHosts {
  /** IANA's and Ceph's port for monitors that speak msgr2. */
  public static final int DEFAULT_PORT = 3300;

  private static final Pattern ADDRESS =
      Pattern.compile("(?:(v1|v2|any):)?(\\[[0-9a-fA-F:]+]|[0-9.]+)(?::(\\d{1,5}))?(?:/(\\d+))?");

  private MonHosts() {}

  /**
   * @return one vector for each monitor, never empty
   * @throws IllegalArgumentException with the text that is not an address
   */
  public static List<AddrVec> parse(String text) {
    List<AddrVec> monitors = new ArrayList<>();
    int at = 0;
    String rest = text.strip();
    while (at < rest.length()) {
      char first = rest.charAt(at);
      if (first == ',' || first == ';' || Character.isWhitespace(first)) {
        at++;
        continue;
      }
      boolean grouped = first == '[' && rest.startsWith("v", at + 1);
      int end = grouped ? rest.indexOf(']', lastGroupEnd(rest, at)) : endOfWord(rest, at);
      if (end < 0) {
        throw new IllegalArgumentException("'" + text + "' has a [ without a ]");
      }
      EntityAddr addr = group(rest.substring(grouped ? at + 1 : at, end));
      if (addr != null) {
        monitors.add(AddrVec.of(addr));
      }
      at = grouped ? end + 1 : end;
    }
    if (monitors.isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' names no msgr2 address of a monitor");
    }
    return monitors;
  }

  /** Where to look for the group's own bracket: behind the brackets of IPv6 addresses inside it. */
  private static int lastGroupEnd(String text, int start) {
    int at = start + 1;
    while (true) {
      int open = text.indexOf('[', at);
      int close = text.indexOf(']', at);
      if (open < 0 || close < open) {
        return at;
      }
      at = close + 1;
    }
  }

  private static int endOfWord(String text, int start) {
    int end = start;
    while (end < text.length() && ",; \t".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** The first msgr2 address of {@code v2:...,v1:...}, or null when all are legacy. */
  private static EntityAddr group(String text) {
    for (String one : text.split(",")) {
      EntityAddr addr = address(one.strip());
      if (addr != null) {
        return addr;
      }
    }
    return null;
  }

  private static EntityAddr address(String text) {
    Matcher match = ADDRESS.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not an address (want v2:IP:PORT)");
    }
    if ("v1".equals(match.group(1))) {
      return null;
    }
    String ip = match.group(2).replaceAll("[\\[\\]]", "");
    int port = match.group(3) == null ? DEFAULT_PORT : Integer.parseInt(match.group(3));
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("'" + text + "' has no valid port");
    }
    return EntityAddr.msgr2(ip, port, 0);
  }
}
