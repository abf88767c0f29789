package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.ClusterSpec.Daemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonProcessTest {
  @TempDir private Path root;

  private DaemonProcess osd() {
    return new DaemonProcess(new ClusterDir(root), new Daemon("osd.0", 6800));
  }

  private void writePid(String text) throws IOException {
    Files.writeString(root.resolve("osd.0.pid"), text);
  }

  @Test
  void shouldFindNothingWhenPidFileIsMissingEmptyOrOfADeadProcess() throws Exception {
    assertThat(osd().running()).isEmpty();
    writePid("");
    assertThat(osd().running()).isEmpty();
    Process dead = new ProcessBuilder("/bin/true").start();
    dead.waitFor();
    writePid(dead.pid() + "\n");
    assertThat(osd().running()).isEmpty();
  }

  @Test
  void shouldLeaveAloneWhoeverHasThePidNow() throws Exception {
    Process stranger = new ProcessBuilder("/bin/sleep", "300").start();
    try {
      writePid(stranger.pid() + "\n");
      assertThat(osd().running()).isEmpty();
      assertThat(osd().stop(Duration.ofSeconds(1))).isFalse();
      assertThat(osd().kill()).isFalse();
      assertThat(stranger.isAlive()).isTrue();
      assertThat(root.resolve("osd.0.pid")).as("a stale file goes").doesNotExist();
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldStopItsOwnProcess() throws Exception {
    // a shell that keeps the daemon's data directory among its words, as a daemon's command line
    // does
    Process own =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "echo ready; while :; do sleep 0.1; done",
                "sh",
                root.resolve("osd.0").toString())
            .start();
    assertThat(own.inputReader().readLine()).as("its command line is there").isEqualTo("ready");
    writePid(own.pid() + "\n");
    assertThat(osd().running()).isPresent();
    assertThat(osd().stop(Duration.ofSeconds(10))).isTrue();
    assertThat(own.waitFor()).isNotZero();
    assertThat(osd().running()).isEmpty();
  }

  @Test
  void shouldKillWhenTermIsIgnored() throws Exception {
    Process deaf =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "trap '' TERM; echo ready; while :; do sleep 0.1; done",
                "sh",
                root.resolve("osd.0").toString())
            .start();
    assertThat(deaf.inputReader().readLine()).isEqualTo("ready");
    writePid(deaf.pid() + "\n");
    assertThat(osd().stop(Duration.ofMillis(300))).isTrue();
    assertThat(deaf.waitFor()).isEqualTo(137);
  }

  /** Its main thread has ended, and with it the command line; the other one goes on. */
  @Test
  void shouldTellADyingProcessFromADeadOne() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3");
    String program =
        "import ctypes, threading, time\n"
            + "threading.Thread(target=lambda: time.sleep(300)).start()\n"
            + "ctypes.CDLL(None).pthread_exit(None)\n";
    Process dying = new ProcessBuilder("/usr/bin/python3", "-c", program).start();
    try {
      for (int i = 0; i < 3000 && !DaemonProcess.isDying(dying.pid()); i++) {
        Thread.sleep(10);
      }
      assertThat(DaemonProcess.isDying(dying.pid())).isTrue();
    } finally {
      dying.destroyForcibly().waitFor();
    }
    assertThat(DaemonProcess.isDying(dying.pid())).isFalse();
    Process parent =
        new ProcessBuilder("/bin/sh", "-c", "sleep 0 & echo $!; exec sleep 300").start();
    try {
      long unburied = Long.parseLong(parent.inputReader().readLine());
      Path stat = Path.of("/proc", Long.toString(unburied), "stat");
      for (int i = 0; i < 3000 && !Files.readString(stat).contains(") Z "); i++) {
        Thread.sleep(10); // it may not have begun, or be on its way
      }
      assertThat(DaemonProcess.isDying(unburied)).isFalse();
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldQuoteTheLastLineThatSaysSomething() throws IOException {
    assertThat(osd().lastWords()).contains("no log");
    Files.writeString(
        root.resolve("osd.0.log"),
        "started\ncannot listen on 127.0.0.1:6800: Address already in use\n\tat a.b.C\n\n");
    assertThat(osd().lastWords())
        .isEqualTo("cannot listen on 127.0.0.1:6800: Address already in use");
  }

  @Test
  void shouldNameEverythingADaemonNeedsOnItsCommandLine() {
    ClusterSpec spec =
        new ClusterSpec(
            new UUID(1, 2), 3, List.of(new Daemon("mon.a", 3301), new Daemon("osd.0", 6800)));
    List<String> line = DaemonCommandLine.of(new ClusterDir(root), spec, spec.daemon("osd.0"));
    assertThat(line)
        .contains(
            "osd", "--id", "0", "--addr", "127.0.0.1:6800", "--mon-host", "[v2:127.0.0.1:3301]");
    assertThat(line).contains("--data", root.resolve("osd.0").toString());
    assertThat(DaemonCommandLine.versionFlags(17)).noneMatch(flag -> flag.contains("unsafe"));
    assertThat(DaemonCommandLine.versionFlags(25)).anyMatch(flag -> flag.contains("unsafe"));
  }

  @Test
  void shouldAskForHugePagesWhereThereMayBeSome() throws Exception {
    Path setting = root.resolve("enabled");
    assertThat(DaemonCommandLine.mayAskForHugePages(setting)).as("no such kernel").isFalse();
    Files.writeString(setting, "always madvise [never]\n");
    assertThat(DaemonCommandLine.mayAskForHugePages(setting)).isFalse();
    Files.writeString(setting, "always [madvise] never\n");
    assertThat(DaemonCommandLine.mayAskForHugePages(setting)).isTrue();
    assertThat(DaemonCommandLine.jvm(true)).noneMatch(flag -> flag.contains("HugePages"));
  }
}
