package io.sluice.monitor;

import java.io.File;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * What differs from Ratis' defaults, and why: a monitor's log is small (a few KiB a command) and
 * its process should be too.
 */
final class RatisSettings {
  /** Alone, nobody can answer: the timeout is only how long the start waits. */
  private static final int LONE_ELECTION_MS = 40;

  /**
   * With peers: long enough for an fsync on a busy disk, short enough for a failover under a
   * second.
   */
  private static final int ELECTION_MS = 300;

  /**
   * A command says what to change (a name, some addresses); the maps that follow from it are never
   * logged.
   */
  private static final SizeInBytes COMMANDS_MAX = SizeInBytes.valueOf("1MB");

  /**
   * A snapshot is some MB, a change some ms of a cold start: replaying this many costs half a
   * second.
   */
  private static final long COMMANDS_PER_SNAPSHOT = 128;

  private RatisSettings() {}

  static RaftProperties of(File directory, int peers) {
    RaftProperties p = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(p, List.of(directory));
    RaftServerConfigKeys.setStorageFreeSpaceMin(p, SizeInBytes.ZERO);
    // Ratis would close itself after a pause of a minute: a monitor that was stopped goes on
    // instead.
    RaftServerConfigKeys.setCloseThreshold(p, TimeDuration.valueOf(365, TimeUnit.DAYS));
    times(p, peers == 1 ? LONE_ELECTION_MS : ELECTION_MS);
    log(p);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, COMMANDS_PER_SNAPSHOT);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 2); // one to fall back on
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.valueOf(30, TimeUnit.SECONDS));
    RaftServerConfigKeys.Write.setByteLimit(p, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.ThreadPool.setProxySize(p, 2);
    RaftServerConfigKeys.ThreadPool.setServerSize(p, 2);
    RaftServerConfigKeys.ThreadPool.setClientSize(p, 2);
    GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf("16MB"));
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(p, 2);
    return p;
  }

  private static void times(RaftProperties p, int electionMs) {
    TimeDuration min = TimeDuration.valueOf(electionMs, TimeUnit.MILLISECONDS);
    TimeDuration max = TimeDuration.valueOf(electionMs * 2L, TimeUnit.MILLISECONDS);
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, min);
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, max);
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, min);
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, max);
    TimeDuration request = TimeDuration.valueOf(3, TimeUnit.SECONDS);
    RaftServerConfigKeys.Rpc.setRequestTimeout(p, request);
    // A monitor that follows learns what is committed by the next heartbeat: reads ask the leader.
    RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setTimeout(p, request);
  }

  private static void log(RaftProperties p) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        p, SizeInBytes.valueOf("64KB")); // written out at each roll
    RaftServerConfigKeys.Log.setWriteBufferSize(
        p, SizeInBytes.valueOf("1088KB")); // a direct buffer, over COMMANDS_MAX
    RaftServerConfigKeys.Log.setQueueByteLimit(p, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
    RaftServerConfigKeys.Log.setPurgeGap(p, 512);
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, COMMANDS_MAX);
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(p, true);
  }
}
