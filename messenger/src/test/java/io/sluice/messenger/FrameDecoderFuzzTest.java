package io.sluice.messenger;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.bufferlist.DecoderTargets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every decoder of this module under coverage-guided fuzzing ({@code JAZZER_FUZZ=1}, {@code
 * -Dfuzz=true}); else only over its seeds and the corpus that such runs have left ({@code
 * FrameDecoderFuzzTestInputs}).
 */
class FrameDecoderFuzzTest {
  private static final DecoderTargets TARGETS = DecoderTargets.of(FrameDecoders.ALL);

  static Stream<byte[]> seeds() {
    return TARGETS.seeds();
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "5m")
  void shouldReadOrRefuse(byte[] input) {
    TARGETS.fuzz(input);
  }
}
