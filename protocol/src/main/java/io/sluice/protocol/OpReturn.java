package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.Arrays;

/**
 * What one step of a write gave back, kept so that a duplicate hears the same: {@code le32 result |
 * blob}. (ceph: pg_log_op_return_item_t)
 */
public record OpReturn(int result, byte[] data) {
  void encode(Encoder to) {
    to.le32(result).blob(data);
  }

  static OpReturn decode(Decoder from) {
    return new OpReturn(from.le32(), from.blob());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OpReturn that
        && result == that.result
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * result + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return result + " with " + data.length + " bytes";
  }
}
