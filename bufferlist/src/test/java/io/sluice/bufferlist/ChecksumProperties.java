package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@AddLifecycleHook(NoLeaksHook.class)
class ChecksumProperties {
  @Property(tries = 100)
  void scannerGivesTheVectorWhateverThePieces(
      @ForAll long seed, @ForAll @Size(max = 12) List<@IntRange(max = 9000) Integer> pieces) {
    int length = pieces.stream().mapToInt(i -> i).sum();
    byte[] bytes = Pipes.bytes(seed, length);
    ChecksumScanner scanner = new ChecksumScanner(0);
    int at = 0;
    for (int piece : pieces) {
      scanner.update(ByteBuffer.wrap(bytes, at, piece));
      at += piece;
    }
    assertThat(scanner.length()).isEqualTo(length);
    assertThat(scanner.finish()).isEqualTo(ChecksumVector.of(bytes, 0, length));
    assertThat(scanner.finish()).isEqualTo(new ChecksumVector(0, new int[0]));
  }

  /**
   * Pipes and memory of odd sizes in turn, through windows of odd sizes; every pipe keeps its
   * bytes.
   */
  @Property(tries = 60)
  void windowGivesTheVectorAndLeavesThePipes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70_000) int windowBytes,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 200_000) Integer> pieces)
      throws IOException {
    CopyMeter meter = new CopyMeter();
    byte[] bytes = Pipes.bytes(seed, pieces.stream().mapToInt(i -> i).sum());
    try (PipePool pool = new PipePool(Linux.instance(), meter, 6);
        MemfdWindow window = MemfdWindow.open(pool, windowBytes);
        BufferList list = new BufferList()) {
      int at = 0;
      long inPipes = 0;
      for (int i = 0; i < pieces.size(); i++) {
        byte[] piece = Arrays.copyOfRange(bytes, at, at + pieces.get(i));
        boolean pipe = i % 2 == 0;
        list.claimAppend(
            pipe ? Pipes.holding(pool, piece) : MemorySegment.wrap(ByteBuffer.wrap(piece)));
        inPipes += pipe ? piece.length : 0;
        at += piece.length;
      }
      ChecksumScanner scanner = new ChecksumScanner(bytes.length);
      window.scan(list, scanner, pool.meter());
      assertThat(scanner.finish()).isEqualTo(ChecksumVector.of(bytes, 0, bytes.length));
      assertThat(meter.copiedBytes(CopyMeter.Copy.MEMFD_WINDOW)).isEqualTo(inPipes);
      assertThat(meter.copiedBytes()).isEqualTo(inPipes);
      assertThat(meter.readBytes()).isEqualTo(bytes.length);
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(bytes);
      assertThat(pool.inUse()).isZero();
    }
  }
}
