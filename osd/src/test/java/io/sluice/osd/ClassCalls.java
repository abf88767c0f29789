package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DecoderTarget;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.types.EntityName;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The object classes as decoders: a client calls their methods with any input, on an object whose
 * attribute, omap and omap header it may have set to anything before.
 *
 * <pre>
 * n x { u8 which of the steps | u8 length | input }      steps: what sets something, then the class's methods by name
 * </pre>
 *
 * <p>They run in a whole OSD, which answers EIO where one throws what it should not.
 */
final class ClassCalls {
  private static final int CALLS_MAX = 6;
  private static final List<String> SETTERS = List.of("ATTR", "HEADER", "VALS", "CONTENT");

  /** Their whole answer is EIO. (ceph: cls_hello) */
  private static final Set<String> REFUSED = Set.of("bad_reader", "bad_writer");

  static final List<DecoderTarget> ALL =
      List.of(hello(), lock(), log(), numops(), refcount(), timeindex(), version());

  private static OneOsd osd;

  private ClassCalls() {}

  /** One call, or what a client sets first. */
  private record Call(String step, Encoder input) {
    static Call of(String step, String input) {
      return new Call(step, new Encoder().raw(input.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /**
   * @param attribute in which the class keeps what it has to
   */
  private static DecoderTarget target(
      String name, Map<String, ObjectClasses.Method> methods, String attribute, Call... sample) {
    List<String> steps = new ArrayList<>(SETTERS);
    steps.addAll(new TreeSet<>(methods.keySet()));
    steps.removeAll(REFUSED);
    Encoder bytes = new Encoder();
    for (Call call : sample) {
      byte[] input = call.input().toByteArray();
      bytes.u8(steps.indexOf(call.step())).u8(input.length).raw(input);
    }
    return DecoderTarget.of(
        "class " + name, calls -> run(name, attribute, steps, calls), bytes.toByteArray());
  }

  private static void run(String name, String attribute, List<String> steps, byte[] calls) {
    if (osd == null) {
      osd = OneOsd.start(7);
    }
    osd.run("o", OsdOp.of(OpCode.DELETE, OpArgs.NONE));
    Decoder from = new Decoder(calls);
    for (int i = 0; i < CALLS_MAX && from.remaining() > 0; i++) {
      String called = steps.get(from.u8() % steps.size());
      byte[] input = from.raw(from.u8());
      OsdOp step =
          switch (called) {
            case "ATTR" -> OsdOp.attr(OpCode.SETXATTR, attribute, input);
            case "HEADER" -> OsdOp.payload(OpCode.OMAP_SET_HEADER, input);
            case "VALS" -> OsdOp.payload(OpCode.OMAP_SET_VALS, input);
            case "CONTENT" -> OneOsd.data(OpCode.WRITE_FULL, 0, "content");
            default -> OneOsd.call(name, called, new Encoder().raw(input));
          };
      if (osd.run("o", step).result() == Errno.EIO.result()) {
        throw new AssertionError(called + " of " + name + " failed inside: see the log");
      }
    }
  }

  private static Encoder struct(int version, Encoder body) {
    Encoder to = new Encoder();
    int mark = to.begin(version, 1);
    return to.raw(body.toByteArray()).end(mark);
  }

  private static Encoder time(Encoder to, int seconds) {
    new UTime(seconds, 1000).encode(to);
    return to;
  }

  private static DecoderTarget hello() {
    return target(
        "hello",
        HelloClass.methods(),
        "said_by",
        Call.of("record_hello", "you"),
        Call.of("say_hello", "me"),
        Call.of("replay", ""),
        Call.of("turn_it_to_11", ""),
        Call.of("write_return_data", ""));
  }

  private static DecoderTarget lock() {
    Encoder asked = new Encoder().string("a").u8(LockInfo.SHARED).string("cookie").string("tag");
    byte[] held = asked.toByteArray();
    Encoder lock = time(new Encoder().raw(held).string("why"), 30).u8(0);
    Encoder broken = new Encoder().string("a");
    EntityName.client(9).encode(broken);
    return target(
        "lock",
        LockClass.methods(),
        "lock.a",
        new Call("lock", struct(1, lock)),
        new Call("assert_locked", struct(1, new Encoder().raw(held))),
        new Call("set_cookie", struct(1, new Encoder().raw(held).string("other"))),
        new Call("get_info", struct(1, new Encoder().string("a"))),
        Call.of("list_locks", ""),
        new Call("break_lock", struct(1, broken.string("other"))));
  }

  private static DecoderTarget log() {
    Encoder entry = time(new Encoder().string("section").string("name"), 5).string("data");
    byte[] whole = struct(2, entry.string("")).toByteArray();
    Encoder listed = time(time(new Encoder(), 1).string(""), 9).le32(10);
    return target(
        "log",
        LogClass.methods(),
        "a",
        new Call("add", struct(2, new Encoder().le32(1).raw(whole).u8(1))),
        new Call("list", struct(1, listed)),
        new Call("info", struct(1, new Encoder())),
        new Call("trim", struct(2, time(time(new Encoder(), 1), 9).string("").string(""))));
  }

  private static DecoderTarget numops() {
    Encoder stored = new Encoder().le32(1).string("k").string("12");
    return target(
        "numops",
        NumopsClass.methods(),
        "a",
        new Call("VALS", stored),
        new Call("add", new Encoder().string("k").string("-1.5e3")),
        new Call("mul", new Encoder().string("k").string(".25")));
  }

  private static DecoderTarget refcount() {
    Encoder tagged = new Encoder().string("tag").u8(1);
    return target(
        "refcount",
        RefcountClass.methods(),
        "refcount",
        Call.of("CONTENT", ""),
        new Call("get", struct(1, tagged)),
        new Call("set", struct(1, new Encoder().le32(2).string("a").string("b"))),
        new Call("put", struct(1, new Encoder().string("a").u8(0))),
        new Call("read", struct(1, new Encoder().u8(1))));
  }

  private static DecoderTarget timeindex() {
    byte[] entry = struct(1, time(new Encoder(), 5).string("name").string("value")).toByteArray();
    Encoder listed = time(time(new Encoder(), 1).string(""), 9).le32(10);
    return target(
        "timeindex",
        TimeindexClass.methods(),
        "a",
        new Call("VALS", new Encoder().le32(1).string("1_0000000007.000001_n").string("v")),
        new Call("add", struct(1, new Encoder().le32(1).raw(entry))),
        new Call("list", struct(1, listed)),
        new Call("trim", struct(1, time(time(new Encoder(), 1), 9).string("").string(""))));
  }

  private static DecoderTarget version() {
    byte[] version = struct(1, new Encoder().le64(7).string("t")).toByteArray();
    byte[] condition = struct(1, new Encoder().raw(version).le32(3)).toByteArray();
    Encoder conditions = new Encoder().raw(version).le32(1).raw(condition);
    return target(
        "version",
        VersionClass.methods(),
        "ceph.objclass.version",
        new Call("set", struct(1, new Encoder().raw(version))),
        new Call("inc_conds", struct(1, conditions)),
        new Call("check_conds", struct(1, new Encoder().raw(conditions.toByteArray()))),
        Call.of("inc", ""),
        Call.of("read", ""));
  }
}
