package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;

/**
 * Who the peer turned out to be.
 *
 * @param name with the global id as number for clients
 * @param addrs where it listens
 * @param authId what it is called, of its kind: {@code admin}; empty where it did not say
 */
record RemotePeer(EntityName name, AddrVec addrs, String authId) {
  RemotePeer(EntityName name, AddrVec addrs) {
    this(name, addrs, "");
  }
}
