package io.sluice.cli;

import io.sluice.bufferlist.Linux;
import io.sluice.objectstore.Fsck;
import io.sluice.objectstore.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice fsck [--deep] [--repair] DIR}: offline check of one store. */
@Command(
    name = "fsck",
    mixinStandardHelpOptions = true,
    description = "Checks the store of an OSD that is not running.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice fsck .sluice/osd.0",
      "  sluice fsck --deep --repair --format json .sluice/osd.0"
    })
final class FsckCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "the OSD's data directory, .sluice/osd.0")
  private Path store;

  @Option(names = "--deep", description = "also read every block and compare its checksum")
  private boolean deep;

  @Option(
      names = "--repair",
      description = "free what nothing refers to, and put counts right; the rest is only named")
  private boolean repair;

  @Mixin private OutputFormat format;

  @Override
  public Integer call() {
    if (!Files.isDirectory(store)) {
      throw new CommandFailure("no store in " + store);
    }
    Fsck.Report report;
    try {
      report =
          repair
              ? Fsck.repair(store, deep, Linux.instance())
              : Fsck.check(store, deep, Linux.instance());
    } catch (StoreException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
    if (format.isJson()) {
      printJson(report);
    } else {
      print(report);
    }
    if (!report.clean()) {
      long repairable = report.findings().stream().filter(each -> each.kind().repairable()).count();
      throw new CommandFailure(
          store
              + " is damaged: "
              + report.findings().size()
              + " findings"
              + (repairable > 0 ? ", --repair would see to " + repairable : ""));
    }
    return 0;
  }

  private static void printJson(Fsck.Report report) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("collections", report.collections());
    all.put("objects", report.objects());
    all.put("blobs", report.blobs());
    all.put("used_bytes", report.usedBytes());
    all.put("checked_bytes", report.checkedBytes());
    all.put("repaired", report.repaired().stream().map(Fsck.Finding::toString).toList());
    all.put("findings", report.findings().stream().map(Fsck.Finding::toString).toList());
    all.put("clean", report.clean());
    OutputFormat.printJson(all);
  }

  private void print(Fsck.Report report) {
    report.repaired().forEach(finding -> System.out.println("repaired " + finding));
    report.findings().forEach(System.out::println);
    System.out.printf(
        "%d collections, %d objects, %d blobs, %s used%s%n",
        report.collections(),
        report.objects(),
        report.blobs(),
        ZeroCopy.size(report.usedBytes()),
        deep ? ", " + ZeroCopy.size(report.checkedBytes()) + " read and compared" : "");
    if (report.clean()) {
      System.out.println("clean");
    }
  }
}
