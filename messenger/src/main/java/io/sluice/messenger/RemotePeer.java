package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;

/**
 * Who the peer turned out to be.
 *
 * @param name with the global id as number for clients
 * @param addrs where it listens
 */
record RemotePeer(EntityName name, AddrVec addrs) {}
