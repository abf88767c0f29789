package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.PushObject;
import io.sluice.protocol.PushReply;
import io.sluice.types.EVersion;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Copies one object, whole, to other OSDs: piece by piece, the next one when all have the last one.
 * An object that is not here is removed there. A piece is bounded in bytes, whatever it carries.
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
  private final Deque<Map.Entry<String, byte[]>> attributes = new ArrayDeque<>();
  private ObjectInfo info;
  private long offset;
  private byte[] omapPosition = {};
  private boolean omapDone;
  private boolean first = true;
  private boolean lastSent;
  private boolean ended;

  /**
   * @param targets by OSD number
   * @param onEnd told once: true when every target has it, false when it cannot be read here, or
   *     taken there
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
    attributes.addAll(objects.attrs(object).entrySet());
    omapDone = !objects.hasOmap(object, omapPosition);
    next();
  }

  private void next() {
    if (offset < info.size()) {
      long length = Math.min(Limits.PUSH_PIECE_BYTES, info.size() - offset);
      objects.read(object, offset, length, this::arrived);
    } else {
      Map<String, byte[]> some = nextAttributes();
      List<PushObject.OmapEntry> omap = some.isEmpty() ? nextOmap() : List.of();
      lastSent = isWhole();
      send(piece(info.version(), offset, some, omap, lastSent), new BufferList());
    }
  }

  private boolean isWhole() {
    return offset >= info.size() && attributes.isEmpty() && omapDone;
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
    Map<String, byte[]> some = nextAttributes();
    lastSent = isWhole();
    services.counters().pushedBytes.add(bytes.length());
    send(piece(info.version(), at, some, List.of(), lastSent), bytes);
  }

  /** As many as fit beside the rest of a piece, or the next one alone. */
  private Map<String, byte[]> nextAttributes() {
    Map<String, byte[]> page = new TreeMap<>();
    long bytes = 0;
    while (!attributes.isEmpty()) {
      Map.Entry<String, byte[]> next = attributes.peek();
      bytes += next.getKey().length() + next.getValue().length;
      if (!page.isEmpty() && bytes > Limits.PUSH_KEYS_BYTES) {
        break;
      }
      page.put(next.getKey(), next.getValue());
      attributes.remove();
    }
    return page;
  }

  private List<PushObject.OmapEntry> nextOmap() {
    List<PushObject.OmapEntry> entries = new ArrayList<>();
    if (omapDone) {
      return entries;
    }
    SortedMap<byte[], byte[]> page = objects.omapPage(object, omapPosition);
    if (page.isEmpty()) {
      throw new IllegalStateException(object + " changes while it is copied");
    }
    page.forEach((key, value) -> entries.add(new PushObject.OmapEntry(key, value)));
    byte[] last = page.lastKey();
    omapPosition = Arrays.copyOf(last, last.length + 1);
    omapDone = !objects.hasOmap(object, omapPosition);
    return entries;
  }

  private PushObject piece(
      EVersion version,
      long at,
      Map<String, byte[]> some,
      List<PushObject.OmapEntry> omap,
      boolean last) {
    long size = info == null ? 0 : info.size();
    boolean exists = info != null;
    return new PushObject(null, object, version, exists, hold, first, last, size, at, some, omap);
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

  /** A target cannot take it. */
  void giveUp() {
    end(false);
  }

  /** Nobody is interested any more; {@code onEnd} is not told. */
  void cancel() {
    ended = true;
  }
}
