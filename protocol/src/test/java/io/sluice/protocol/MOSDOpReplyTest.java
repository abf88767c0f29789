package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.Envelope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MOSDOpReplyTest {
  /** Our reply to a recorded request is the recorded reply, byte for byte. */
  @ParameterizedTest
  @CsvSource({
    "op-writefull, reply-writefull",
    "op-stat, reply-stat",
    "op-read, reply-read",
    "op-delete-1, reply-delete",
    "op-setxattr, reply-setxattr",
    "op-omap-set-vals-1, reply-omap-set-vals",
    "op-omap-get-keys, reply-omap-get-keys",
    "op-set-alloc-hint+write-bench, reply-set-alloc-hint+write-bench",
    "op-call-2, reply-call-error22",
  })
  void shouldAnswerWhatCephAnswers(String request, String reply) {
    MOSDOpReply theirs = RecordedFrames.reply(reply);
    MOSDOpReply ours =
        MOSDOpReply.to(RecordedFrames.request(request), theirs.result(), theirs.epoch())
            .withVersions(theirs.replayVersion(), theirs.userVersion());
    List<OsdOp> ops = List.copyOf(theirs.ops());
    for (int i = 0; i < ops.size(); i++) {
      assertThat(ours.ops().get(i).op()).isEqualTo(ops.get(i).op());
      assertThat(ours.ops().get(i).flags()).isEqualTo(ops.get(i).flags());
    }
    assertThat(ours.oid()).isEqualTo(theirs.oid());
    assertThat(ours.pg()).isEqualTo(theirs.pg());
    assertThat(ours.flags()).isEqualTo(theirs.flags());
    assertThat(ours.retryAttempt()).isEqualTo(theirs.retryAttempt());
    assertThat(ours.badReplayVersion()).isEqualTo(theirs.badReplayVersion());
    assertThat(ours.withResults(ops, theirs.results())).isEqualTo(theirs);
  }

  @Test
  void shouldGiveTheGroupsVersionButNoReplayVersionWhenTheObjectIsAbsent() {
    MOSDOpReply theirs = RecordedFrames.reply("reply-read-error2");
    MOSDOpReply ours =
        theirs
            .withVersions(EVersion.ZERO, 0)
            .withAbsentVersions(theirs.badReplayVersion(), theirs.userVersion());
    assertThat(ours).isEqualTo(theirs);
    assertThat(theirs.result()).isEqualTo(Errno.ENOENT.result());
    assertThat(theirs.toString()).contains("(2) No such file or directory");
  }

  @Test
  void shouldSayWhereTheOutputLiesWhenOnlyTheFrontIsThere() {
    RecordedFrames.Frame recorded = RecordedFrames.frame("reply-read");
    MOSDOpReply reply = MOSDOpReply.decode(8, 3, recorded.front(), recorded.dataLength());
    assertThat(reply.ops().get(0).dataLength()).isEqualTo(100_000);
    assertThat(reply.ops().get(0).hasData()).isFalse();
    assertThat(reply.dataLength()).isEqualTo(100_000);
    try (Envelope sent = reply.toEnvelope(BufferList.wrap(new byte[100_000]), new byte[0], 7)) {
      assertThat(sent.front()).isEqualTo(recorded.front());
      assertThat(sent.dataCrc()).isEqualTo(7);
    }
  }

  @Test
  void shouldCarryARedirect() {
    MOSDOpReply plain = RecordedFrames.reply("reply-writefull");
    MOSDOpReply redirected =
        new MOSDOpReply(
            plain.tid(),
            plain.oid(),
            plain.pg(),
            plain.flags(),
            0,
            EVersion.ZERO,
            9,
            List.of(),
            0,
            List.of(),
            EVersion.ZERO,
            0,
            new MOSDOpReply.Redirect(ObjectLocator.of(4, "ns"), "elsewhere"),
            TraceInfo.NONE);
    assertThat(MOSDOpReply.decode(8, plain.tid(), redirected.toEnvelope().front(), 0))
        .isEqualTo(redirected);
  }

  @Test
  void shouldRefuseResultsThatDoNotGoWithTheSteps() {
    MOSDOpReply plain = RecordedFrames.reply("reply-writefull");
    assertThatThrownBy(() -> plain.withResults(plain.ops(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MOSDOpReply.decode(7, 0, new byte[0], 0))
        .isInstanceOf(MalformedInputException.class);
  }
}
