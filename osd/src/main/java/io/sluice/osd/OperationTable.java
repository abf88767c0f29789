package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpCode;
import java.util.EnumMap;
import java.util.Map;

/** Which operation carries out which step; everything that is not here is EOPNOTSUPP. */
final class OperationTable {
  private static final Operation UNSUPPORTED = (context, step) -> Errno.EOPNOTSUPP.result();
  private static final Map<OpCode, Operation> TABLE = new EnumMap<>(OpCode.class);

  static {
    TABLE.put(OpCode.READ, new ReadOperation());
    TABLE.put(OpCode.SYNC_READ, new ReadOperation());
    TABLE.put(OpCode.SPARSE_READ, new SparseReadOperation());
    TABLE.put(OpCode.STAT, new StatOperation());
    TABLE.put(OpCode.ASSERT_VER, new AssertVersionOperation());
    TABLE.put(OpCode.WRITE, new WriteOperation());
    TABLE.put(OpCode.WRITE_FULL, new WriteFullOperation());
    TABLE.put(OpCode.APPEND, new AppendOperation());
    TABLE.put(OpCode.TRUNCATE, new TruncateOperation());
    TABLE.put(OpCode.ZERO, new ZeroOperation());
    TABLE.put(OpCode.CREATE, new CreateOperation());
    TABLE.put(OpCode.DELETE, new DeleteOperation());
    TABLE.put(OpCode.ROLLBACK, new RollbackOperation());
    TABLE.put(OpCode.COPY_FROM, new CopyFromOperation());
    TABLE.put(OpCode.COPY_FROM2, new CopyFromOperation());
    TABLE.put(OpCode.SET_ALLOC_HINT, new AllocHintOperation());
    TABLE.put(OpCode.GETXATTR, new GetXattrOperation());
    TABLE.put(OpCode.GETXATTRS, new GetXattrsOperation());
    TABLE.put(OpCode.SETXATTR, new SetXattrOperation());
    TABLE.put(OpCode.RMXATTR, new RemoveXattrOperation());
    TABLE.put(OpCode.CMPXATTR, new CompareXattrOperation());
    TABLE.put(OpCode.OMAP_GET_KEYS, new OmapListOperation(false));
    TABLE.put(OpCode.OMAP_GET_VALS, new OmapListOperation(true));
    TABLE.put(OpCode.OMAP_GET_VALS_BY_KEYS, new OmapGetOperation());
    TABLE.put(OpCode.OMAP_SET_VALS, new OmapSetOperation());
    TABLE.put(OpCode.OMAP_RM_KEYS, new OmapRemoveOperation());
    TABLE.put(OpCode.OMAP_CLEAR, new OmapClearOperation());
    TABLE.put(OpCode.OMAP_GET_HEADER, new OmapGetHeaderOperation());
    TABLE.put(OpCode.OMAP_SET_HEADER, new OmapSetHeaderOperation());
    TABLE.put(OpCode.CMPEXT, new CompareExtentOperation());
    TABLE.put(OpCode.OMAP_CMP, new CompareOmapOperation());
    TABLE.put(OpCode.OMAP_RM_KEY_RANGE, new OmapRemoveRangeOperation());
    TABLE.put(OpCode.WRITE_SAME, new WriteSameOperation());
    TABLE.put(OpCode.CHECKSUM, new ChecksumOperation());
    TABLE.put(OpCode.MAPEXT, new MapExtentsOperation());
    TABLE.put(OpCode.LIST_SNAPS, new ListSnapsOperation());
    TABLE.put(OpCode.CALL, new CallOperation());
    TABLE.put(OpCode.WATCH, new WatchOperation());
    TABLE.put(OpCode.NOTIFY, new NotifyOperation());
    TABLE.put(OpCode.NOTIFY_ACK, new NotifyAckOperation());
    TABLE.put(OpCode.LIST_WATCHERS, new ListWatchersOperation());
    TABLE.put(OpCode.SCRUBLS, new ScrubListOperation());
    TABLE.put(OpCode.PGNLS, new ListOperation());
  }

  private OperationTable() {}

  static Operation of(OpCode code) {
    return TABLE.getOrDefault(code, UNSUPPORTED);
  }
}
