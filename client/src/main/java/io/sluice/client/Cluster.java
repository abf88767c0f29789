package io.sluice.client;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.Messenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A client's connection to a cluster: maps, commands to the monitors, and pools.
 *
 * <p><b>Threads:</b> any; everything happens on the client's own loop, and futures complete there:
 * a continuation that blocks stops the client. <b>Owns</b> messenger, sessions and buffers; {@link
 * #close} fails what is pending.
 */
public final class Cluster implements AutoCloseable {
  /**
   * A client's payloads leave from memory files; pipes are for what it receives into files: two
   * replies of 4 MiB, one being written, and a spare to look.
   */
  private static final int PIPES_MAX = 16;

  private final ClusterConfig config;
  private final Messenger messenger;
  private final Loop loop;
  private final MapTracker maps = new MapTracker();
  private final MonSession mon;
  private final Objecter objecter;
  private final Throttle throttle;
  private final Payloads payloads;
  private final PipePool pipes;

  /** Takes over messenger, payloads and pipes. */
  Cluster(ClusterConfig config, Messenger messenger, Payloads payloads, PipePool pipes) {
    this.config = config;
    this.messenger = messenger;
    this.payloads = payloads;
    this.pipes = pipes;
    this.loop = messenger.loop(0);
    this.mon = new MonSession(messenger, loop, config.monitors(), maps);
    this.objecter = new Objecter(messenger, loop, maps, mon);
    this.throttle = new Throttle(config.maxOpsInFlight(), config.maxBytesInFlight());
  }

  /**
   * Connects and blocks until the first map is there.
   *
   * @throws RadosException ETIMEDOUT when no monitor answered in time
   */
  public static Cluster connect(ClusterConfig config) throws RadosException {
    Sys sys = Linux.instance();
    CopyMeter meter = new CopyMeter();
    PipePool pipes = new PipePool(sys, meter, PIPES_MAX);
    int nonce = (int) ProcessHandle.current().pid();
    Messenger messenger =
        new EpollMessenger(new MessengerConfig(EntityName.client(0), nonce, 1, sys, pipes, null));
    Cluster cluster = new Cluster(config, messenger, new Payloads(sys, meter), pipes);
    try {
      cluster.start();
      return cluster;
    } catch (RadosException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Begins to connect. */
  void begin() {
    loop.execute(mon::start);
  }

  private void start() throws RadosException {
    begin();
    try {
      onLoop(() -> maps.atLeast(1)).get(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RadosException(
          Errno.ETIMEDOUT,
          "error connecting to the cluster at "
              + config.monitors()
              + " ("
              + mon.lastFailure()
              + ")");
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RadosException(Errno.EINTR, "error connecting to the cluster");
    }
  }

  /** Makes and fills payloads for large writes. */
  public Payloads payloads() {
    return payloads;
  }

  /** What large reads come in. */
  PipePool pipes() {
    return pipes;
  }

  /** What has happened to payload bytes here, under the names of {@code perf dump}. */
  public Map<String, Object> zeroCopy() {
    return pipes.meter().snapshot();
  }

  /** The newest map there is here. */
  public OsdMap map() {
    return maps.current();
  }

  /** Completes with a map of at least that epoch, which may be the future. */
  public CompletableFuture<OsdMap> mapAtLeast(int epoch) {
    return onLoop(() -> maps.atLeast(epoch));
  }

  /** Completes with the newest map that the monitors have now. */
  public CompletableFuture<OsdMap> newestMap() {
    return onLoop(
        () -> mon.requests().newestEpoch().thenCompose(epoch -> maps.atLeast((int) (long) epoch)));
  }

  /** Our name towards OSDs; 0 before a monitor has given it. */
  public long globalId() {
    return messenger.globalId();
  }

  /**
   * Sends a command; completes with the monitor's answer, whatever its result.
   *
   * @param json one object with {@code prefix} and arguments, as Ceph's tools send
   */
  public CompletableFuture<MMonCommandAck> command(String json, byte[] input) {
    CompletableFuture<MMonCommandAck> answer = onLoop(() -> mon.requests().command(json, input));
    if (!config.opTimeout().isZero()) {
      answer = answer.orTimeout(config.opTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }
    return answer;
  }

  /**
   * Opens a pool.
   *
   * @return fails with ENOENT only when the monitors' newest map has no such pool
   */
  public CompletableFuture<IoContext> open(String pool) {
    Optional<PoolInfo> known = maps.current().findPool(pool);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(new IoContext(this, known.get()));
    }
    return newestMap()
        .thenCompose(
            map ->
                map.findPool(pool)
                    .map(found -> CompletableFuture.completedFuture(new IoContext(this, found)))
                    .orElseGet(
                        () ->
                            CompletableFuture.failedFuture(
                                new RadosException(Errno.ENOENT, "error opening pool " + pool))));
  }

  /** Starts an operation, blocking while too many are in flight; takes over its payload. */
  CompletableFuture<OpReply> submit(Operation operation) {
    Runnable place;
    try {
      place = throttle.acquire(operation.payloadBytes(), !loop.inLoop());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (operation.payload() != null) {
        operation.payload().close();
      }
      return CompletableFuture.failedFuture(new RadosException(Errno.EINTR, operation.what()));
    }
    CompletableFuture<OpReply> reply =
        onLoop(() -> objecter.submit(operation, config.opTimeout().toNanos()));
    reply.whenComplete((done, error) -> place.run());
    return reply;
  }

  private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable run =
        () ->
            task.get()
                .whenComplete(
                    (value, error) -> {
                      if (error == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(error);
                      }
                    });
    if (loop.inLoop()) {
      run.run();
    } else {
      loop.execute(run);
    }
    return result;
  }

  /**
   * Blocks for a result; never call it on the client's loop.
   *
   * @throws RadosException as the future failed, or EINTR
   */
  public static <T> T await(CompletableFuture<T> future) throws RadosException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (RadosException)
          new RadosException(Errno.EINTR, "waiting for the cluster")
              .initCause(new InterruptedIOException());
    }
  }

  private static RadosException failure(Throwable error) {
    Throwable cause = error;
    while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RadosException rados) {
      return rados;
    }
    if (cause instanceof TimeoutException) {
      return new RadosException(Errno.ETIMEDOUT, "waiting for the cluster");
    }
    return (RadosException) new RadosException(Errno.EIO, String.valueOf(cause)).initCause(cause);
  }

  /** Fails what is pending and ends the sessions. */
  CompletableFuture<Void> closeSessions() {
    RadosException reason = new RadosException(Errno.ECANCELED, "the client was closed");
    return onLoop(
        () -> {
          objecter.close(reason);
          maps.fail(reason);
          mon.close(reason);
          return CompletableFuture.completedFuture(null);
        });
  }

  @Override
  public void close() {
    closeSessions().join();
    messenger.close();
    payloads.close();
    pipes.close();
  }
}
