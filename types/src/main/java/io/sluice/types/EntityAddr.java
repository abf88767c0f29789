package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A messenger address: protocol, IPv4 or IPv6 address, port, and the nonce that tells one life of a
 * daemon from the next. (ceph: entity_addr_t, with feature MSG_ADDR2)
 *
 * <pre>
 * u8 1 | struct v1 { le32 type | le32 nonce | le32 n | n bytes of sockaddr: le16 family, be16 port, ... }
 * </pre>
 *
 * @param type {@link #NONE}, {@link #LEGACY}, {@link #MSGR2} or {@link #ANY}
 * @param ip 4 or 16 bytes as a literal, or null when blank
 */
public record EntityAddr(int type, int nonce, String ip, int port) {
  public static final int NONE = 0;
  public static final int LEGACY = 1;
  public static final int MSGR2 = 2;
  public static final int ANY = 3;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  public static final EntityAddr BLANK = new EntityAddr(NONE, 0, null, 0);

  /** IPv6 literals come in many spellings; equal addresses are equal here. */
  public EntityAddr {
    ip = ip == null ? null : parse(ip).getHostAddress();
  }

  public static EntityAddr msgr2(String ip, int port, int nonce) {
    return new EntityAddr(MSGR2, nonce, ip, port);
  }

  public boolean isBlank() {
    return ip == null;
  }

  public EntityAddr withNonce(int newNonce) {
    return new EntityAddr(type, newNonce, ip, port);
  }

  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(literal(), port);
  }

  private InetAddress literal() {
    return parse(ip);
  }

  private static InetAddress parse(String ip) {
    if (!LITERAL.matcher(ip).matches()) {
      throw new IllegalArgumentException("not an IP address: " + ip);
    }
    try {
      return InetAddress.getByName(ip);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + ip, e);
    }
  }

  public void encode(Encoder to) {
    to.u8(1);
    int mark = to.begin(1, 1);
    to.le32(type).le32(nonce);
    if (ip == null) {
      to.le32(0);
    } else {
      byte[] address = literal().getAddress();
      if (address.length == 4) {
        to.le32(16).le16(AF_INET).be16(port).raw(address).zeros(8);
      } else {
        to.le32(28).le16(AF_INET6).be16(port).le32(0).raw(address).le32(0);
      }
    }
    to.end(mark);
  }

  public static EntityAddr decode(Decoder from) {
    int marker = from.u8();
    if (marker == 0) {
      return decodeLegacy(from);
    }
    if (marker != 1) {
      throw new MalformedInputException("entity address with marker " + marker);
    }
    return decodeBody(from);
  }

  /** The rest after the marker byte 1. */
  static EntityAddr decodeBody(Decoder from) {
    Decoder.Struct struct = from.begin(1, "entity_addr_t");
    int type = from.le32();
    int nonce = from.le32();
    int length = from.le32();
    EntityAddr addr = new EntityAddr(type, nonce, null, 0);
    if (length != 0) {
      addr = sockaddr(type, nonce, new Decoder(from.raw(length)));
    }
    from.end(struct);
    return addr;
  }

  /**
   * {@code (marker 0, 3 bytes of le32 0) | le32 nonce | 128 bytes of sockaddr_storage, family
   * big-endian}.
   */
  static EntityAddr decodeLegacy(Decoder from) {
    from.skip(3);
    int nonce = from.le32();
    byte[] storage = from.raw(128);
    byte swap = storage[0];
    storage[0] = storage[1];
    storage[1] = swap;
    return sockaddr(LEGACY, nonce, new Decoder(storage));
  }

  private static EntityAddr sockaddr(int type, int nonce, Decoder from) {
    int family = from.le16();
    if (family == 0) {
      return new EntityAddr(type, nonce, null, 0);
    }
    int port = from.be16();
    byte[] address;
    if (family == AF_INET) {
      address = from.raw(4);
    } else if (family == AF_INET6) {
      address = from.skip(4).raw(16);
    } else {
      throw new MalformedInputException("entity address of family " + family);
    }
    try {
      return new EntityAddr(type, nonce, InetAddress.getByAddress(address).getHostAddress(), port);
    } catch (UnknownHostException e) {
      throw new MalformedInputException("entity address of " + address.length + " bytes");
    }
  }

  /** As Ceph prints it: {@code v2:127.0.0.1:6800/123}. */
  @Override
  public String toString() {
    if (ip == null) {
      return "-";
    }
    String host = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
    String prefix = type == MSGR2 ? "v2:" : type == LEGACY ? "v1:" : type == ANY ? "any:" : "";
    return prefix + host + ":" + port + "/" + Integer.toUnsignedString(nonce);
  }
}
