package io.sluice.cli;

import io.sluice.client.Cluster;
import io.sluice.client.ObjectListing;
import io.sluice.client.ObjectStat;
import io.sluice.client.RadosException;
import io.sluice.client.StripedFiles;
import io.sluice.protocol.PoolInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sluice rados -p POOL VERB}: our client, with the verbs and words of Ceph's {@code rados}.
 */
@Command(
    name = "rados",
    mixinStandardHelpOptions = true,
    description = "Objects: put, get, append, ls, stat, rm, truncate, bench; lspools.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice rados -p pool put hello /etc/hostname",
      "  sluice rados -p pool get hello -",
      "  tar c . | sluice rados -p pool put --striped backup -",
      "  sluice rados -p pool bench 10 write -t 16 --no-cleanup",
      "  sluice rados -c /etc/ceph/ceph.conf -p pool ls     any cluster, real Ceph too (without cephx)"
    },
    subcommands = BenchCommand.class)
final class RadosCommand implements Runnable {
  private static final DateTimeFormatter MTIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxx");

  private static final int SHOWN_MAX = 100;

  @Mixin private PoolOptions options;

  PoolOptions options() {
    return options;
  }

  @Override
  public void run() {
    throw CommandFailure.usage(
        "rados: say put, get, append, ls, stat, rm, truncate, bench or lspools");
  }

  /** A name of two thousand letters would hide what is wrong with it. */
  private static String shown(String object) {
    return object.length() <= SHOWN_MAX
        ? object
        : object.substring(0, SHOWN_MAX) + "... (" + object.length() + " letters)";
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Stores FILE ('-': standard input) as OBJECT.",
      footerHeading = Main.EXAMPLES,
      footer = {
        "  sluice rados -p pool put hello /etc/hostname",
        "  tar c . | sluice rados -p pool put --striped backup -"
      })
  int put(
      @Parameters(paramLabel = "OBJECT") String object,
      @Parameters(paramLabel = "FILE") String file,
      @Option(names = "--striped", description = "cut into 4 MiB objects: any size")
          boolean striped)
      throws IOException {
    try (FileInput input = FileInput.open(file)) {
      return options.withPool(
          "error putting " + options.pool() + "/" + shown(object),
          io -> FileTransfer.put(io, object, input, striped));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Writes OBJECT to FILE ('-': standard output).",
      footerHeading = Main.EXAMPLES,
      footer = {
        "  sluice rados -p pool get hello -",
        "  sluice rados -p pool get --striped backup backup.tar"
      })
  int get(
      @Parameters(paramLabel = "OBJECT") String object,
      @Parameters(paramLabel = "FILE") String file,
      @Option(names = "--striped", description = "what 'put --striped' stored") boolean striped)
      throws IOException {
    return options.withPool(
        "error getting " + options.pool() + "/" + shown(object),
        io -> FileTransfer.get(io, object, file, striped));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Adds FILE ('-': standard input) to the end of OBJECT.",
      footerHeading = Main.EXAMPLES,
      footer = "  date | sluice rados -p pool append log -")
  int append(
      @Parameters(paramLabel = "OBJECT") String object,
      @Parameters(paramLabel = "FILE") String file)
      throws IOException {
    try (FileInput input = FileInput.open(file)) {
      return options.withPool(
          "error appending " + options.pool() + "/" + shown(object),
          io -> FileTransfer.append(io, object, input));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "The names of all objects ('-' or FILE: where to).",
      footerHeading = Main.EXAMPLES,
      footer = {"  sluice rados -p pool ls", "  sluice rados -p pool ls --format json"})
  int ls(@Parameters(paramLabel = "FILE", arity = "0..1", defaultValue = "-") String file)
      throws IOException {
    return options.withPool(
        "error listing pool " + options.pool(),
        io -> {
          try (PrintStream out =
              file.equals("-")
                  ? new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out))
                  : new PrintStream(Path.of(file).toFile())) {
            ObjectListing listing = io.list();
            for (List<String> names = listing.next(); !names.isEmpty(); names = listing.next()) {
              if (options.wantsJson()) {
                for (String name : names) {
                  out.println(OutputFormat.json(Map.of("name", name))); // one a line: any number
                }
              } else {
                out.print(String.join("\n", names) + "\n");
              }
            }
          }
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Size and time of OBJECT.",
      footerHeading = Main.EXAMPLES,
      footer = {
        "  sluice rados -p pool stat hello",
        "  sluice rados stat hello -p pool --format json"
      })
  int stat(
      @Parameters(paramLabel = "OBJECT") String object,
      @Option(names = "--striped", description = "what 'put --striped' stored") boolean striped)
      throws IOException {
    return options.withPool(
        "error stat-ing " + options.pool() + "/" + shown(object),
        io -> {
          if (striped) {
            long size = new StripedFiles(io, bytes -> {}).size(object);
            if (options.wantsJson()) {
              OutputFormat.printJson(Map.of("name", object, "size", size));
            } else {
              System.out.println(options.pool() + "/" + object + " size " + size);
            }
            return;
          }
          ObjectStat stat = Cluster.await(io.stat(object));
          if (options.wantsJson()) {
            OutputFormat.printJson(
                Map.of("name", object, "size", stat.size(), "mtime", stat.mtime().seconds()));
            return;
          }
          Instant time =
              Instant.ofEpochSecond(
                  Integer.toUnsignedLong(stat.mtime().seconds()), stat.mtime().nanos());
          System.out.println(
              options.pool()
                  + "/"
                  + object
                  + " mtime "
                  + MTIME.format(time.atZone(ZoneId.systemDefault()))
                  + ", size "
                  + stat.size());
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Removes objects.",
      footerHeading = Main.EXAMPLES,
      footer = {
        "  sluice rados -p pool rm hello log",
        "  sluice rados -p pool rm --striped backup"
      })
  int rm(
      @Parameters(paramLabel = "OBJECT", arity = "1..*") List<String> objects,
      @Option(names = "--striped", description = "what 'put --striped' stored") boolean striped)
      throws IOException {
    return options.withPool(
        "error removing from " + options.pool(),
        io -> {
          for (String object : objects) {
            try {
              if (striped) {
                new StripedFiles(io, bytes -> {}).remove(object);
              } else {
                Cluster.await(io.remove(object));
              }
            } catch (RadosException e) {
              throw new CommandFailure(
                  "error removing " + options.pool() + ">" + shown(object) + ": " + e.words(), e);
            }
          }
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Cuts or zero-extends OBJECT to SIZE bytes.",
      footerHeading = Main.EXAMPLES,
      footer = "  sluice rados -p pool truncate log 0")
  int truncate(
      @Parameters(paramLabel = "OBJECT") String object, @Parameters(paramLabel = "SIZE") long size)
      throws IOException {
    return options.withPool(
        "error truncating oid " + object, io -> Cluster.await(io.truncate(object, size)));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "The names of all pools.",
      footerHeading = Main.EXAMPLES,
      footer = {
        "  sluice rados lspools",
        "  sluice rados lspools -c /etc/ceph/ceph.conf --format json"
      })
  int lspools() throws IOException {
    try (ClusterClient client = options.client()) {
      List<String> names = client.cluster().map().pools().stream().map(PoolInfo::name).toList();
      if (options.wantsJson()) {
        OutputFormat.printJson(names);
      } else {
        names.forEach(System.out::println);
      }
    }
    return 0;
  }
}
