package io.sluice.cli;

import java.nio.file.Path;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice osd --data DIR ...}: an OSD in the foreground; {@code sluice osd tree|dump|...}: the
 * monitor's commands of that name.
 */
@Command(
    name = "osd",
    description = "With --data: one OSD in the foreground. Else: monitor commands (osd tree, osd dump, osd out N).")
final class OsdCommand extends MonitorWordsCommand {
  @Option(names = "--id", paramLabel = "N", description = "its number")
  private Integer id;

  @Option(names = "--addr", paramLabel = "IP[:PORT]", defaultValue = "127.0.0.1", description = "where it listens (127.0.0.1, any port)")
  private String addr;

  @Option(names = "--mon-host", paramLabel = "ADDRS", description = "the monitors: IP:PORT, or as in ceph.conf")
  private String monHost;

  @Option(names = "--data", paramLabel = "DIR", description = "its store; made when missing")
  private Path data;

  @Option(names = "--fsid", paramLabel = "UUID", description = "refuse another cluster's monitors")
  private UUID fsid;

  @Option(names = "--host", paramLabel = "NAME", description = "the machine in the CRUSH map (default: its name)")
  private String host;

  @Option(names = "--admin-socket", paramLabel = "PATH", description = "where to make it (none)")
  private Path adminSocket;

  @Override
  public Integer call() throws Exception {
    if (data == null) {
      if (words().isEmpty()) {
        throw CommandFailure.usage("osd: give --id, --mon-host and --data to run an OSD, or a command such as 'osd tree'");
      }
      return super.call();
    }
    if (!words().isEmpty() || id == null || monHost == null || id < 0) {
      throw CommandFailure.usage("osd: an OSD needs --id N, --mon-host ADDRS and --data DIR, and nothing else in words");
    }
    throw new CommandFailure("OSD daemon not there yet " + fsid + host + adminSocket + addr);
  }
}
