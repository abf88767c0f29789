package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Seeds;
import io.sluice.client.CephConf;
import io.sluice.client.Cluster;
import io.sluice.client.ClusterConfig;
import io.sluice.client.IoContext;
import io.sluice.client.MonHosts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What a client really says, bent: frames with other bytes under right checksums, wrong lengths and
 * checksums, torn off, byte by byte, and many connections that say little, while another client
 * works.
 */
class PortFuzzTest {
  private static final int BANNER = 26;
  private static final int PREAMBLE = 32;
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 400);
  private static final long GROWTH_MAX_KB = 200_000;

  @Test
  void shouldStayUpSmallAndRightWhenFramesAreBent() throws Exception {
    long seed = Long.getLong("fuzz.seed", Seeds.of("PortFuzzTest", 1_000_000));
    System.out.printf("fuzz: -Dfuzz.seed=%d -Dfuzz.rounds=%d%n", seed, ROUNDS);
    Random random = new Random(seed);
    try (TestCluster cluster = TestCluster.start(2, 2)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        ThrashWorkload workload = new ThrashWorkload(cluster, pool, seed);
        workload.start(false);
        List<Long> pids = cluster.pids();
        List<Integer> ports = ports(cluster, client);
        byte[] said = record(cluster);
        assertThat(said).as("a whole conversation").hasSizeGreaterThan(300);
        long before = residentKb(pids);
        for (int round = 0; round < ROUNDS; round++) {
          bend(said, ports.get(random.nextInt(ports.size())), random);
        }
        List<Socket> idle = idle(ports, said, random);
        long acknowledged = workload.acknowledged.get();
        org.awaitility.Awaitility.await("others are served meanwhile")
            .atMost(java.time.Duration.ofSeconds(90))
            .until(() -> workload.acknowledged.get() > acknowledged + 50);
        for (Socket socket : idle) {
          socket.close();
        }
        workload.finish();
        assertThat(workload.failures).isEmpty();
        assertThat(workload.verify()).isEmpty();
        assertThat(cluster.pids()).as("nobody was started again").isEqualTo(pids);
        assertThat(pids).allMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(residentKb(pids) - before).as("kB more").isLessThan(GROWTH_MAX_KB * pids.size());
      }
    }
  }

  private static List<Integer> ports(TestCluster cluster, Cluster client) throws IOException {
    List<Integer> ports = new ArrayList<>();
    ports.add(monPort(cluster));
    for (int osd = 0; osd < 2; osd++) {
      ports.add(client.map().osd(osd).addrs().client().msgr2().port());
    }
    return ports;
  }

  private static int monPort(TestCluster cluster) throws IOException {
    return CephConf.read(cluster.path("ceph.conf")).monHosts().get(0).msgr2().port();
  }

  /** What our client says to the monitor, heard in between. */
  private static byte[] record(TestCluster cluster) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (ServerSocket between = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread relay = new Thread(() -> relay(between, cluster, said));
      relay.start();
      ClusterConfig config =
          ClusterConfig.of(MonHosts.parse("127.0.0.1:" + between.getLocalPort()));
      try (Cluster client = Cluster.connect(config)) {
        Cluster.await(client.newestMap());
      }
    }
    synchronized (said) {
      return said.toByteArray();
    }
  }

  private static void relay(ServerSocket between, TestCluster cluster, ByteArrayOutputStream said) {
    try (Socket client = between.accept();
        Socket monitor = new Socket(InetAddress.getLoopbackAddress(), monPort(cluster))) {
      int mine = between.getLocalPort();
      int its = monitor.getPort();
      new Thread(() -> copy(monitor, client, its, mine, new ByteArrayOutputStream())).start();
      copy(client, monitor, mine, its, said);
    } catch (IOException e) {
      // The conversation is over.
    }
  }

  private static void copy(
      Socket from, Socket to, int port, int other, ByteArrayOutputStream heard) {
    byte[] some = new byte[65536];
    try {
      InputStream in = from.getInputStream();
      for (int count = in.read(some); count > 0; count = in.read(some)) {
        repoint(some, count, port, other);
        synchronized (heard) {
          heard.write(some, 0, count);
        }
        to.getOutputStream().write(some, 0, count);
      }
    } catch (IOException e) {
      // The conversation is over.
    }
  }

  /**
   * Whoever is meant by 127.0.0.1:port in these frames of a handshake is meant at the other port.
   */
  private static void repoint(byte[] bytes, int count, int port, int other) {
    byte[] chunk = java.util.Arrays.copyOf(bytes, count);
    ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int first = count > BANNER && bytes[0] == 'c' && bytes[1] == 'e' ? BANNER : 0;
    for (int at : frames(chunk, first)) {
      int end = at + PREAMBLE + frame.getInt(at + 2);
      if (end + 4 > count || bytes[at + 1] != 1) {
        return;
      }
      for (int i = at + PREAMBLE; i + 4 < end; i++) {
        boolean address = bytes[i] == 2 && bytes[i + 1] == 0;
        if (address && ((bytes[i + 2] & 255) << 8 | bytes[i + 3] & 255) == port) {
          bytes[i + 2] = (byte) (other >> 8);
          bytes[i + 3] = (byte) other;
        }
      }
      frame.putInt(end, Crc32c.update(-1, java.util.Arrays.copyOfRange(bytes, at + PREAMBLE, end)));
    }
  }

  /**
   * Frame starts: after the banner, each frame is preamble, front + crc, other segments + epilogue.
   */
  private static List<Integer> frames(byte[] said, int first) {
    List<Integer> starts = new ArrayList<>();
    int at = first;
    while (at + PREAMBLE <= said.length) {
      ByteBuffer preamble =
          ByteBuffer.wrap(said, at, PREAMBLE).slice().order(ByteOrder.LITTLE_ENDIAN);
      int front = preamble.getInt(2);
      int others = preamble.getInt(8) + preamble.getInt(14) + preamble.getInt(20);
      int end =
          at + PREAMBLE + front + (front > 0 ? 4 : 0) + (preamble.get(1) > 1 ? others + 13 : 0);
      if (end <= said.length) { // the last may have been torn off
        starts.add(at);
      }
      at = end;
    }
    return starts;
  }

  private static void bend(byte[] said, int port, Random random) throws IOException {
    List<Integer> starts = frames(said, BANNER);
    int at = starts.get(random.nextInt(starts.size()));
    byte[] bytes = said.clone();
    ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int front = frame.getInt(at + 2);
    int length = bytes.length;
    int segment = 1 << 16;
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
          bytes[at + PREAMBLE + random.nextInt(front)] = (byte) random.nextInt(256);
        }
        byte[] checked = java.util.Arrays.copyOfRange(bytes, at + PREAMBLE, at + PREAMBLE + front);
        frame.putInt(at + PREAMBLE + front, Crc32c.update(-1, checked));
      }
      case 2 -> {
        int[] lengths = {0, 1, 0x7fffffff, -1, 128 << 20, front + 1, front - 1};
        frame.putInt(at + 2 + 6 * random.nextInt(4), lengths[random.nextInt(lengths.length)]);
        sign(frame, bytes, at);
      }
      case 3 -> {
        bytes[at + random.nextInt(2)] = (byte) random.nextInt(256); // tag, or number of segments
        sign(frame, bytes, at);
      }
      case 4 -> bytes[at + random.nextInt(bytes.length - at)] ^= (byte) (1 << random.nextInt(8));
      default -> {
        length = at + random.nextInt(bytes.length - at);
        segment = 1;
      }
    }
    say(port, bytes, length, segment);
  }

  private static void sign(ByteBuffer frame, byte[] bytes, int at) {
    frame.putInt(at + 28, Crc32c.update(0, java.util.Arrays.copyOfRange(bytes, at, at + 28)));
  }

  private static void say(int port, byte[] bytes, int length, int segment) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20);
      for (int at = 0; at < length; at += segment) {
        socket.getOutputStream().write(bytes, at, Math.min(segment, length - at));
      }
      while (socket.getInputStream().read(new byte[65536]) > 0) {
        // Whatever it answers.
      }
    } catch (java.net.SocketException | java.net.SocketTimeoutException over) {
      assertThat(over).hasMessageNotContaining("refused");
    }
  }

  private static List<Socket> idle(List<Integer> ports, byte[] said, Random random)
      throws IOException {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.get(i % ports.size()));
      socket.getOutputStream().write(said, 0, random.nextInt(i % 2 == 0 ? BANNER : said.length));
      idle.add(socket);
    }
    return idle;
  }

  private static long residentKb(List<Long> pids) throws IOException {
    long sum = 0;
    for (long pid : pids) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        sum += line.startsWith("VmRSS:") ? Long.parseLong(line.replaceAll("\\D+", "")) : 0;
      }
    }
    return sum;
  }
}
