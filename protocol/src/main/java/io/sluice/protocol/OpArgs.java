package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * The fixed-size arguments of one step: the union of ceph_osd_op, {@value #BYTES} bytes, zero where
 * a kind says nothing. (ceph: include/rados.h)
 */
public sealed interface OpArgs {
  int BYTES = 28;

  /** The kind that covers every byte; all zero where a step has no arguments. */
  OpArgs NONE = new Extent(0, 0, 0, 0);

  /**
   * {@code le64 offset | le64 length | le64 truncate_size | le32 truncate_seq}: reads, writes, and
   * every step without arguments of its own.
   */
  record Extent(long offset, long length, long truncateSize, int truncateSeq) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(offset).le64(length).le64(truncateSize).le32(truncateSeq);
    }

    /** As Ceph prints it: {@code offset~length}. */
    @Override
    public String toString() {
      String range = Long.toUnsignedString(offset) + "~" + Long.toUnsignedString(length);
      return truncateSeq == 0 ? range : range + " [" + truncateSeq + "@" + truncateSize + "]";
    }
  }

  /**
   * {@code le32 name_len | le32 value_len | u8 cmp_op | u8 cmp_mode}; the data is the name, then
   * the value.
   *
   * @param compareOp 1 ==, 2 !=, 3 &gt;, 4 &gt;=, 5 &lt;, 6 &lt;= (the given value on the left)
   * @param compareMode 1 strings, 2 le64 numbers
   */
  record Attr(int nameLength, int valueLength, int compareOp, int compareMode) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le32(nameLength).le32(valueLength).u8(compareOp).u8(compareMode);
    }
  }

  /**
   * {@code u8 class_len | u8 method_len | u8 argc | le32 indata_len}; data: class, method, input.
   */
  record Call(int classLength, int methodLength, int argc, int inputLength) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.u8(classLength).u8(methodLength).u8(argc).le32(inputLength);
    }
  }

  /** {@code le64 count | le32 start_epoch}; the data is a {@link ListCursor}. */
  record PgList(long count, int startEpoch) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(count).le32(startEpoch);
    }
  }

  /** {@code le64 snapid}. */
  record Snap(long snapId) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(snapId);
    }
  }

  /** {@code le64 cookie | le64 ver | u8 op | le32 gen | le32 timeout}. */
  record Watch(long cookie, long version, int op, int generation, int timeoutSeconds)
      implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(cookie).le64(version).u8(op).le32(generation).le32(timeoutSeconds);
    }
  }

  /** {@code le64 cookie}. */
  record Notify(long cookie) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(cookie);
    }
  }

  /** {@code le64 unused | le64 ver}: the user version that the object must have. */
  record AssertVersion(long unused, long version) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(unused).le64(version);
    }
  }

  /** {@code le64 expected_object_size | le64 expected_write_size | le32 flags}. */
  record AllocHint(long objectSize, long writeSize, int flags) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(objectSize).le64(writeSize).le32(flags);
    }
  }

  /** {@code le64 snapid | le64 src_version | u8 flags | le32 src_fadvise_flags}. */
  record CopyFrom(long snapId, long sourceVersion, int flags, int sourceAdvice) implements OpArgs {
    @Override
    public void put(Encoder to) {
      to.le64(snapId).le64(sourceVersion).u8(flags).le32(sourceAdvice);
    }
  }

  /** Writes the fields of this kind; the caller pads to {@value #BYTES} bytes. */
  void put(Encoder to);

  /** Writes all {@value #BYTES} bytes. */
  default void encode(Encoder to) {
    int start = to.length();
    put(to);
    to.zeros(BYTES - (to.length() - start));
  }

  /** Reads all {@value #BYTES} bytes as the kind that belongs to the code. */
  static OpArgs decode(OpCode code, Decoder from) {
    int end = from.remaining() - BYTES;
    OpArgs args = take(code, from);
    from.skip(from.remaining() - end);
    return args;
  }

  private static OpArgs take(OpCode code, Decoder from) {
    if (code.onAttributes()) {
      return new Attr(from.le32(), from.le32(), from.u8(), from.u8());
    }
    if (code.onPlacementGroup()) {
      return new PgList(from.le64(), from.le32());
    }
    return switch (code) {
      case CALL -> new Call(from.u8(), from.u8(), from.u8(), from.le32());
      case ROLLBACK -> new Snap(from.le64());
      case WATCH -> new Watch(from.le64(), from.le64(), from.u8(), from.le32(), from.le32());
      case NOTIFY, NOTIFY_ACK -> new Notify(from.le64());
      case ASSERT_VER -> new AssertVersion(from.le64(), from.le64());
      case SET_ALLOC_HINT -> new AllocHint(from.le64(), from.le64(), from.le32());
      case COPY_FROM, COPY_FROM2 -> new CopyFrom(from.le64(), from.le64(), from.u8(), from.le32());
      default -> new Extent(from.le64(), from.le64(), from.le64(), from.le32());
    };
  }
}
