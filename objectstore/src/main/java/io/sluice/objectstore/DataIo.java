package io.sluice.objectstore;

import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data files, the queue through which aligned memory moves to and from them, and that memory.
 *
 * <p>The queue is io_uring's where the kernel has it. Through any other {@code Sys} than the real
 * one - a test that counts, delays or fails calls - it is the pool, whose calls that test sees;
 * unless the test brings a seam of its own for the ring.
 *
 * <p><b>Owns</b> the queue; neither files nor buffers.
 */
final class DataIo implements AutoCloseable {
  /** {@code pool} = no io_uring, for comparison and for kernels where it misbehaves. */
  static final String QUEUE_PROPERTY = "sluice.store.io";

  private static final Logger LOG = LoggerFactory.getLogger(DataIo.class);

  private final DataFiles files;
  private final DirectBuffers buffers;
  private final IoQueue queue;
  private final boolean pages;

  private DataIo(DataFiles files, DirectBuffers buffers, IoQueue queue, boolean pages) {
    this.files = files;
    this.buffers = buffers;
    this.queue = queue;
    this.pages = pages;
  }

  static DataIo open(DataFiles files, DirectBuffers buffers, StoreConfig config) {
    boolean wanted = !"pool".equals(System.getProperty(QUEUE_PROPERTY));
    UnaryOperator<IoQueue> seam = config.ringSeam();
    if (wanted && (config.sys() == Linux.instance() || seam != null)) {
      if (IoRing.isAvailable()) {
        try {
          IoQueue ring = new RingQueue(IoRing.shared().loop());
          IoQueue queue = seam == null ? ring : seam.apply(ring);
          return new DataIo(files, buffers, queue, files.hasPages());
        } catch (RuntimeException e) { // out of descriptors, or of locked memory
          LOG.warn("no ring for the data files, a pool of threads instead: {}", e.toString());
        }
      }
      config.meter().fallback("no_io_uring");
    }
    return new DataIo(files, buffers, new PoolQueue(config.sys(), config.readers()), false);
  }

  DataFiles files() {
    return files;
  }

  DirectBuffers buffers() {
    return buffers;
  }

  void snapshotInto(Map<String, Object> all) {
    all.put("io_queue", queue.name());
    all.put("io_in_flight", queue.inFlight());
  }

  IoQueue queue() {
    return queue;
  }

  /**
   * True when short reads go through the page cache: with the ring, as that waits for a page
   * without holding a thread.
   */
  boolean hasPages() {
    return pages;
  }

  @Override
  public void close() {
    queue.close();
  }
}
