package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.Attrs;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ObjectLocator;
import io.sluice.protocol.ObjectStat;
import io.sluice.protocol.OmapPage;
import io.sluice.protocol.OmapQuery;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.ObjectId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Replaces the object by a copy of another one: bytes, attributes, omap. The source is read piece
 * by piece at one version, from whichever OSD serves it. (ceph: CEPH_OSD_OP_COPY_FROM, _COPY_FROM2)
 *
 * <pre>
 * payload: string name | object_locator_t [| le32 truncate_seq | le64 truncate_size: not supported]
 * </pre>
 */
final class CopyFromOperation implements Operation {
  private static final int TRUNCATE_FLAG = 0x40; // ceph: CEPH_OSD_COPY_FROM_FLAG_TRUNCATE_SEQ
  private static final byte[] NOTHING = {};

  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.CopyFrom asked = step.argument(OpArgs.CopyFrom.class);
    if ((asked.flags() & TRUNCATE_FLAG) != 0) {
      return Errno.EOPNOTSUPP.result();
    }
    Decoder from = step.reader();
    String name = from.string();
    ObjectLocator place = ObjectLocator.decode(from);
    OsdMap map = context.group().view().map();
    if (map.pool(place.pool()) == null) {
      return Errno.ENOENT.result();
    }
    OsdMap.Location location = map.locate(place.pool(), name, place.namespace(), place.key());
    String key = place.key().equals(name) ? "" : place.key();
    ObjectId source =
        ObjectId.head(place.pool(), place.namespace(), key, name, location.hash())
            .withSnap(asked.snapId());
    if (source.toHead().equals(context.object()) || name.isEmpty()) {
      return Errno.EINVAL.result(); // it would wait for itself
    }
    new Copy(context, source, asked.sourceVersion()).next();
    return OpContext.PENDING;
  }

  /** One copy under way. <b>Threads:</b> the group's loop. */
  private static final class Copy {
    private final OpContext context;
    private final ObjectId source;
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private final Map<String, byte[]> attributes = new TreeMap<>();
    private final List<RepChange> keys = new ArrayList<>();
    private long version;
    private long size = Long.MAX_VALUE;
    private long keyBytes;
    private long offset;
    private byte[] lastKey = NOTHING;
    private boolean moreKeys = true;
    private ObjectStat stat;

    private Copy(OpContext context, ObjectId source, long version) {
      this.context = context;
      this.source = source;
      this.version = version;
    }

    private void next() {
      List<OsdOp> steps = new ArrayList<>();
      if (version != 0) {
        steps.add(OsdOp.of(OpCode.ASSERT_VER, new OpArgs.AssertVersion(0, version)));
      }
      if (stat == null) {
        steps.add(OsdOp.of(OpCode.STAT, OpArgs.NONE));
        steps.add(OsdOp.of(OpCode.GETXATTRS, new OpArgs.Attr(0, 0, 0, 0)));
        steps.add(OsdOp.of(OpCode.OMAP_GET_HEADER, OpArgs.NONE));
      }
      if (moreKeys) {
        OmapQuery query = new OmapQuery(lastKey, Limits.OMAP_ENTRIES, NOTHING);
        steps.add(OsdOp.payload(OpCode.OMAP_GET_VALS, query.encodeForValues()));
      }
      if (offset < size) {
        steps.add(OsdOp.extent(OpCode.READ, offset, Limits.PUSH_PIECE_BYTES));
      }
      PlacementGroup group = context.group();
      group.remote().read(source, steps, group.loop(), answer -> arrive(group, answer));
    }

    private void arrive(PlacementGroup group, RemoteObjects.Answer answer) {
      group
          .loop()
          .execute(
              () -> {
                int result = answer.result() < 0 ? answer.result() : take(answer);
                if (result < 0) {
                  context.resume(result);
                } else if (moreKeys || offset < size) {
                  next();
                } else {
                  finish();
                }
              });
    }

    private int take(RemoteObjects.Answer answer) {
      for (OsdOp step : answer.steps()) {
        switch (step.code()) {
          case STAT -> stat = ObjectStat.decode(step.data());
          case GETXATTRS ->
              Attrs.decode(step.data())
                  .forEach((name, value) -> attributes.put(Xattrs.stored(name), value));
          case OMAP_GET_HEADER -> {
            if (step.dataLength() > 0) {
              attributes.put(Xattrs.OMAP_HEADER, step.data());
            }
          }
          case OMAP_GET_VALS -> takeKeys(OmapPage.decodeValues(step.data()));
          case READ -> {
            pieces.add(outsideTheHeap(step.data()));
            offset += step.dataLength();
          }
          default -> {}
        }
      }
      size = stat.size();
      version = answer.userVersion();
      boolean tooLarge = size > Limits.WRITE_OP_BYTES || keyBytes > Limits.CHANGES_BYTES;
      return tooLarge ? Errno.EFBIG.result() : 0;
    }

    private static ByteBuffer outsideTheHeap(byte[] piece) {
      return ByteBuffer.allocateDirect(piece.length).put(piece).flip();
    }

    private void takeKeys(OmapPage page) {
      SortedMap<byte[], byte[]> entries = page.entries();
      entries.forEach(
          (key, value) -> {
            keys.add(new RepChange.OmapSet(key, value));
            keyBytes += key.length + value.length;
          });
      moreKeys = page.more() && !entries.isEmpty();
      lastKey = entries.isEmpty() ? lastKey : entries.lastKey();
    }

    private void finish() {
      if (context.exists()) {
        context.remove();
      }
      context.create();
      long at = 0;
      for (ByteBuffer piece : pieces) {
        context.claimWrite(at, Payload.of(BufferList.wrap(piece)));
        at += piece.remaining();
      }
      attributes.forEach((name, value) -> context.change(new RepChange.SetAttr(name, value)));
      keys.forEach(context::change);
      context.mtime(stat.modified());
      context.resume(0);
    }
  }
}
