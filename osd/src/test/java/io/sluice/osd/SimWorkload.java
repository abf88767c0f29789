package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Clients that append to shared objects, rewrite objects and change keys of their own, and remember
 * what they were told.
 *
 * <p>Checked: an acknowledged append is in the object exactly once, in an order that respects time;
 * an object of one writer holds its last acknowledged state or a later one; reads see everything
 * acknowledged before.
 */
final class SimWorkload {
  private static final int TOKEN = 16;
  private static final int APPENDED_OBJECTS = 5;
  private static final long THINK_MAX = 20_000_000L;

  /** One append: when it was asked for and when it was acknowledged (or not yet). */
  private static final class Append {
    private final long start;
    private long end = Long.MAX_VALUE;

    private Append(long start) {
      this.start = start;
    }
  }

  private final SimulatedCluster cluster;
  private final long pool;
  private final Random random;
  private final Map<String, Map<Long, Append>> appends = new LinkedHashMap<>();
  private final List<Writer> writers = new ArrayList<>();
  private final List<SimOmap> omaps = new ArrayList<>();
  private final List<SimClient> clients = new ArrayList<>();
  private long lastToken;
  private long acknowledged;
  private boolean stopped;

  SimWorkload(SimulatedCluster cluster, long pool, int clientCount) {
    this.cluster = cluster;
    this.pool = pool;
    this.random = cluster.scheduler().random();
    for (int i = 0; i < APPENDED_OBJECTS; i++) {
      appends.put("log" + i, new LinkedHashMap<>());
    }
    for (int i = 0; i < clientCount; i++) {
      clients.add(cluster.newClient());
    }
  }

  void start() {
    for (int i = 0; i < clients.size(); i++) {
      SimClient client = clients.get(i);
      Writer writer = new Writer(client, "own" + i);
      writers.add(writer);
      think(() -> appendOne(client));
      think(() -> appendOne(client));
      think(() -> readOne(client));
      think(writer::write);
      SimOmap omap = new SimOmap(client, pool, "keys" + i, random, this::rest);
      omaps.add(omap);
      rest(omap::step);
    }
  }

  void stop() {
    stopped = true;
  }

  long acknowledged() {
    return acknowledged;
  }

  int pending() {
    return clients.stream().mapToInt(SimClient::pendingOps).sum();
  }

  String describePending() {
    StringBuilder text = new StringBuilder();
    clients.forEach(client -> text.append(client.describePending()));
    return text.toString();
  }

  private void think(Runnable then) {
    if (!stopped) {
      cluster.scheduler().after(cluster.scheduler().between(0, THINK_MAX), then);
    }
  }

  /** Longer: the log must not forget what a client that is cut off has asked for. */
  private void rest(Runnable then) {
    if (!stopped) {
      cluster.scheduler().after(cluster.scheduler().between(0, 10 * THINK_MAX), then);
    }
  }

  private long now() {
    return cluster.scheduler().nanos();
  }

  private String anyLog() {
    return "log" + random.nextInt(APPENDED_OBJECTS);
  }

  private void appendOne(SimClient client) {
    String name = anyLog();
    long token = ++lastToken;
    Append append = new Append(now());
    appends.get(name).put(token, append);
    byte[] bytes = new Encoder(TOKEN).le64(token).le64(~token).toByteArray();
    OsdOp step = OsdOp.of(OpCode.APPEND, new OpArgs.Extent(0, TOKEN, 0, 0), bytes);
    client.submit(
        client.object(pool, name),
        List.of(step),
        (reply, data) -> {
          check(reply.result() == 0, "append answered " + reply);
          append.end = now();
          acknowledged++;
          think(() -> appendOne(client));
        });
  }

  private void readOne(SimClient client) {
    String name = anyLog();
    long start = now();
    client.submit(
        client.object(pool, name),
        List.of(OsdOp.extent(OpCode.READ, 0, 1 << 22)),
        (reply, data) -> {
          checkLog(name, data, start, reply);
          think(() -> readOne(client));
        });
  }

  private void checkLog(String name, byte[] data, long asked, MOSDOpReply reply) {
    check(data.length % TOKEN == 0, name + " has " + data.length + " bytes");
    List<Long> tokens = new ArrayList<>();
    Set<Long> found = new HashSet<>(); // a list would be searched through for every append
    Decoder from = new Decoder(data);
    while (from.remaining() > 0) {
      long token = from.le64();
      check(from.le64() == ~token, name + " is garbled");
      check(found.add(token), name + " has append " + token + " twice");
      check(appends.get(name).containsKey(token), name + " has append " + token + " of nobody");
      tokens.add(token);
    }
    appends
        .get(name)
        .forEach(
            (token, append) ->
                check(
                    append.end >= asked || found.contains(token),
                    name
                        + " lost acknowledged append "
                        + token
                        + " of "
                        + append.end
                        + " at "
                        + asked
                        + " "
                        + reply));
    long latestStart = 0;
    for (int i = tokens.size() - 1, end = tokens.size(); i >= 0; i--) {
      Append append = appends.get(name).get(tokens.get(i));
      check(end == tokens.size() || append.start <= latestStart, name + " is out of order");
      latestStart = i == tokens.size() - 1 ? append.end : Math.min(latestStart, append.end);
      end--;
    }
  }

  /** Reads everything back when all is quiet. */
  void verifyAll() {
    SimClient client = clients.get(0);
    int[] open = {0};
    for (String name : appends.keySet()) {
      open[0]++;
      client.submit(
          client.object(pool, name),
          List.of(OsdOp.extent(OpCode.READ, 0, 1 << 22)),
          (reply, data) -> {
            checkLog(name, data, now(), reply);
            open[0]--;
          });
    }
    for (Writer writer : writers) {
      open[0]++;
      writer.read(() -> open[0]--);
    }
    for (SimOmap omap : omaps) {
      open[0]++;
      omap.read(() -> open[0]--);
    }
    check(
        cluster.runUntil(10 * SimulatedCluster.SECOND, () -> open[0] == 0), "the last reads hang");
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /** The one client that changes an object, one operation at a time; number n is its n-th state. */
  private final class Writer {
    private final SimClient client;
    private final String name;
    private final List<Boolean> states = new ArrayList<>(List.of(false));
    private int lastAcknowledged;

    private Writer(SimClient client, String name) {
      this.client = client;
      this.name = name;
    }

    private void write() {
      int number = states.size();
      boolean exists = random.nextInt(5) != 0;
      states.add(exists);
      client.submit(
          client.object(pool, name),
          exists ? steps(number) : List.of(OsdOp.of(OpCode.DELETE, OpArgs.NONE)),
          (reply, data) -> {
            boolean absent = !exists && reply.result() == Errno.ENOENT.result();
            check(reply.result() == 0 || absent, "write answered " + reply);
            lastAcknowledged = number;
            acknowledged++;
            if (random.nextInt(3) == 0) {
              read(() -> think(this::write));
            } else {
              think(this::write);
            }
          });
    }

    private List<OsdOp> steps(int number) {
      int length =
          random.nextInt(3) == 0 ? 20_000 + random.nextInt(30_000) : 8 + random.nextInt(200);
      byte[] bytes = content(number, length);
      OsdOp write = OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, length, 0, 0), bytes);
      return List.of(
          write, OsdOp.attr(OpCode.SETXATTR, "number", String.valueOf(number).getBytes()));
    }

    private byte[] content(int number, int length) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) number);
      System.arraycopy(new Encoder(16).le32(number).le32(length).toByteArray(), 0, bytes, 0, 8);
      return bytes;
    }

    private void read(Runnable then) {
      int least = lastAcknowledged;
      client.submit(
          client.object(pool, name),
          List.of(OsdOp.extent(OpCode.READ, 0, 1 << 20)),
          (reply, data) -> {
            checkState(reply, data, least);
            then.run();
          });
    }

    private void checkState(MOSDOpReply reply, byte[] data, int least) {
      if (reply.result() == Errno.ENOENT.result()) {
        check(states.subList(least, states.size()).contains(false), name + " is gone");
        return;
      }
      check(reply.result() == 0 && data.length >= 8, name + " answered " + reply);
      Decoder from = new Decoder(data);
      int number = from.le32();
      check(
          number >= least && number < states.size(),
          name + " is at " + number + ", acknowledged was " + least);
      check(Arrays.equals(data, content(number, from.le32())), name + " is garbled");
    }
  }
}
