package io.sluice.messenger;

import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import io.sluice.types.EntityName;

/**
 * @param self who we are; a client's number is 0 until a monitor gave it one
 * @param nonce tells this life of the daemon from earlier ones
 * @param loops number of event loops
 * @param globalIds null for everything but monitors: others accept the id that the peer brings
 */
public record MessengerConfig(
    EntityName self, int nonce, int loops, Sys sys, PipePool pipes, GlobalIds globalIds) {}
