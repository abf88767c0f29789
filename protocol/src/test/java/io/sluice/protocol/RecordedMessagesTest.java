package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.types.Envelope;
import java.util.Collection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded message is read, and written again to the same bytes. */
class RecordedMessagesTest {
  static Collection<RecordedFrames.Frame> frames() {
    return RecordedFrames.all().values();
  }

  /** Pool statistics keep only some fields of Ceph's: their own test compares those. */
  static Collection<RecordedFrames.Frame> framesKeptWhole() {
    return frames().stream()
        .filter(frame -> frame.type() != MessageType.GET_POOL_STATS_REPLY)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("framesKeptWhole")
  void shouldWriteTheSameFrontWhenReadBefore(RecordedFrames.Frame frame) {
    try (Envelope again = envelope(frame)) {
      assertThat(again.front()).as(frame.name()).isEqualTo(frame.front());
    }
  }

  @ParameterizedTest
  @MethodSource("frames")
  void shouldWriteTheSameHeaderAndDataWhenReadBefore(RecordedFrames.Frame frame) {
    try (Envelope again = envelope(frame)) {
      assertThat(again.type()).isEqualTo(frame.type());
      assertThat(again.version()).as("version of %s", frame).isEqualTo(frame.version());
      assertThat(again.compatVersion()).as("compat version of %s", frame).isEqualTo(frame.compat());
      assertThat(again.data().length()).isEqualTo(frame.dataLength());
      if (frame.data().length == frame.dataLength()) {
        assertThat(again.data().toByteArray(null, Inspection.DEBUG)).isEqualTo(frame.data());
      }
    }
  }

  /** Where the recording has left out a large data segment, zeros of that length stand for it. */
  private static Envelope envelope(RecordedFrames.Frame frame) {
    byte[] data =
        frame.data().length == frame.dataLength() ? frame.data() : new byte[frame.dataLength()];
    if (frame.type() == MessageType.OSD_OP && frame.dataLength() > frame.data().length) {
      MOSDOp front = MOSDOp.decode(frame.version(), frame.tid(), frame.front(), frame.dataLength());
      return front.toEnvelope(BufferList.wrap(data), new byte[0], null);
    }
    return MessageReader.read(frame.type(), frame.version(), frame.tid(), frame.front(), data)
        .toEnvelope();
  }
}
