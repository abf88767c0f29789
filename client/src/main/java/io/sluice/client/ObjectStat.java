package io.sluice.client;

import io.sluice.types.UTime;

/** Size in bytes and time of the last change. */
public record ObjectStat(long size, UTime mtime) {}
