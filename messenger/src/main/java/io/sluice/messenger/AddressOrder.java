package io.sluice.messenger;

import io.sluice.bufferlist.Encoder;
import io.sluice.types.EntityAddr;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Who of two that connect to each other at once wins: by the bytes of their addresses, as they lie
 * in memory on a little-endian machine. (ceph: memcmp of entity_addr_t)
 *
 * <pre>
 * le32 type | le32 nonce | le16 family | be16 port | (IPv6: 4 bytes of flow) | address
 * </pre>
 */
final class AddressOrder implements Comparator<EntityAddr> {
  static final AddressOrder INSTANCE = new AddressOrder();

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private AddressOrder() {}

  @Override
  public int compare(EntityAddr one, EntityAddr other) {
    return Arrays.compareUnsigned(bytes(one), bytes(other));
  }

  private static byte[] bytes(EntityAddr addr) {
    Encoder to = new Encoder().le32(addr.type()).le32(addr.nonce());
    if (!addr.isBlank()) {
      InetAddress ip = addr.socketAddress().getAddress();
      byte[] address = ip.getAddress();
      boolean v4 = address.length == 4;
      to.le16(v4 ? AF_INET : AF_INET6).be16(addr.port());
      to.zeros(v4 ? 0 : 4).raw(address);
    }
    return to.toByteArray();
  }
}
