package io.sluice.cli;

import io.sluice.client.IoContext;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code sluice rados -p POOL bench SECONDS write|seq}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Writes objects for SECONDS, or reads back what such a run left.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice rados -p pool bench 10 write -t 16 --no-cleanup",
      "  sluice rados -p pool bench 10 seq --format json"
    })
final class BenchCommand implements Callable<Integer> {
  enum Mode {
    WRITE,
    SEQ
  }

  @ParentCommand private RadosCommand parent;

  @Parameters(index = "0", paramLabel = "SECONDS")
  private int seconds;

  @Parameters(index = "1", paramLabel = "write|seq")
  private Mode mode;

  @Option(
      names = {"-t", "--concurrent-ios"},
      paramLabel = "N",
      defaultValue = "16",
      description = "in flight (16)")
  private int inFlight;

  @Option(
      names = {"-b", "--block-size"},
      paramLabel = "BYTES",
      defaultValue = "4194304",
      description = "of an object (4 MiB)")
  private int blockSize;

  @Option(names = "--no-cleanup", description = "leave the objects, for seq")
  private boolean noCleanup;

  @Override
  public Integer call() throws IOException {
    if (seconds < 1 || inFlight < 1 || blockSize < 1 || blockSize > IoContext.WRITE_BYTES_MAX) {
      throw CommandFailure.usage(
          "bench: seconds, -t and -b must be positive, -b at most " + IoContext.WRITE_BYTES_MAX);
    }
    return parent
        .options()
        .withPool(
            "error during benchmark",
            io -> {
              Bench bench = new Bench(io, inFlight, System.out, parent.options().wantsJson());
              if (mode == Mode.WRITE) {
                bench.write(seconds, blockSize, noCleanup);
              } else {
                bench.readBack(seconds);
              }
            });
  }
}
