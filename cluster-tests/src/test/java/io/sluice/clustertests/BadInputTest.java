package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users and strangers get wrong: one clear line, a non-zero exit, and nothing lost. */
class BadInputTest {
  private static TestCluster cluster;
  private static Path keep;

  @BeforeAll
  static void start() {
    cluster = TestCluster.startCalm(1, 1);
    cluster.sluice("pool", "create", "p").ok();
    keep = RandomFiles.create(cluster.path("keep"), 1_000_000, 1);
    cluster.sluice("rados", "-p", "p", "put", "keep", keep.toString()).ok();
  }

  @AfterAll
  static void stopWithNothingLost() {
    if (cluster == null) {
      return;
    }
    try {
      Path back = cluster.path("keep.back");
      cluster.sluice("rados", "-p", "p", "get", "keep", back.toString()).ok();
      assertThat(RandomFiles.sha256(back)).isEqualTo(RandomFiles.sha256(keep));
    } finally {
      cluster.close();
    }
  }

  private static Finished rados(String... args) {
    String[] line = new String[args.length + 1];
    line[0] = "rados";
    System.arraycopy(args, 0, line, 1, args.length);
    return cluster.sluice(line);
  }

  @Test
  void shouldNameThePoolWhenItIsUnknown() {
    rados("-p", "nopool", "put", "x", keep.toString()).failedWith(1, "nopool");
    rados("-p", "nopool", "ls").failedWith(1, "nopool");
  }

  @Test
  void shouldNameTheObjectWhenItIsUnknown() {
    rados("-p", "p", "get", "nobody", cluster.path("x").toString())
        .failedWith(1, "nobody", "(2) No such file");
    rados("-p", "p", "stat", "nobody").failedWith(1, "nobody");
    rados("-p", "p", "rm", "nobody").failedWith(1, "nobody");
    assertThat(cluster.path("x")).doesNotExist();
  }

  @Test
  void shouldNameTheFileWhenInputIsUnreadableOrOutputUnwritable() {
    rados("-p", "p", "put", "x", cluster.path("missing").toString()).failedWith(1, "missing");
    rados("-p", "p", "put", "x", cluster.dir().toString()).failedWith(1, cluster.dir().toString());
    rados("-p", "p", "get", "keep", "/nonexistent/out").failedWith(1, "/nonexistent/out");
  }

  @Test
  void shouldRefuseWhenNameIsTooLong() {
    rados("-p", "p", "put", "n".repeat(2049), keep.toString()).failedWith(1, "name");
    assertThat(rados("-p", "p", "ls").ok().out().lines()).doesNotContain("n".repeat(2049));
  }

  @Test
  void shouldRefuseWhenObjectIsTooLarge() throws IOException {
    Path huge = cluster.path("huge");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength((128L << 20) + 1);
    }
    rados("-p", "p", "put", "huge", huge.toString()).failedWith(1, "(27) File too large");
    assertThat(rados("-p", "p", "ls").ok().out().lines()).doesNotContain("huge");
  }

  @Test
  void shouldSayUsageWhenCommandIsUnknown() {
    assertThat(cluster.sluice("frobnicate").exit()).isEqualTo(2);
    assertThat(rados("-p", "p", "frobnicate").exit()).isEqualTo(2);
  }

  @Test
  void shouldSayThereIsNoClusterWhenDirectoryIsEmpty() {
    TestCluster none = TestCluster.unstarted();
    none.sluice("status").failedWith(1, none.dir().toString());
    none.sluice("rados", "-p", "p", "ls").failedWith(1, none.dir().toString());
  }

  @Test
  void shouldRefuseWhenClusterIsStartedTwice() {
    cluster.sluice("cluster", "start").failedWith(1, "running");
  }

  @Test
  void shouldRefuseWhenStoreIsInUseOrOfAnotherCluster() throws IOException {
    String mon = monHost();
    Path data = cluster.path("osd.0");
    Finished used =
        cluster.sluice(
            "osd",
            "--id",
            "0",
            "--data",
            data.toString(),
            "--mon-host",
            mon,
            "--addr",
            "127.0.0.1");
    used.failedWith(1, "in use");
    TestCluster other = TestCluster.start(1, 1);
    try {
      other.sluice("cluster", "kill", "osd.0").ok();
      Files.walk(other.path("osd.0")).close();
      Finished foreign =
          cluster.sluice(
              "osd",
              "--id",
              "0",
              "--data",
              other.path("osd.0").toString(),
              "--mon-host",
              mon,
              "--addr",
              "127.0.0.1");
      foreign.failedWith(1, "another cluster");
    } finally {
      other.close();
    }
  }

  @Test
  void shouldNameThePortWhenItIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String addr = "127.0.0.1:" + taken.getLocalPort();
      Path data = cluster.path("osd.7");
      cluster
          .sluice(
              "osd",
              "--id",
              "7",
              "--data",
              data.toString(),
              "--mon-host",
              monHost(),
              "--addr",
              addr)
          .failedWith(1, addr);
    }
  }

  @Test
  void shouldStayUnharmedWhenEveryPortIsFedGarbage() throws Exception {
    Random random = new Random(7);
    List<Integer> ports = ports();
    assertThat(ports).hasSizeGreaterThanOrEqualTo(2);
    for (int port : ports) {
      feed(port, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 1 << 16);
      for (int i = 0; i < 20; i++) {
        byte[] noise = new byte[random.nextInt(5000)];
        random.nextBytes(noise);
        feed(port, noise, 1 << 16);
      }
      byte[] banner = {
        'c', 'e', 'p', 'h', ' ', 'v', '2', '\n', 16, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0
      };
      feed(port, banner, 1);
      byte[] bannerAndNoise = new byte[4096];
      random.nextBytes(bannerAndNoise);
      System.arraycopy(banner, 0, bannerAndNoise, 0, banner.length);
      feed(port, bannerAndNoise, 1 << 16);
      feed(port, bannerAndNoise, 1);
    }
    rados("-p", "p", "put", "after", keep.toString()).ok();
    for (long pid : cluster.pids()) {
      assertThat(ProcessHandle.of(pid)).isPresent();
    }
  }

  private static void feed(int port, byte[] bytes, int segment) throws IOException {
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      for (int at = 0; at < bytes.length; at += segment) {
        out.write(bytes, at, Math.min(segment, bytes.length - at));
      }
    } catch (java.net.SocketException closedByPeer) {
      assertThat(closedByPeer).hasMessageNotContaining("refused");
    }
  }

  private static List<Integer> ports() throws IOException {
    JsonNode dump =
        new ObjectMapper().readTree(cluster.sluice("osd", "dump", "--format", "json").ok().out());
    List<Integer> ports = new java.util.ArrayList<>();
    Matcher mon = Pattern.compile(":(\\d+)").matcher(monHost());
    assertThat(mon.find()).isTrue();
    ports.add(Integer.parseInt(mon.group(1)));
    Matcher osd = Pattern.compile("127\\.0\\.0\\.1:(\\d+)").matcher(dump.path("osds").toString());
    while (osd.find()) {
      int port = Integer.parseInt(osd.group(1));
      if (!ports.contains(port)) {
        ports.add(port);
      }
    }
    return ports;
  }

  private static String monHost() throws IOException {
    return Files.readAllLines(cluster.path("ceph.conf")).stream()
        .filter(line -> line.strip().matches("mon[ _]host.*"))
        .map(line -> line.substring(line.indexOf('=') + 1).strip().replaceAll("[\\[\\]]|v2:", ""))
        .findFirst()
        .orElseThrow();
  }
}
