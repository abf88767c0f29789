package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sluice rados -p POOL VERB}: our client, with the verbs and words of Ceph's {@code rados}.
 */
@Command(
    name = "rados",
    mixinStandardHelpOptions = true,
    description = "Objects: put, get, append, ls, stat, rm, truncate, bench; lspools.",
    footerHeading = "%nExamples:%n",
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
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(
      names = {"-p", "--pool"},
      paramLabel = "POOL",
      description = "the pool")
  private String pool;

  @Option(
      names = {"-c", "--conf"},
      paramLabel = "CEPH_CONF",
      description = "the cluster's ceph.conf (default: the one in --dir)")
  private Path conf;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "plain|json",
      defaultValue = "plain",
      description = "of ls, stat, bench, lspools (plain)")
  private Format format;

  enum Format {
    PLAIN,
    JSON
  }

  boolean wantsJson() {
    return format == Format.JSON;
  }

  static void printJson(Object value) {
    try {
      System.out.println(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values that do not become JSON", e);
    }
  }

  private ClusterClient client() throws IOException {
    return conf == null
        ? ClusterClient.connect(Main.of(spec).dir())
        : ClusterClient.connect(conf.toAbsolutePath());
  }

  @Override
  public void run() {
    throw CommandFailure.usage(
        "rados: say put, get, append, ls, stat, rm, truncate, bench or lspools");
  }

  /** Something done with the pool. */
  @FunctionalInterface
  interface PoolTask {
    void run(IoContext io) throws IOException;
  }

  /** Opens the pool, runs the task, and gives its failure Ceph's words. */
  int withPool(String failing, PoolTask task) throws IOException {
    if (pool == null) {
      throw CommandFailure.usage("pool name was not specified (rados -p POOL ...)");
    }
    try (ClusterClient client = client()) {
      IoContext io = client.open(pool);
      try {
        task.run(io);
      } catch (RadosException e) {
        throw new CommandFailure(failing + ": " + e.words(), e);
      }
    }
    return 0;
  }

  String pool() {
    return pool;
  }

  /** A name of two thousand letters would hide what is wrong with it. */
  private static String shown(String object) {
    return object.length() <= SHOWN_MAX
        ? object
        : object.substring(0, SHOWN_MAX) + "... (" + object.length() + " letters)";
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Stores FILE ('-': standard input) as OBJECT.")
  int put(
      @Parameters(paramLabel = "OBJECT") String object,
      @Parameters(paramLabel = "FILE") String file,
      @Option(names = "--striped", description = "cut into 4 MiB objects: any size")
          boolean striped)
      throws IOException {
    try (FileInput input = FileInput.open(file)) {
      return withPool(
          "error putting " + pool + "/" + shown(object),
          io -> FileTransfer.put(io, object, input, striped));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Writes OBJECT to FILE ('-': standard output).")
  int get(
      @Parameters(paramLabel = "OBJECT") String object,
      @Parameters(paramLabel = "FILE") String file,
      @Option(names = "--striped", description = "what 'put --striped' stored") boolean striped)
      throws IOException {
    return withPool(
        "error getting " + pool + "/" + shown(object),
        io -> FileTransfer.get(io, object, file, striped));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Adds FILE ('-': standard input) to the end of OBJECT.")
  int append(
      @Parameters(paramLabel = "OBJECT") String object,
      @Parameters(paramLabel = "FILE") String file)
      throws IOException {
    try (FileInput input = FileInput.open(file)) {
      return withPool(
          "error appending " + pool + "/" + shown(object),
          io -> FileTransfer.append(io, object, input));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "The names of all objects ('-' or FILE: where to).")
  int ls(@Parameters(paramLabel = "FILE", arity = "0..1", defaultValue = "-") String file)
      throws IOException {
    return withPool(
        "error listing pool " + pool,
        io -> {
          try (PrintStream out =
              file.equals("-")
                  ? new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out))
                  : new PrintStream(Path.of(file).toFile())) {
            ObjectListing listing = io.list();
            for (List<String> names = listing.next(); !names.isEmpty(); names = listing.next()) {
              if (wantsJson()) {
                for (String name : names) {
                  out.println(
                      JSON.writeValueAsString(Map.of("name", name))); // one a line: any number
                }
              } else {
                out.print(String.join("\n", names) + "\n");
              }
            }
          }
        });
  }

  @Command(mixinStandardHelpOptions = true, description = "Size and time of OBJECT.")
  int stat(
      @Parameters(paramLabel = "OBJECT") String object,
      @Option(names = "--striped", description = "what 'put --striped' stored") boolean striped)
      throws IOException {
    return withPool(
        "error stat-ing " + pool + "/" + shown(object),
        io -> {
          if (striped) {
            System.out.println(
                pool + "/" + object + " size " + new StripedFiles(io, bytes -> {}).size(object));
            return;
          }
          ObjectStat stat = Cluster.await(io.stat(object));
          if (wantsJson()) {
            printJson(Map.of("name", object, "size", stat.size(), "mtime", stat.mtime().seconds()));
            return;
          }
          Instant time =
              Instant.ofEpochSecond(
                  Integer.toUnsignedLong(stat.mtime().seconds()), stat.mtime().nanos());
          System.out.println(
              pool
                  + "/"
                  + object
                  + " mtime "
                  + MTIME.format(time.atZone(ZoneId.systemDefault()))
                  + ", size "
                  + stat.size());
        });
  }

  @Command(mixinStandardHelpOptions = true, description = "Removes objects.")
  int rm(
      @Parameters(paramLabel = "OBJECT", arity = "1..*") List<String> objects,
      @Option(names = "--striped", description = "what 'put --striped' stored") boolean striped)
      throws IOException {
    return withPool(
        "error removing from " + pool,
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
                  "error removing " + pool + ">" + shown(object) + ": " + e.words(), e);
            }
          }
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Cuts or zero-extends OBJECT to SIZE bytes.")
  int truncate(
      @Parameters(paramLabel = "OBJECT") String object, @Parameters(paramLabel = "SIZE") long size)
      throws IOException {
    return withPool(
        "error truncating oid " + object, io -> Cluster.await(io.truncate(object, size)));
  }

  @Command(mixinStandardHelpOptions = true, description = "The names of all pools.")
  int lspools() throws IOException {
    try (ClusterClient client = client()) {
      List<String> names = client.cluster().map().pools().stream().map(PoolInfo::name).toList();
      if (wantsJson()) {
        printJson(names);
      } else {
        names.forEach(System.out::println);
      }
    }
    return 0;
  }
}
