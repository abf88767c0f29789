package io.sluice.messenger;

/** What is known of an incoming message before its data segment: everything but the data. */
public record MessageHead(
    int type,
    int version,
    int compatVersion,
    int priority,
    long tid,
    byte[] front,
    byte[] middle,
    long dataLength) {}
