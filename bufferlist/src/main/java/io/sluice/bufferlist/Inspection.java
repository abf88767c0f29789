package io.sluice.bufferlist;

/** Why somebody in user space looks at payload bytes; conversions are counted under these names. */
public enum Inspection {
  DECODE,
  CRC,
  COMPARE,
  UNALIGNED_WRITE,
  SMALL_WRITE,
  NO_PIPE,
  READ_REPLY,
  DEBUG
}
