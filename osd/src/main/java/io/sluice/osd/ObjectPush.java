package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.PushObject;
import io.sluice.protocol.PushReply;
import io.sluice.types.EVersion;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Copies one object, whole, to other OSDs: piece by piece, the next one when all have the last one.
 * An object that is not here is removed there.
 *
 * <p><b>Threads:</b> the group's loop. The object must not change meanwhile.
 */
final class ObjectPush {
  /** Where a copy goes. */
  record Target(PeerScope scope, Consumer<Envelope> wire) {}

  private final PgServices services;
  private final PgObjects objects;
  private final ObjectId object;
  private final boolean hold;
  private final Map<Integer, Target> targets;
  private final Consumer<Boolean> onEnd;
  private final TreeSet<Integer> waitingFor = new TreeSet<>();
  private ObjectInfo info;
  private long offset;
  private byte[] omapPosition = {};
  private boolean omapDone;
  private boolean first = true;
  private boolean lastSent;
  private boolean ended;

  /**
   * @param targets by OSD number
   * @param onEnd told once: true when every target has it, false when it cannot be read here
   */
  ObjectPush(
      PgServices services,
      PgObjects objects,
      ObjectId object,
      boolean hold,
      Map<Integer, Target> targets,
      Consumer<Boolean> onEnd) {
    this.services = services;
    this.objects = objects;
    this.object = object;
    this.hold = hold;
    this.targets = new TreeMap<>(targets);
    this.onEnd = onEnd;
  }

  void start() {
    info = objects.info(object).orElse(null);
    services.counters().pushed.increment();
    if (info == null) {
      lastSent = true;
      send(piece(EVersion.ZERO, 0, Map.of(), List.of(), true), new BufferList());
      return;
    }
    omapDone = objects.omapList(object, omapPosition, 1).isEmpty();
    next();
  }

  private void next() {
    if (offset < info.size()) {
      long length = Math.min(Limits.PUSH_PIECE_BYTES, info.size() - offset);
      objects.read(object, offset, length, this::arrived);
    } else {
      List<PushObject.OmapEntry> omap = nextOmap();
      lastSent = omapDone;
      send(piece(info.version(), offset, attributes(), omap, lastSent), new BufferList());
    }
  }

  private void arrived(BufferList bytes, int result) {
    if (ended || result < 0) {
      if (bytes != null) {
        bytes.close();
      }
      end(false);
      return;
    }
    long at = offset;
    offset += bytes.length();
    lastSent = offset >= info.size() && omapDone;
    services.counters().pushedBytes.add(bytes.length());
    send(piece(info.version(), at, attributes(), List.of(), lastSent), bytes);
  }

  private Map<String, byte[]> attributes() {
    return first ? objects.attrs(object) : Map.of();
  }

  private List<PushObject.OmapEntry> nextOmap() {
    List<PushObject.OmapEntry> entries = new ArrayList<>();
    if (omapDone) {
      return entries;
    }
    SortedMap<byte[], byte[]> page = objects.omapList(object, omapPosition, Limits.OMAP_ENTRIES);
    page.forEach((key, value) -> entries.add(new PushObject.OmapEntry(key, value)));
    omapDone = page.size() < Limits.OMAP_ENTRIES;
    if (!page.isEmpty()) {
      byte[] last = page.lastKey();
      omapPosition = Arrays.copyOf(last, last.length + 1);
    }
    return entries;
  }

  private PushObject piece(
      EVersion version,
      long at,
      Map<String, byte[]> attributes,
      List<PushObject.OmapEntry> omap,
      boolean last) {
    long size = info == null ? 0 : info.size();
    boolean exists = info != null;
    return new PushObject(
        null, object, version, exists, hold, first, last, size, at, attributes, omap);
  }

  private void send(PushObject piece, BufferList bytes) {
    first = false;
    waitingFor.addAll(targets.keySet());
    try (bytes) {
      for (Target target : targets.values()) {
        BufferList twin = services.twin(bytes);
        target.wire().accept(piece.in(target.scope()).toEnvelope(twin));
      }
    }
  }

  void onReply(int from, PushReply reply) {
    if (ended || reply.whole() != lastSent || !waitingFor.remove(from) || !waitingFor.isEmpty()) {
      return;
    }
    if (lastSent) {
      end(true);
    } else {
      next();
    }
  }

  private void end(boolean copied) {
    if (!ended) {
      ended = true;
      onEnd.accept(copied);
    }
  }

  /** Nobody is interested any more; {@code onEnd} is not told. */
  void cancel() {
    ended = true;
  }
}
