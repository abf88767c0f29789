package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.Sys;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Large reads for somebody who cannot check them: every block is looked at before it leaves. */
class CheckedReadTest extends LazyReads {
  @Test
  void shouldLookAtWhatLiesInAPipeForSomebodyWhoCannot() throws Exception {
    open(Linux.instance());
    byte[] content = bytes(3 * MIB + 5000, 12);
    write(A, content);
    long readBefore = meter.readBytes();
    long mappedBefore = meter.mapped.sum();
    ObjectStore.LazyRead read = checked();
    assertThat(read.checksums()).isEqualTo(ChecksumVector.of(content, 0, content.length));
    try (var source = read.bytes()) {
      for (int pieces = 0; source.remaining() > 0; pieces++) {
        try (BufferList piece = source.next().get(30, TimeUnit.SECONDS)) {
          assertThat(piece.hasPipes()).isTrue();
          assertThat(pool.inUse()).as("the spare one is back, piece " + pieces).isEqualTo(1);
        }
      }
    }
    long whole = content.length / 4096 * 4096L;
    assertThat(meter.readBytes() - readBefore).as("each byte once").isEqualTo(content.length);
    assertThat(meter.copiedBytes(CopyMeter.Copy.MEMFD_WINDOW)).isEqualTo(whole);
    assertThat(meter.readOutBytes("checked")).isEqualTo(whole);
    assertThat(meter.mapped.sum()).isEqualTo(mappedBefore);
    assertThat(allOf(checked(), pool)).isEqualTo(content);
  }

  @Test
  void shouldReadFromTheDiskWhatIsWrongInItsPipe() throws Exception {
    AtomicBoolean lying = new AtomicBoolean();
    open(fromTheNextBlock(lying));
    byte[] content = bytes(3 * MIB, 13);
    write(A, content);
    lying.set(true);
    assertThat(allOf(checked(), pool)).isEqualTo(content);
    assertThat(meter.readOutBytes("copied_wrong")).isEqualTo(content.length);
    assertThat(allOf(lazily(0, Long.MAX_VALUE), pool)).as("not looked at").isNotEqualTo(content);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void shouldReadFromTheDiskWhatNobodyCanLookAtInItsPipe() throws Exception {
    AtomicBoolean lying = new AtomicBoolean();
    open(fromTheNextBlock(lying));
    byte[] content = bytes(2 * MIB, 15);
    write(A, content);
    lying.set(true);
    Pipe[] elsewhere = pool.tryAcquire(PIPES - 1);
    assertThat(allOf(checked(), pool)).isEqualTo(content);
    assertThat(meter.readOutBytes("copied_no_pipe")).isEqualTo(content.length);
    assertThat(meter.readOutBytes("checked")).isZero();
    assertThat(pool.inUse()).as("the one that was filled in vain is back").isEqualTo(PIPES - 1);
    for (Pipe pipe : elsewhere) {
      pipe.recycle();
    }
  }

  @Test
  void shouldGiveThePipeBackWhenTheLookFails() throws Exception {
    open(Linux.instance());
    write(A, bytes(MIB, 16));
    try (var source = checked().bytes()) {
      faults.failNth("splice", 1, Sys.EIO); // into the window
      assertThatThrownBy(() -> source.next().get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("splice");
    }
    assertThat(pool.inUse()).isZero();
  }

  /** Splices out of a file bring other blocks than those asked for. */
  private static Sys fromTheNextBlock(AtomicBoolean lying) {
    return Intercepted.of(
        Sys.class,
        Linux.instance(),
        call ->
            call.name().equals("splice") && (long) call.argument(1) >= 0 && lying.get()
                ? call.proceedWith(1, (long) call.argument(1) + DiskExtent.BLOCK)
                : call.proceed());
  }

  @Test
  void shouldSayWhatIsWrongOnTheDiskToo() throws Exception {
    open(Linux.instance());
    byte[] content = bytes(2 * MIB, 14);
    write(A, content);
    flipOneBit(content, MIB + 12_345);
    try (var source = checked().bytes()) {
      source.next().get(30, TimeUnit.SECONDS).close();
      assertThatThrownBy(() -> source.next().get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(StoreException.class)
          .hasMessageContaining("wrong checksum");
    }
    assertThat(pool.inUse()).isZero();
  }

  /** Of the block that holds that byte of the content, wherever it lies. */
  private void flipOneBit(byte[] content, int at) throws Exception {
    byte[] block = Arrays.copyOfRange(content, at / 4096 * 4096, at / 4096 * 4096 + 4096);
    try (FileChannel data =
        FileChannel.open(
            dir.resolve("data.0"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer found = ByteBuffer.allocate(4096);
      for (long offset = 0; offset < data.size(); offset += 4096) {
        data.read(found.clear(), offset);
        if (Arrays.equals(found.array(), block)) {
          byte[] changed = {(byte) (block[at % 4096] ^ 1)};
          data.write(ByteBuffer.wrap(changed), offset + at % 4096);
          return;
        }
      }
    }
    throw new AssertionError("the block is nowhere");
  }
}
