package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OmapEntries;
import io.sluice.protocol.OmapPage;
import io.sluice.protocol.OmapQuery;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One client that sets and removes the keys of its own object, some of them one by one and some by
 * hundreds, and its header, clears them all, and deletes the object.
 *
 * <p>It does one thing after the other, so the model is exact. Often there are more keys than a
 * piece of recovery takes.
 */
final class SimOmap {
  private static final int KEYS = 3 * Limits.OMAP_ENTRIES;
  private static final byte[] NOTHING = {};

  private final SimClient client;
  private final long pool;
  private final String name;
  private final Random random;
  private final Consumer<Runnable> think;
  private SortedMap<byte[], byte[]> keys = OmapEntries.sorted();
  private byte[] header = NOTHING;
  private boolean exists;
  private long changes;

  /**
   * @param think runs what it is given some time later
   */
  SimOmap(SimClient client, long pool, String name, Random random, Consumer<Runnable> think) {
    this.client = client;
    this.pool = pool;
    this.name = name;
    this.random = random;
    this.think = think;
  }

  void step() {
    switch (random.nextInt(16)) {
      case 0, 1 -> set(KEYS - random.nextInt(KEYS / 4));
      case 2 -> clear();
      case 3 -> delete();
      case 4 -> removeRange();
      case 5, 6 -> setHeader();
      case 7, 8 -> remove();
      case 9, 10 -> read(() -> think.accept(this::step));
      default -> set(1 + random.nextInt(20));
    }
  }

  long changes() {
    return changes;
  }

  private byte[] anyKey() {
    return String.format("key%05d", random.nextInt(KEYS)).getBytes();
  }

  private void set(int count) {
    SortedMap<byte[], byte[]> some = OmapEntries.sorted();
    for (int i = 0; i < count; i++) {
      byte[] key = count < KEYS / 2 ? anyKey() : String.format("key%05d", i).getBytes();
      byte[] value = new byte[random.nextInt(12)];
      random.nextBytes(value);
      some.put(key, value);
    }
    OsdOp step = OsdOp.payload(OpCode.OMAP_SET_VALS, OmapEntries.encode(some));
    change(
        step,
        true,
        () -> {
          keys.putAll(some);
          exists = true;
        });
  }

  private void remove() {
    List<byte[]> some = new ArrayList<>();
    for (int i = 1 + random.nextInt(200); i > 0; i--) {
      some.add(anyKey());
    }
    OsdOp step = OsdOp.payload(OpCode.OMAP_RM_KEYS, OmapEntries.encodeKeys(some));
    change(step, exists, () -> some.forEach(keys::remove));
  }

  private void removeRange() {
    byte[] one = anyKey();
    byte[] other = anyKey();
    boolean ordered = Arrays.compareUnsigned(one, other) < 0;
    byte[] first = ordered ? one : other;
    byte[] end = ordered ? other : one;
    byte[] range = new Encoder().blob(first).blob(end).toByteArray();
    change(
        OsdOp.payload(OpCode.OMAP_RM_KEY_RANGE, range),
        exists,
        () -> keys.subMap(first, end).clear());
  }

  private void clear() {
    change(
        OsdOp.payload(OpCode.OMAP_CLEAR, NOTHING),
        exists,
        () -> {
          keys.clear();
          header = NOTHING;
        });
  }

  private void setHeader() {
    byte[] next = ("header " + random.nextInt()).getBytes();
    change(
        OsdOp.payload(OpCode.OMAP_SET_HEADER, next),
        true,
        () -> {
          header = next;
          exists = true;
        });
  }

  private void delete() {
    change(
        OsdOp.of(OpCode.DELETE, OpArgs.NONE),
        exists,
        () -> {
          keys.clear();
          header = NOTHING;
          exists = false;
        });
  }

  private void change(OsdOp step, boolean succeeds, Runnable effect) {
    int expected = succeeds ? 0 : Errno.ENOENT.result();
    submit(
        step,
        (reply, data) -> {
          SimWorkload.check(reply.result() == expected, step + " of " + name + ": " + reply);
          if (succeeds) {
            effect.run();
            changes++;
          }
          think.accept(this::step);
        });
  }

  private void submit(OsdOp step, BiConsumer<MOSDOpReply, byte[]> done) {
    client.submit(client.object(pool, name), List.of(step), done);
  }

  /** Reads header and all keys, page by page; nothing else must be under way. */
  void read(Runnable then) {
    submit(
        OsdOp.of(OpCode.OMAP_GET_HEADER, OpArgs.NONE),
        (reply, data) -> {
          int expected = exists ? 0 : Errno.ENOENT.result();
          SimWorkload.check(reply.result() == expected, "header of " + name + ": " + reply);
          SimWorkload.check(Arrays.equals(data, header), name + " has another header");
          if (exists) {
            readKeys(NOTHING, OmapEntries.sorted(), then);
          } else {
            then.run();
          }
        });
  }

  private void readKeys(byte[] after, SortedMap<byte[], byte[]> found, Runnable then) {
    OmapQuery query = new OmapQuery(after, KEYS, NOTHING);
    submit(
        OsdOp.payload(OpCode.OMAP_GET_VALS, query.encodeForValues()),
        (reply, data) -> {
          SimWorkload.check(reply.result() == 0, "keys of " + name + ": " + reply);
          OmapPage page = OmapPage.decodeValues(data);
          found.putAll(page.entries());
          if (page.more()) {
            readKeys(page.entries().lastKey(), found, then);
          } else {
            compare(found);
            then.run();
          }
        });
  }

  private void compare(SortedMap<byte[], byte[]> found) {
    SimWorkload.check(
        found.size() == keys.size(),
        name + " has " + found.size() + " keys instead of " + keys.size());
    keys.forEach(
        (key, value) ->
            SimWorkload.check(
                Arrays.equals(value, found.get(key)),
                name + " has another value of " + new String(key)));
  }
}
