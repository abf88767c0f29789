package io.sluice.osd;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/**
 * Checksums of a range, chunk by chunk, so that a client can compare without reading. (ceph:
 * CEPH_OSD_OP_CHECKSUM)
 *
 * <pre>
 * arguments le64 offset | le64 length | le32 chunk | u8 type;  data: initial value, le32 or le64
 * answer    le32 n, n x le32 or le64
 * </pre>
 */
final class ChecksumOperation implements Operation {
  private static final int XXHASH32 = 0;
  private static final int XXHASH64 = 1;
  private static final int CRC32C = 2;

  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent asked = step.extent();
    long chunk = asked.truncateSize() & 0xffffffffL;
    int type = (int) (asked.truncateSize() >>> 32) & 0xff;
    boolean invalid = asked.offset() < 0 || asked.length() < 0 || type > CRC32C;
    if (invalid || chunk > 0 && (asked.length() == 0 || asked.length() % chunk != 0)) {
      return Errno.EINVAL.result();
    }
    Decoder from = step.reader();
    long initial = type == XXHASH64 ? from.le64() : from.le32();
    long size = context.before() == null ? 0 : context.before().size();
    boolean whole = asked.offset() == 0 && asked.length() == 0;
    long length = whole ? size : Math.min(asked.length(), size - asked.offset());
    if (length < 0 || length == 0 && !whole) {
      return 0;
    }
    if (chunk > 0 && length % chunk != 0) {
      return Errno.EINVAL.result();
    }
    if (length == 0) {
      context.output(step.withData(sums(new byte[0], 0, type, initial)));
      return 0;
    }
    context
        .store()
        .read(
            context.object(),
            asked.offset(),
            length,
            (bytes, result) -> {
              if (result >= 0) {
                try (bytes) {
                  byte[] all = context.store().inspect(bytes, Inspection.READ_REPLY);
                  context.output(step.withData(sums(all, (int) chunk, type, initial)));
                }
              }
              context.resume(result);
            });
    return OpContext.PENDING;
  }

  private static byte[] sums(byte[] bytes, int chunk, int type, long initial) {
    int unit = chunk == 0 ? Math.max(1, bytes.length) : chunk;
    int count = bytes.length / unit;
    Encoder to = new Encoder(4 + 8 * count);
    to.le32(count);
    for (int i = 0; i < count; i++) {
      if (type == XXHASH32) {
        to.le32(XxHash.hash32(bytes, i * unit, unit, (int) initial));
      } else if (type == XXHASH64) {
        to.le64(XxHash.hash64(bytes, i * unit, unit, initial));
      } else {
        to.le32(Crc32c.update((int) initial, bytes, i * unit, unit));
      }
    }
    return to.toByteArray();
  }
}
