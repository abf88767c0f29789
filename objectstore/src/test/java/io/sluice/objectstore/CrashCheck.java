package io.sluice.objectstore;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import java.nio.file.Path;
import java.util.List;

/** Looks at a store after a crash: is it sound, and is what it holds allowed? */
final class CrashCheck {
  private static final long CACHE_BYTES = 1 << 20;

  private final CrashTrace trace;
  private final int step;
  private final StoreConfig config;

  CrashCheck(CrashTrace trace, int step, DirectBuffers buffers) {
    this.trace = trace;
    this.step = step;
    FailStop notes =
        (what, cause) -> {
          throw new AssertionError(what, cause);
        };
    this.config =
        StoreConfig.standard(new CopyMeter())
            .with(buffers)
            .with(notes)
            .with(new FaultySys(Linux.instance()).sys()) // thousands of mounts: no ring for each
            .withCaches(CACHE_BYTES, CACHE_BYTES);
  }

  /**
   * What is wrong, or null.
   *
   * @param opened also open it as a daemon would, and use it
   */
  String check(Path dir, boolean opened) throws Exception {
    String wrong = look(dir, RocksMetadata::openReadOnly, false);
    if (wrong == null && opened) {
      Path copy = dir.resolveSibling(dir.getFileName() + "-opened");
      try {
        Trees.copy(dir, copy);
        wrong = look(copy, RocksMetadata::open, true);
      } finally {
        Trees.delete(copy);
      }
    }
    return wrong;
  }

  private String look(Path dir, MetadataDb.Opener opener, boolean deep) throws Exception {
    Mount mount;
    try {
      mount = Mount.open(dir, CrashRecorder.OWNER, config, opener);
    } catch (StoreException e) {
      return "does not mount: " + e.getMessage();
    }
    try (DiskStore store = new DiskStore(mount, config)) {
      List<Fsck.Finding> findings =
          Fsck.check(mount.superblock(), mount.db(), mount.files(), deep).findings();
      return findings.isEmpty() ? judge(StoreDigest.of(store)) : "fsck: " + findings;
    } catch (Exception e) {
      return "cannot be read: " + e;
    }
  }

  private String judge(List<String> found) {
    int least = trace.acknowledged(step);
    int most = trace.submitted(step);
    if (trace.states().subList(least, Math.max(most, least) + 1).contains(found)) {
      return null;
    }
    int other = trace.states().indexOf(found);
    return "acknowledged "
        + least
        + ", submitted "
        + most
        + " transactions, but holds "
        + (other >= 0 ? "only the first " + other : "what it never should: " + found);
  }
}
