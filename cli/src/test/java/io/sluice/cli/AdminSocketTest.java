package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.bufferlist.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminSocketTest {
  @TempDir private Path dir;
  private Path path;
  private AdminSocket socket;

  @BeforeEach
  void listen() throws IOException {
    path = dir.resolve("osd.0.asok");
    socket =
        new AdminSocket(
            path,
            Map.of(
                "perf dump",
                    new AdminSocket.Command(
                        "counters", () -> Map.of("zerocopy", Map.of("direct_bytes", 42))),
                "config get",
                    new AdminSocket.Command(
                        "an option",
                        List.of("config", "get", Map.of("name", "var", "type", "CephString")),
                        request -> Map.of(request.path("var").asText(), "7")),
                "broken", new AdminSocket.Command("fails", AdminSocketTest::fail)));
  }

  private static Object fail() {
    throw new IllegalStateException("on purpose");
  }

  @AfterEach
  void close() {
    socket.close();
    assertThat(path).doesNotExist();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  @Test
  void shouldAnswerInJsonWhenCommandIsKnown() throws IOException {
    assertThat(json(AdminClient.ask(path, "perf dump")).at("/zerocopy/direct_bytes").asInt())
        .isEqualTo(42);
    assertThat(json(AdminClient.ask(path, "help")).get("perf dump").asText()).isEqualTo("counters");
    assertThat(json(AdminClient.ask(path, "get_command_descriptions")).toString())
        .contains("[\"perf\",\"dump\"]");
  }

  @Test
  void shouldHandArgumentsToTheCommand() throws IOException {
    Map<String, String> request = Map.of("prefix", "config get", "var", "osd_max_scrubs");
    assertThat(json(AdminClient.ask(path, request)).at("/osd_max_scrubs").asText()).isEqualTo("7");
    assertThat(json(AdminClient.ask(path, "get_command_descriptions")).toString())
        .contains("[\"config\",\"get\",{")
        .contains("\"name\":\"var\"");
  }

  /** As {@code ceph daemon} does, with what the daemon says of its commands. */
  @Test
  void shouldTakeArgumentsOnTheCommandLine() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      assertThat(Main.run("daemon", path.toString(), "config", "get", "osd_max_scrubs")).isZero();
      assertThat(Main.run("daemon", path.toString(), "config", "get")).isEqualTo(2);
      assertThat(Main.run("daemon", path.toString(), "frobnicate")).isEqualTo(2);
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"osd_max_scrubs\": \"7\"");
  }

  @Test
  void shouldAnswerErrorAndGoOnWhenCommandIsUnknownOrFails() throws IOException {
    assertThat(AdminClient.ask(path, "frobnicate")).contains("error").contains("frobnicate");
    assertThat(AdminClient.ask(path, "broken")).contains("on purpose");
    assertThat(AdminClient.ask(path, "perf dump")).contains("42");
  }

  @Test
  void shouldGoOnWhenAPeerSendsGarbageOrNothing() throws IOException {
    try (SocketChannel silent = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.connect(UnixDomainSocketAddress.of(path));
      try (SocketChannel rude = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        rude.connect(UnixDomainSocketAddress.of(path));
        rude.write(ByteBuffer.wrap("{\"prefix\": \0".getBytes(StandardCharsets.UTF_8)));
      }
      assertThat(AdminClient.ask(path, "perf dump")).contains("42");
    }
  }

  /** The answer to bytes that are not what a client of ours would say. */
  private String raw(String request) throws IOException {
    try (SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      peer.connect(UnixDomainSocketAddress.of(path));
      ByteBuffer out = ByteBuffer.wrap((request + "\0").getBytes(StandardCharsets.ISO_8859_1));
      while (out.hasRemaining()) {
        peer.write(out);
      }
      ByteBuffer in = ByteBuffer.allocate(1 << 16);
      while (peer.read(in) >= 0) {
        assertThat(in.hasRemaining()).as("an answer of less than 64 KiB").isTrue();
      }
      in.flip();
      assertThat(in.remaining()).as("bytes for " + request).isGreaterThan(Integer.BYTES);
      assertThat(in.getInt()).isEqualTo(in.remaining());
      return StandardCharsets.UTF_8.decode(in).toString();
    }
  }

  @Test
  void shouldSayInOneShortLineWhatIsWrongWhateverIsAsked() throws IOException {
    Random random = new Random(Seeds.of("AdminSocketTest", 1_000_000));
    List<String> requests =
        new ArrayList<>(
            List.of("", "{", "{}", "[]", "{\"prefix\": 5}", "{\"prefix\": {}}", "[".repeat(9000)));
    requests.add("{\"prefix\": " + "[".repeat(9000));
    requests.add("x\ny".repeat(9000));
    for (int i = 0; i < 50; i++) {
      byte[] noise = new byte[1 + random.nextInt(2000)];
      random.nextBytes(noise);
      requests.add(new String(noise, StandardCharsets.ISO_8859_1).replace('\0', '{'));
    }
    for (String request : requests) {
      String answer = raw(request);
      assertThat(json(answer).get("error").asText()).as(request).isNotBlank();
      assertThat(answer.length()).as(request).isLessThan(2000);
    }
    assertThat(AdminClient.ask(path, "perf dump")).contains("42");
  }

  @Test
  void shouldReplaceSocketThatACrashLeft() throws IOException {
    Path stale = dir.resolve("stale.asok");
    Files.createFile(stale);
    try (AdminSocket again = new AdminSocket(stale, Map.of())) {
      assertThat(AdminClient.ask(stale, "version")).contains("sluice");
      assertThat(again).isNotNull();
    }
  }

  @Test
  void shouldSayWhoDoesNotAnswerWhenNobodyListens() {
    assertThatThrownBy(() -> AdminClient.ask(dir.resolve("nobody"), "perf dump"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void shouldAnswerCephsOwnTool() throws Exception {
    boolean there = Files.isExecutable(Path.of("/usr/bin/ceph"));
    if (!there) {
      System.err.println("SKIPPED: ceph is not installed (apt-get install ceph-common)");
    }
    Assumptions.assumeTrue(there, "ceph is not installed (apt-get install ceph-common)");
    Process ceph =
        new ProcessBuilder("/usr/bin/ceph", "--admin-daemon", path.toString(), "perf", "dump")
            .redirectErrorStream(true)
            .start();
    String out = new String(ceph.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(ceph.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(out).contains("direct_bytes").contains("42");
    assertThat(ceph.exitValue()).isZero();
  }
}
