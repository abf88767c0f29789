package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The classes whose methods clients call, as Ceph's answer. */
class ObjectClassTest {
  private OneOsd osd;

  @BeforeEach
  void start() {
    osd = OneOsd.start(3);
  }

  private OneOsd.Answer run(String name, OsdOp... steps) {
    return osd.run(name, steps);
  }

  @Test
  void shouldReckonWithOmapValuesWhenNumopsIsCalled() {
    String[][] sums = {
      {"add", "5.5", "5.5"},
      {"add", "-2", "3.5"},
      {"mul", "2e3", "7000"},
      {"mul", "1e12", "7e+15"},
      {"mul", "1e-21", "7e-06"},
      {"add", "0.333333333333", "0.3333403333"}
    };
    for (String[] sum : sums) {
      OsdOp numops = OneOsd.call("numops", sum[0], new Encoder().string("k").string(sum[1]));
      assertThat(run("n", numops).result()).isZero();
      Decoder found = new Decoder(run("n", OneOsd.omapValue("k")).data());
      assertThat(found.le32()).isEqualTo(1);
      assertThat(found.skip(5).string()).as(sum[0] + " " + sum[1]).isEqualTo(sum[2]);
    }
    Encoder wrong = new Encoder().string("k").string("five");
    assertThat(run("n", OneOsd.call("numops", "add", wrong)).result()).isEqualTo(-22);
    byte[] text = new Encoder().le32(1).string("t").string("text").toByteArray();
    run("n", OsdOp.payload(OpCode.OMAP_SET_VALS, text));
    Encoder onText = new Encoder().string("t").string("5");
    assertThat(run("n", OneOsd.call("numops", "mul", onText)).result()).isEqualTo(-74);
  }

  private static OsdOp hello(String method, String input) {
    return OneOsd.call("hello", method, new Encoder().raw(input.getBytes()));
  }

  @Test
  void shouldSayHelloWhenItsClassIsCalled() {
    assertThat(run("h", hello("say_hello", "you")).result()).as("to nobody").isEqualTo(-2);
    assertThat(run("h", hello("record_hello", "x".repeat(101))).result()).isEqualTo(-22);
    assertThat(run("h", hello("record_hello", "you")).result()).isZero();
    assertThat(run("h", hello("record_hello", "")).result()).as("once").isEqualTo(-17);
    assertThat(run("h", hello("replay", "")).text()).isEqualTo("Hello, you!");
    assertThat(run("h", hello("say_hello", "")).text()).isEqualTo("Hello, world!");
    assertThat(run("h", hello("turn_it_to_11", "")).result()).isZero();
    assertThat(run("h", OneOsd.read()).text()).isEqualTo("HELLO, YOU!");
  }

  private static OsdOp refer(String method, String tag, boolean implicit) {
    return OneOsd.call("refcount", method, OneOsd.struct(new Encoder().string(tag).bool(implicit)));
  }

  @Test
  void shouldRemoveAnObjectWithItsLastReferenceWhenRefcountIsCalled() {
    assertThat(run("r", refer("get", "a", true)).result()).isEqualTo(-2);
    run("r", OneOsd.data(OpCode.WRITE_FULL, 0, "shared"));
    assertThat(run("r", refer("get", "a", true)).result()).isZero();
    OsdOp read = OneOsd.call("refcount", "read", OneOsd.struct(new Encoder().bool(true)));
    Decoder tags = new Decoder(run("r", read).data());
    tags.begin(1, "cls_refcount_read_ret");
    assertThat(tags.list(Decoder::string)).containsExactly("", "a");
    assertThat(run("r", refer("put", "b", true)).result()).as("whoever was there before").isZero();
    assertThat(run("r", refer("put", "b", true)).result()).as("but once").isZero();
    assertThat(run("r", refer("put", "c", false)).result()).as("holds nothing").isZero();
    assertThat(run("r", OneOsd.read()).text()).isEqualTo("shared");
    assertThat(run("r", refer("put", "a", false)).result()).isZero();
    assertThat(run("r", OneOsd.read()).result()).isEqualTo(-2);
  }

  private static Encoder version(long number, String tag) {
    return OneOsd.struct(new Encoder().le64(number).string(tag));
  }

  private static OsdOp conditional(String method, long number, int condition) {
    byte[] with = version(number, "t").toByteArray();
    byte[] when = OneOsd.struct(new Encoder().raw(with).le32(condition)).toByteArray();
    return OneOsd.call("version", method, OneOsd.struct(new Encoder().raw(with).le32(1).raw(when)));
  }

  @Test
  void shouldCountVersionsWhenVersionIsCalled() {
    assertThat(run("v", OneOsd.call("version", "set", OneOsd.struct(version(7, "t")))).result())
        .isZero();
    assertThat(run("v", conditional("inc_conds", 8, 1)).result()).as("equal").isEqualTo(-125);
    assertThat(run("v", conditional("inc_conds", 7, 1)).result()).isZero();
    assertThat(run("v", conditional("check_conds", 7, 2)).result()).as("greater").isZero();
    assertThat(run("v", conditional("check_conds", 8, 2)).result()).isEqualTo(-125);
    Decoder found = new Decoder(run("v", OneOsd.call("version", "read", new Encoder())).data());
    found.begin(1, "cls_version_read_ret");
    found.begin(1, "obj_version");
    assertThat(found.le64()).isEqualTo(8);
    assertThat(found.string()).isEqualTo("t");
  }

  @Test
  void shouldTrimALogUpToTheEndOfTime() {
    Encoder entry = new Encoder().string("section").string("name").le32(5).le32(0).string("data");
    Encoder entries = new Encoder().le32(1).raw(OneOsd.struct(entry).toByteArray());
    assertThat(run("l", OneOsd.call("log", "add", OneOsd.struct(entries))).result()).isZero();
    Encoder always = new Encoder().le32(0).le32(0).le32(-1).le32(999_999_999);
    OsdOp trim = OneOsd.call("log", "trim", OneOsd.struct(always));
    assertThat(run("l", trim).result()).isZero();
    assertThat(run("l", trim).result()).as("nothing left").isEqualTo(-61);
  }

  /** A client may set any key itself. As C's scanf, which Ceph reads them with. */
  @Test
  void shouldListKeysWithMoreDigitsThanANumberHasWhenTimeindexIsCalled() {
    String key = "1_" + "9".repeat(30) + "." + "8".repeat(30) + "_name";
    byte[] stored = new Encoder().le32(1).string(key).string("value").toByteArray();
    run("t", OsdOp.payload(OpCode.OMAP_SET_VALS, stored));
    Encoder all = new Encoder().le32(1).le32(0).string("").le32(0).le32(0).le32(9);
    OneOsd.Answer answer = run("t", OneOsd.call("timeindex", "list", OneOsd.struct(all)));
    assertThat(answer.result()).isZero();
    Decoder found = new Decoder(answer.data());
    found.begin(1, "cls_timeindex_list_ret");
    assertThat(found.le32()).isEqualTo(1);
    found.begin(1, "cls_timeindex_entry");
    assertThat(found.le32()).as("seconds").isEqualTo(-1);
    assertThat(found.le32()).as("nanoseconds").isEqualTo(-1);
    assertThat(found.string()).isEqualTo("name");
    assertThat(found.string()).isEqualTo("value");
  }

  /** A pattern that goes back in it would be at it for minutes: the loop serves others, too. */
  @Test
  void shouldRefuseALongTextThatIsNoNumberWhenNumopsIsCalled() {
    Encoder digits = new Encoder().string("k").string("1".repeat(1_000_000) + "x");
    assertThat(run("n", OneOsd.call("numops", "add", digits)).result()).isEqualTo(-22);
  }
}
