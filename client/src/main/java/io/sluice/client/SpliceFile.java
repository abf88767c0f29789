package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Endpoint;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.SpliceWriter;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * A regular file that takes what was read as it came: pipes are spliced into it, memory is written.
 *
 * <p><b>Threads:</b> one owner; blocks on the disk. <b>Owns</b> its descriptor.
 */
public final class SpliceFile implements WritableByteChannel {
  private final PipePool pipes;
  private final Sys sys;
  private int fd;
  private long position;

  private SpliceFile(PipePool pipes, int fd) {
    this.pipes = pipes;
    this.sys = pipes.sys();
    this.fd = fd;
  }

  /** A file that is there, from its first byte on. */
  public static SpliceFile open(Cluster cluster, Path file) throws IOException {
    Sys sys = cluster.pipes().sys();
    int fd = sys.open(file.toString(), Sys.O_WRONLY | Sys.O_CLOEXEC, 0);
    if (fd < 0) {
      throw new IOException("open " + file + ": " + sys.describe(-fd));
    }
    return new SpliceFile(cluster.pipes(), fd);
  }

  /** Writes all bytes of the list, which is empty afterwards and still its owner's to close. */
  void claimWrite(BufferList bytes) throws IOException {
    long count = bytes.length();
    Endpoint to = Endpoint.file(fd, position);
    try (SpliceWriter writer = new SpliceWriter(pipes, bytes, to)) {
      writer.finish();
    }
    position += count;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    try (BufferList list = BufferList.wrap(bytes.duplicate())) {
      claimWrite(list);
    }
    bytes.position(bytes.limit());
    return count;
  }

  @Override
  public boolean isOpen() {
    return fd >= 0;
  }

  @Override
  public void close() throws IOException {
    if (fd >= 0) {
      int closing = fd;
      fd = -1;
      int status = sys.close(closing);
      if (status < 0) {
        throw new IOException("close: " + sys.describe(-status));
      }
    }
  }

  @Override
  public String toString() {
    return "SpliceFile[fd " + fd + " @" + position + "]";
  }
}
