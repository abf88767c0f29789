package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.LazyBytes;
import java.util.concurrent.CompletableFuture;

/** Bytes that are all there, as one piece. <b>Threads:</b> one owner. <b>Owns</b> the list. */
final class ReadyBytes implements LazyBytes {
  private final long length;
  private BufferList bytes;

  ReadyBytes(BufferList claimed) {
    bytes = claimed;
    length = claimed.length();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public long remaining() {
    return bytes == null ? 0 : bytes.length();
  }

  @Override
  public CompletableFuture<BufferList> next() {
    if (remaining() == 0) {
      throw new IllegalStateException("nothing more can be asked of " + length + " bytes");
    }
    BufferList all = bytes;
    bytes = null;
    return CompletableFuture.completedFuture(all);
  }

  @Override
  public void close() {
    if (bytes != null) {
      bytes.close();
      bytes = null;
    }
  }
}
