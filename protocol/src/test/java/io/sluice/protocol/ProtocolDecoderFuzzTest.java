package io.sluice.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.bufferlist.DecoderTarget;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every decoder of this module under coverage-guided fuzzing ({@code JAZZER_FUZZ=1}, {@code
 * -Dfuzz=true}); else only over its seeds and what was once found ({@code
 * ProtocolDecoderFuzzTestInputs}).
 */
class ProtocolDecoderFuzzTest {
  static Stream<byte[]> seeds() {
    return DecoderTarget.seeds(ProtocolDecoders.ALL);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "5m")
  void shouldReadOrRefuse(byte[] input) {
    DecoderTarget.fuzz(ProtocolDecoders.ALL, input);
  }
}
