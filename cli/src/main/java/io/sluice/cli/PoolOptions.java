package io.sluice.cli;

import io.sluice.client.IoContext;
import io.sluice.client.RadosException;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * What every verb of {@code sluice rados} takes, before the verb or behind it: which pool, of which
 * cluster, and how to answer.
 */
final class PoolOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee;

  @Option(
      names = {"-p", "--pool"},
      scope = ScopeType.INHERIT,
      paramLabel = "POOL",
      description = "the pool")
  private String pool;

  @Option(
      names = {"-c", "--conf"},
      scope = ScopeType.INHERIT,
      paramLabel = "CEPH_CONF",
      description = "the cluster's ceph.conf (default: the one in --dir)")
  private Path conf;

  @Mixin private OutputFormat format;

  /** Something done with the pool. */
  @FunctionalInterface
  interface PoolTask {
    void run(IoContext io) throws IOException;
  }

  String pool() {
    return pool;
  }

  boolean wantsJson() {
    return format.isJson();
  }

  ClusterClient client() throws IOException {
    return conf == null
        ? ClusterClient.connect(Main.of(mixee).dir())
        : ClusterClient.connect(conf.toAbsolutePath());
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
}
