package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.types.EVersion;
import io.sluice.types.RequestId;
import java.util.ArrayList;
import java.util.List;

/**
 * Log entries by ascending version: added at the end, taken from the beginning, found by bisection
 * and by their request.
 *
 * <p>A ring, because each write adds one and takes one away: in a tree both walk down thousands of
 * entries that no cache of the processor holds. Kept encoded, as they are stored, because there are
 * 3,000 of each group: as objects they were a third of what the collector's old generation held,
 * and most of what it walked through; they are looked at when groups peer, or a request comes
 * again.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class EntryRing {
  private static final int SLOTS_MIN = 16;

  /** Of an entry beside its bytes: the array's head, its places in the four tables. */
  static final int ENTRY_BYTES = 48;

  /** Their number is a power of two. */
  private byte[][] slots = new byte[SLOTS_MIN][];

  private long[] versions = new long[SLOTS_MIN];
  private int[] epochs = new int[SLOTS_MIN];

  /** Those that a client asked for. */
  private SlotTable requests = new SlotTable(SLOTS_MIN);

  private int first;
  private int size;
  private long bytes;

  /** What the entries take in the heap. */
  long bytes() {
    return bytes;
  }

  /** The same of one. */
  int bytes(int index) {
    return slots[slot(index)].length + ENTRY_BYTES;
  }

  int size() {
    return size;
  }

  EVersion version(int index) {
    int slot = slot(index);
    return new EVersion(epochs[slot], versions[slot]);
  }

  private PeerLogEntry get(int index) {
    return PeerLogEntry.decode(new Decoder(slots[slot(index)]));
  }

  private int slot(int index) {
    return (first + index) & (slots.length - 1);
  }

  /**
   * The caller knows that it is newer than all others.
   *
   * @param encoded the entry's bytes, kept
   */
  void add(PeerLogEntry newest, byte[] encoded) {
    if (size == slots.length) {
      grow();
    }
    int slot = slot(size++);
    slots[slot] = encoded;
    bytes += encoded.length + ENTRY_BYTES;
    versions[slot] = newest.version().version();
    epochs[slot] = newest.version().epoch();
    if (!newest.requestId().equals(PeerLogEntry.NO_REQUEST)) {
      requests.put(slot, newest.requestId().hashCode());
    }
  }

  private void grow() {
    EntryRing twice = new EntryRing();
    twice.room(2 * slots.length);
    for (int i = 0; i < size; i++) {
      twice.add(get(i), slots[slot(i)]);
    }
    slots = twice.slots;
    versions = twice.versions;
    epochs = twice.epochs;
    requests = twice.requests;
    first = 0;
  }

  private void room(int count) {
    slots = new byte[count][];
    versions = new long[count];
    epochs = new int[count];
    requests = new SlotTable(count);
  }

  /** Takes the oldest out. */
  EVersion removeFirst() {
    EVersion oldest = version(0);
    free(first);
    first = slot(1);
    size--;
    return oldest;
  }

  private void free(int slot) {
    requests.remove(slot);
    bytes -= slots[slot].length + ENTRY_BYTES;
    slots[slot] = null;
  }

  /** Takes all from that index on out. */
  void truncate(int to) {
    while (size > to) {
      free(slot(--size));
    }
  }

  /** Those from that index on. */
  List<PeerLogEntry> from(int index) {
    List<PeerLogEntry> found = new ArrayList<>(size - index);
    for (int i = index; i < size; i++) {
      found.add(get(i));
    }
    return found;
  }

  /** The newest entry of that request, or null. */
  PeerLogEntry find(RequestId request) {
    int[] newest = {-1};
    requests.forEach(
        request.hashCode(),
        slot -> {
          int index = (slot - first) & (slots.length - 1);
          if (index > newest[0] && get(index).requestId().equals(request)) {
            newest[0] = index;
          }
        });
    return newest[0] < 0 ? null : get(newest[0]);
  }

  /** Index of the first one that is newer; {@link #size} when none is. */
  int after(EVersion version) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (version(middle).compareTo(version) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  boolean contains(EVersion version) {
    int after = after(version);
    return after > 0 && version(after - 1).equals(version);
  }

  void clear() {
    room(SLOTS_MIN);
    first = 0;
    size = 0;
    bytes = 0;
  }

  @Override
  public String toString() {
    return size + " entries";
  }
}
