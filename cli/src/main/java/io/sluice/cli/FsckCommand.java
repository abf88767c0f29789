package io.sluice.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice fsck DIR}: offline check of one store. */
@Command(name = "fsck", description = "Checks the store of an OSD that is not running.")
final class FsckCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "the OSD's data directory, .sluice/osd.0")
  private Path store;

  @Override
  public Integer call() {
    if (!Files.isDirectory(store)) {
      throw new CommandFailure("no store in " + store);
    }
    throw new CommandFailure("fsck is not built yet");
  }
}
