package io.sluice.monitor;

import io.sluice.messenger.Connection;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;

/**
 * Who asks.
 *
 * @param name of the session: {@code client.4123}
 * @param entity what it calls itself, which nobody checks: {@code client.admin}
 * @param addr {@code 127.0.0.1:0/77}
 */
record Caller(EntityName name, String entity, String addr) {
  /** The monitor itself. */
  static final Caller SELF = new Caller(EntityName.mon(0), "mon.", "-");

  static Caller of(Connection connection) {
    EntityName name = connection.peerName();
    String kind = name.toString().substring(0, name.toString().indexOf('.') + 1);
    String id = connection.peerAuthId();
    return new Caller(
        name, id.isEmpty() ? name.toString() : kind + id, addr(connection.peerAddrs()));
  }

  /** As the audit lines have it: a monitor of Ceph does not tell the number of a client. */
  String session() {
    return (name.type() == EntityName.CLIENT ? "client.?" : name.toString()) + " " + addr;
  }

  private static String addr(AddrVec addrs) {
    if (addrs.addrs().isEmpty()) {
      return "-";
    }
    EntityAddr addr = addrs.addrs().get(0);
    return addr.ip() + ":" + addr.port() + "/" + Integer.toUnsignedString(addr.nonce());
  }
}
