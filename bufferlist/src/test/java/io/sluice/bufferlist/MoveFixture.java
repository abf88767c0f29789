package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What moves are tested with: a file of known bytes, targets, and a pool whose calls a test can
 * make fail.
 */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class MoveFixture {
  static final byte[] CONTENT = Pipes.bytes(31, 3_000_001);

  final Linux linux = Linux.instance();
  final FaultySys faults = new FaultySys(linux);
  final CopyMeter meter = new CopyMeter();
  final PipePool pool = new PipePool(faults.sys(), meter, 8);

  @TempDir Path directory;

  @AfterEach
  void close() {
    pool.close();
  }

  static byte[] content(int from, int count) {
    return Arrays.copyOfRange(CONTENT, from, from + count);
  }

  /** Of a new file with the content; the caller's to close. */
  int openContent(int flags) throws IOException {
    Path file = directory.resolve("content");
    Files.write(file, CONTENT);
    return opened(linux.open(file.toString(), flags, 0));
  }

  private int opened(int fd) {
    Assumptions.assumeTrue(fd >= 0, () -> "no O_DIRECT here: " + getClass() + " skipped in part");
    return fd;
  }

  /** A new file through the page cache, or not; the caller's to close. */
  Endpoint newFile(String name, boolean direct) {
    String to = directory.resolve(name).toString();
    int flags = Sys.O_RDWR | Sys.O_CREAT | (direct ? Sys.O_DIRECT : 0);
    int fd = opened(linux.open(to, flags, 0600));
    return direct ? Endpoint.directFile(fd, 0, linux.directIoAlignment(to)) : Endpoint.file(fd, 0);
  }

  byte[] written(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name));
  }

  /** Moves the list, and closes both. */
  void write(BufferList source, Endpoint to) throws IOException {
    try (source;
        SpliceWriter writer = new SpliceWriter(pool, meter, source, to)) {
      writer.finish();
    } finally {
      linux.close(to.fd());
    }
  }

  /** Through pipes, whatever the length. */
  byte[] read(Endpoint from, int length, Progress end) throws IOException {
    try (SpliceReader reader = new SpliceReader(pool, meter, from, length, 0)) {
      assertThat(reader.finish()).isEqualTo(end);
      try (BufferList list = reader.claim()) {
        assertThat(list.length()).isEqualTo(reader.moved());
        return list.claimBytes(pool, Inspection.DEBUG);
      }
    }
  }

  /** Into a socket that has room for them. */
  void put(int socket, byte[] bytes) {
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    assertThat(linux.write(socket, DirectBuffers.addressOf(memory), bytes.length))
        .isEqualTo(bytes.length);
  }
}
