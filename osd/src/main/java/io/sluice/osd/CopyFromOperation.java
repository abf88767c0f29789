package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MemorySegment;
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
 * by piece at one version, from whichever OSD serves it, and kept outside the heap until it is
 * written, as far as the daemon's {@link MemoryGate} for copies allows; else it waits before its
 * first piece. (ceph: CEPH_OSD_OP_COPY_FROM, _COPY_FROM2)
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

  /**
   * One copy under way. <b>Threads:</b> the group's loop. <b>Owns</b> pieces, and a share of the
   * budget: what pieces take is given back when the last of those who have them releases them.
   */
  private static final class Copy {
    private final OpContext context;
    private final ObjectId source;
    private final List<BufferList> pieces = new ArrayList<>();
    private final Map<String, byte[]> attributes = new TreeMap<>();
    private final List<RepChange> keys = new ArrayList<>();
    private long version;
    private long size = Long.MAX_VALUE;
    private MemoryGate.Share share;
    private long granted = -1;
    private boolean waits;
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
      group.services().remote().read(source, steps, group.loop(), answer -> arrive(group, answer));
    }

    private void arrive(PlacementGroup group, RemoteObjects.Answer answer) {
      group
          .loop()
          .execute(
              () -> {
                if (answer.result() >= 0 && !mayKeep(group, answer)) {
                  return;
                }
                int result = answer.result() < 0 ? answer.result() : take(answer);
                if (result < 0) {
                  end(result);
                } else if (moreKeys || offset < size) {
                  next();
                } else {
                  finish();
                }
              });
    }

    /** False when the source's bytes have to wait: it is asked anew then, from the beginning. */
    private boolean mayKeep(PlacementGroup group, RemoteObjects.Answer answer) {
      if (granted >= 0) {
        return true;
      }
      long needed = 0;
      for (OsdOp step : answer.steps()) {
        if (step.code() == OpCode.STAT) {
          needed = Math.min(ObjectStat.decode(step.data()).size(), Limits.WRITE_OP_BYTES);
        }
      }
      long bytes = needed;
      share = group.services().remote().copies().share(bytes);
      share.enter(
          group.loop(),
          () -> {
            granted = bytes;
            if (waits) {
              next();
            }
          });
      waits = granted < 0;
      return !waits;
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
            int result = keep(step.data());
            if (result < 0) {
              return result;
            }
          }
          default -> {}
        }
      }
      size = stat.size();
      version = answer.userVersion();
      boolean tooLarge = size > Limits.WRITE_OP_BYTES || keyBytes > Limits.CHANGES_BYTES;
      return tooLarge ? Errno.EFBIG.result() : 0;
    }

    /** Keeps a piece outside the heap. */
    private int keep(byte[] piece) {
      if (piece.length == 0) {
        return 0;
      }
      if (piece.length > granted) {
        return Errno.EAGAIN.result(); // grown since it was asked for its size
      }
      ByteBuffer memory;
      try {
        memory = ByteBuffer.allocateDirect(piece.length).put(piece).flip();
      } catch (OutOfMemoryError e) {
        return Errno.ENOMEM.result();
      }
      granted -= piece.length;
      MemorySegment kept = MemorySegment.wrap(memory, () -> share.giveBack(piece.length));
      pieces.add(new BufferList().claimAppend(kept));
      offset += piece.length;
      return 0;
    }

    private void end(int result) {
      pieces.forEach(BufferList::close);
      pieces.clear();
      if (granted > 0) {
        share.giveBack(granted);
      }
      granted = 0;
      context.resume(result);
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
      for (BufferList piece : pieces) {
        long length = piece.length();
        context.claimWrite(at, Payload.of(piece));
        at += length;
      }
      pieces.clear();
      attributes.forEach((name, value) -> context.change(new RepChange.SetAttr(name, value)));
      keys.forEach(context::change);
      context.mtime(stat.modified());
      end(0);
    }
  }
}
