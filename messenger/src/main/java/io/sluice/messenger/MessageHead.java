package io.sluice.messenger;

import io.sluice.types.Envelope;

/** What is known of an incoming message before its data segment: everything but the data. */
public record MessageHead(
    int type,
    int version,
    int compatVersion,
    int priority,
    long tid,
    byte[] front,
    byte[] middle,
    long dataLength) {

  /** How a message looks to who receives it, before its data. */
  public static MessageHead of(Envelope sent) {
    return new MessageHead(
        sent.type(),
        sent.version(),
        sent.compatVersion(),
        sent.priority(),
        sent.tid(),
        sent.front(),
        sent.middle(),
        sent.payloadLength());
  }
}
