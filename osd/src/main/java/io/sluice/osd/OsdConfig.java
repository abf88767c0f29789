package io.sluice.osd;

import io.sluice.bufferlist.PipeBudget;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * What an OSD is told at its start.
 *
 * @param osd its number
 * @param fsid of the cluster it belongs to
 * @param dataDir where its store is, or shall be made
 * @param storeBytes size of the store when it is made
 * @param addr where it listens and is reached; port 0 for any
 * @param monitors addresses of the monitors, by rank
 * @param host name of the machine: CRUSH puts copies on different ones where it is asked to
 * @param nonce tells this life from earlier ones; 0 for a random one
 * @param loops event loops for clients, peers and placement groups
 * @param pipeSharers processes of this user that want kernel pipes, this one included; an ordinary
 *     user has 64 of 1 MiB over all of them
 */
public record OsdConfig(
    int osd,
    UUID fsid,
    Path dataDir,
    long storeBytes,
    EntityAddr addr,
    List<AddrVec> monitors,
    String host,
    int nonce,
    int loops,
    int pipeSharers) {
  /** 8 operations of 4 MiB with two twins each, and some. */
  private static final int PIPES_MAX = 128;

  /** Three OSDs and a client. */
  public static final int PIPE_SHARERS = 4;

  private static final int LOOPS = 2;

  public OsdConfig {
    if (osd < 0) {
      throw new IllegalArgumentException("osd number " + osd);
    }
    if (monitors.isEmpty()) {
      throw new IllegalArgumentException("no address of a monitor");
    }
    if (pipeSharers < 1) {
      throw new IllegalArgumentException("pipe sharers " + pipeSharers);
    }
    monitors = List.copyOf(monitors);
  }

  /** With the usual numbers of loops and pipes, and a random nonce. */
  public static OsdConfig of(
      int osd, UUID fsid, Path dataDir, long storeBytes, EntityAddr addr, List<AddrVec> monitors) {
    return new OsdConfig(
        osd, fsid, dataDir, storeBytes, addr, monitors, "localhost", 0, LOOPS, PIPE_SHARERS);
  }

  /** Most kernel pipes of 1 MiB to use: its part of those that the kernel grants this user. */
  public int pipes() {
    return pipesFor(PipeBudget.ofThisProcess(), pipeSharers);
  }

  /** OSDs of this machine, this one included: all who want pipes but a client. */
  int osdsOfHost() {
    return Math.max(1, pipeSharers - 1);
  }

  /** Pipes for one of so many processes of a user. */
  static int pipesFor(PipeBudget budget, int sharers) {
    return Math.min(PIPES_MAX, budget.maxPipes(sharers));
  }

  /**
   * With its part of the pipes that the kernel grants this user, and of the machine's memory.
   *
   * @param sharers processes of the user that want pipes, this one included
   */
  public OsdConfig withPipeSharers(int sharers) {
    return new OsdConfig(
        osd, fsid, dataDir, storeBytes, addr, monitors, host, nonce, loops, sharers);
  }

  public OsdConfig withHost(String newHost) {
    return new OsdConfig(
        osd, fsid, dataDir, storeBytes, addr, monitors, newHost, nonce, loops, pipeSharers);
  }
}
