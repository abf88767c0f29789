package io.sluice.bufferlist;

import java.util.concurrent.CompletableFuture;

/**
 * Bytes of a known length that are brought piece by piece, each when whoever sends them asks: a
 * large object on its way out holds a pipe or two, not all of itself.
 *
 * <pre>
 * length() known  ->  next()  next()  ...  until remaining() is 0  ->  close()
 * </pre>
 *
 * <p><b>Rules:</b> {@link #next} is asked for one piece at a time, by one owner; a piece that fails
 * is the last one, and what has been brought before it was right (how far it was checked, its
 * source says). {@link #close} is always called, once, also after a failure and while a piece is
 * still being brought (which is then dropped).
 *
 * <p><b>Threads:</b> one owner at a time. A piece may complete on a thread of the source: hand over
 * to your loop.
 */
public interface LazyBytes extends AutoCloseable {
  /** All of it, in bytes. */
  long length();

  /** Bytes that {@link #next} has not been asked for yet, or not answered with. */
  long remaining();

  /**
   * Brings the next bytes, a megabyte or less: in pipes where that is possible, else in memory.
   *
   * @return the caller's to close; never empty
   * @throws IllegalStateException when a piece is still being brought, nothing remains, or after
   *     close
   */
  CompletableFuture<BufferList> next();

  /** Lets go of what the bytes lie in. Those already brought are not touched. */
  @Override
  void close();
}
