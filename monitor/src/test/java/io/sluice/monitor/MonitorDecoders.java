package io.sluice.monitor;

import io.sluice.bufferlist.DecoderTarget;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Every decoder of the monitor's log and state, and the users' commands, which are JSON. */
final class MonitorDecoders {
  static final List<DecoderTarget> ALL =
      List.of(
          new DecoderTarget(
              "change",
              changes().map(ChangeCodec::encode).toList(),
              bytes -> ChangeCodec.encode(ChangeCodec.decode(bytes))),
          DecoderTarget.of("state", bytes -> MonState.decode(bytes).encode(), state()),
          DecoderTarget.of("outcome", Outcome::decode, new Outcome(-2, "no", 3, 4).encode()),
          DecoderTarget.of(
              "command",
              MonitorDecoders::command,
              "{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":8,\"format\":\"json\"}"
                  .getBytes(StandardCharsets.UTF_8)));

  private MonitorDecoders() {}

  private static Stream<Change> changes() {
    UTime now = new UTime(1_790_000_000, 0);
    TreeMap<String, AddrVec> mons = new TreeMap<>();
    AddrVec addrs = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6789, 0));
    mons.put("a", addrs);
    return Stream.of(
        new Change.CreateCluster(new UUID(7, 8), now, mons, 3, 0),
        new Change.BootOsd(0, addrs, "host", 1L << 40, now),
        new Change.CreatePool("p", 4, 0, 0, now),
        new Change.PgsRecovered(
            List.of(new Change.PgsRecovered.Report(new PgId(1, 0), 4, List.of(0))), now),
        new Change.MarkDown(0, 0, now),
        new Change.Log(List.of(SampleMessages.line(1, "a line"))),
        new Change.Quorum(Set.of()),
        new Change.SetConfig("client", "x", "1"));
  }

  private static byte[] state() {
    MonState state = MonState.EMPTY;
    for (Change change : changes().toList()) {
      state = change.applyTo(state).state();
    }
    return state.encode();
  }

  /**
   * A user's bytes become a call or are refused with a line; what a table would do is elsewhere.
   */
  private static void command(byte[] bytes) {
    try {
      CommandCall call = new CommandCall(new String(bytes, StandardCharsets.UTF_8), bytes, null);
      call.flag(call.prefix());
      call.number("pg_num", 0);
      call.texts("ids");
    } catch (CommandException refused) {
      if (refused.getMessage().isEmpty()) {
        throw new AssertionError("refused without a word", refused);
      }
    }
  }
}
