package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class LinuxTest {
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SOCK_STREAM = 1;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;

  private final Sys sys = Linux.instance();

  @TempDir Path directory;

  private int open(String name) {
    int fd =
        sys.open(
            directory.resolve(name).toString(), Sys.O_RDWR | Sys.O_CREAT | Sys.O_CLOEXEC, 0600);
    assertThat(fd).isPositive();
    return fd;
  }

  @Test
  void shouldReturnMinusErrnoWhenACallFails() {
    assertThat(sys.close(-1)).isEqualTo(-9);
    assertThat(sys.open(directory.resolve("absent").toString(), Sys.O_RDONLY, 0)).isEqualTo(-2);
    assertThat(sys.pread(-1, 0, 1, 0)).isEqualTo(-9);
    assertThat(sys.splice(-1, -1, -1, -1, 1, 0)).isEqualTo(-9);
    assertThat(sys.mmap(4096, 1, 1, -1, 0)).isEqualTo(-9);
    assertThat(sys.readable(-1)).isEqualTo(-9);
    assertThat(sys.describe(2)).isEqualTo("No such file or directory");
    assertThat(sys.describe(28)).isEqualTo("No space left on device");
    assertThatThrownBy(() -> sys.open("a\0b", 0, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldReadWhatWasWrittenThroughEveryKindOfCall() throws IOException {
    int fd = open("data");
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(32).put("0123456789".getBytes(StandardCharsets.US_ASCII));
    long address = DirectBuffers.addressOf(bytes);
    assertThat(sys.pwrite(fd, address, 10, 5)).isEqualTo(10);
    assertThat(sys.write(fd, address, 5)).isEqualTo(5);
    ByteBuffer iov = ByteBuffer.allocateDirect(32).order(java.nio.ByteOrder.nativeOrder());
    iov.putLong(0, address).putLong(8, 3).putLong(16, address + 5).putLong(24, 2);
    assertThat(sys.pwritev(fd, DirectBuffers.addressOf(iov), 2, 15)).isEqualTo(5);
    assertThat(Files.readString(directory.resolve("data"))).isEqualTo("01234012345678901256");
    assertThat(sys.preadv(fd, DirectBuffers.addressOf(iov), 2, 1)).isEqualTo(5);
    assertThat(bytes.get(0)).isEqualTo((byte) '1');
    assertThat(sys.fdatasync(fd)).isZero();
    assertThat(sys.fsync(fd)).isZero();
    assertThat(sys.ftruncate(fd, 4)).isZero();
    assertThat(sys.fallocate(fd, 0, 0, 8192)).isZero();
    assertThat(Files.size(directory.resolve("data"))).isEqualTo(8192);
    assertThat(sys.close(fd)).isZero();
  }

  @Test
  void shouldMoveFileToPipeToFileAtOffsets() throws IOException {
    Files.write(directory.resolve("from"), Pipes.bytes(1, 10_000));
    int from = open("from");
    int to = open("to");
    try (PipePool pool = new PipePool(sys, new CopyMeter(), 1)) {
      Pipe pipe = pool.tryAcquire(1)[0];
      assertThat(sys.splice(from, 1000, pipe.writeEnd(), -1, 5000, 0)).isEqualTo(5000);
      assertThat(sys.readable(pipe.readEnd())).isEqualTo(5000);
      assertThat(sys.splice(pipe.readEnd(), -1, to, 100, 5000, 0)).isEqualTo(5000);
      assertThat(sys.splice(pipe.readEnd(), -1, to, 0, 1, Sys.SPLICE_F_NONBLOCK))
          .isEqualTo(-Sys.EAGAIN);
      pipe.recycle();
    }
    byte[] moved = Files.readAllBytes(directory.resolve("to"));
    assertThat(moved).hasSize(5100);
    assertThat(java.util.Arrays.copyOfRange(moved, 100, 5100))
        .isEqualTo(java.util.Arrays.copyOfRange(Pipes.bytes(1, 10_000), 1000, 6000));
    sys.close(from);
    sys.close(to);
  }

  @Test
  void shouldLockAgainstAnotherOpen() {
    int one = open("lock");
    int two = open("lock");
    assertThat(sys.tryLock(one)).isZero();
    assertThat(sys.tryLock(two)).isEqualTo(-Sys.EAGAIN);
    sys.close(one);
    assertThat(sys.tryLock(two)).isZero();
    sys.close(two);
  }

  @Test
  void shouldKnowTheAlignmentOfDirectIo() throws IOException {
    Path file = Files.createFile(directory.resolve("direct"));
    int alignment = sys.directIoAlignment(file.toString());
    assumeTrue(alignment != 0, "no O_DIRECT on " + Files.getFileStore(file));
    assertThat(Integer.bitCount(alignment)).isEqualTo(1);
    assertThat(alignment).isBetween(4, 65_536);
    assertThat(sys.directIoAlignment(directory.resolve("absent").toString())).isEqualTo(-2);
  }

  @Test
  void shouldSpeakToSockets() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept()) {
      int fd = descriptorOf(client.getLocalPort());
      int[] value = new int[1];
      assertThat(sys.getsockopt(fd, SOL_SOCKET, SO_TYPE, value)).isZero();
      assertThat(value[0]).isEqualTo(SOCK_STREAM);
      assertThat(sys.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, 1)).isZero();
      assertThat(sys.sendMss(fd)).isBetween(500, 65_536);
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(16).put("ping".getBytes(StandardCharsets.US_ASCII));
      ByteBuffer iov = ByteBuffer.allocateDirect(16).order(java.nio.ByteOrder.nativeOrder());
      iov.putLong(0, DirectBuffers.addressOf(bytes)).putLong(8, 4);
      assertThat(sys.sendmsg(fd, DirectBuffers.addressOf(iov), 1, Sys.MSG_NOSIGNAL | Sys.MSG_EOR))
          .isEqualTo(4);
      assertThat(server.getInputStream().readNBytes(4)).isEqualTo(new byte[] {'p', 'i', 'n', 'g'});
      server.getOutputStream().write("pong".getBytes(StandardCharsets.US_ASCII));
      assertThat(sys.recv(fd, DirectBuffers.addressOf(bytes), 16, 0)).isEqualTo(4);
      assertThat(bytes.get(1)).isEqualTo((byte) 'o');
    }
  }

  /** The JDK hides descriptors: find ours among the process's sockets by its local port. */
  private int descriptorOf(int localPort) throws IOException {
    String inode = null;
    String port = String.format(":%04X", localPort);
    for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.trim().split("\\s+");
        inode = fields[1].endsWith(port) ? fields[9] : inode;
      }
    }
    for (int fd = 3; fd < 1024; fd++) {
      Path link = Path.of("/proc/self/fd/" + fd);
      if (Files.isSymbolicLink(link)
          && Files.readSymbolicLink(link).toString().equals("socket:[" + inode + "]")) {
        return fd;
      }
    }
    throw new IOException("no descriptor for local port " + localPort);
  }
}
