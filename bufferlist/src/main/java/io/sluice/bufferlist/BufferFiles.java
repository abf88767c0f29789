package io.sluice.bufferlist;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lists to and from files and channels of the JDK: copies, for tools, tests and small files; the
 * data path uses {@link SpliceReader} and {@link SpliceWriter}.
 *
 * <p>All methods block. Errors are the JDK's own: {@link java.nio.file.NoSuchFileException}, {@link
 * java.nio.file.AccessDeniedException}.
 */
public final class BufferFiles {
  private static final int CHUNK = 64 << 10;

  private BufferFiles() {}

  /**
   * Up to {@code atMost} bytes: fewer at the end of the channel, or when a non-blocking one has no
   * more now.
   */
  public static BufferList read(ReadableByteChannel from, long atMost) throws IOException {
    BufferList list = new BufferList();
    long left = atMost;
    try {
      while (left > 0) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(left, CHUNK));
        int count = 0;
        while (chunk.hasRemaining() && count >= 0) {
          count = from.read(chunk);
          if (count == 0) {
            break;
          }
        }
        left -= chunk.position();
        boolean atEnd = chunk.hasRemaining();
        list.claimAppend(MemorySegment.wrap(chunk.flip()));
        if (atEnd) {
          break;
        }
      }
      return list;
    } catch (IOException | RuntimeException e) {
      list.close();
      throw e;
    }
  }

  /** A whole file. */
  public static BufferList readFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel, Math.max(1, channel.size()));
    }
  }

  /**
   * Exactly {@code [offset, offset+length)} of a file.
   *
   * @throws EOFException when the file is shorter
   */
  public static BufferList readFile(Path file, long offset, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      BufferList list = read(channel.position(offset), length);
      if (list.length() < length) {
        String text = file + " ends at " + channel.size() + ", before " + offset + "+" + length;
        list.close();
        throw new EOFException(text);
      }
      return list;
    }
  }

  /** Writes all bytes of the list, which keeps them; pipes are looked at, and counted. */
  public static long write(BufferList list, WritableByteChannel to) throws IOException {
    return write(list, 0, list.length(), to);
  }

  /** The same of {@code [offset, offset+count)}. */
  public static long write(BufferList list, long offset, long count, WritableByteChannel to)
      throws IOException {
    BufferView view = list.look(Inspection.SMALL_WRITE);
    if (offset < 0 || count < 0 || offset > view.length() - count) {
      throw new IndexOutOfBoundsException(offset + "+" + count + " of " + view.length());
    }
    for (long at = offset; at < offset + count; ) {
      ByteBuffer bytes = view.contiguous(at, (int) Math.min(1 << 20, offset + count - at));
      at += bytes.remaining();
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }
    return count;
  }

  /** The same to a stream. */
  public static long write(BufferList list, java.io.OutputStream to) throws IOException {
    return write(list, Channels.newChannel(to));
  }

  /** Replaces a file's contents. */
  public static void writeFile(BufferList list, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      write(list, channel);
    }
  }

  /**
   * @throws MalformedInputException when it is not base64
   */
  public static BufferList decodeBase64(String text) {
    try {
      return BufferList.wrap(java.util.Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("not base64: " + e.getMessage());
    }
  }
}
