package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.RequestId;
import java.util.List;
import java.util.Map;

/**
 * A version that clients count themselves, with a tag that tells one life of an object from
 * another: class {@code version}. (ceph: src/cls/version)
 *
 * <p>Kept in one attribute: {@code v1 { le64 version | string tag }}.
 */
final class VersionClass {
  private static final String ATTRIBUTE = "ceph.objclass.version";

  private record Version(long number, String tag) {
    static Version decode(Decoder from) {
      Decoder.Struct struct = from.begin(1, "obj_version");
      Version version = new Version(from.le64(), from.string());
      from.end(struct);
      return version;
    }

    void encode(Encoder to) {
      int mark = to.begin(1, 1);
      to.le64(number).string(tag).end(mark);
    }
  }

  /** {@code v1 { obj_version | le32 how to compare }}. */
  private record Condition(Version with, int kind) {
    static Condition decode(Decoder from) {
      Decoder.Struct struct = from.begin(1, "obj_version_cond");
      Condition condition = new Condition(Version.decode(from), from.le32());
      from.end(struct);
      return condition;
    }

    boolean holds(Version version) {
      int order = Long.compareUnsigned(version.number(), with.number());
      return switch (kind) {
        case 1 -> version.equals(with);
        case 2 -> order > 0;
        case 3 -> order >= 0;
        case 4 -> order < 0;
        case 5 -> order <= 0;
        case 6 -> version.tag().equals(with.tag());
        case 7 -> !version.tag().equals(with.tag());
        default -> true;
      };
    }
  }

  private VersionClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of(
        "set", new ObjectClasses.Method(true, VersionClass::set),
        "inc", new ObjectClasses.Method(true, VersionClass::increment),
        "inc_conds", new ObjectClasses.Method(true, VersionClass::increment),
        "read", new ObjectClasses.Method(false, VersionClass::read),
        "check_conds", new ObjectClasses.Method(false, VersionClass::check));
  }

  /** {@code v1 { obj_version }}. */
  private static int set(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_version_set_op");
    return write(context, Version.decode(from));
  }

  /** {@code v1 { obj_version, unused | list of conditions }}; the first time it becomes 2. */
  private static int increment(OpContext context, OsdOp step, Decoder from) {
    List<Condition> conditions = conditions(from);
    RequestId id = context.op().requestId();
    String life = Long.toString(id.client().number(), 36) + "-" + Long.toString(id.tid(), 36);
    Version version = stored(context, new Version(1, "_" + life + "-" + id.incarnation()));
    return conditions.stream().allMatch(each -> each.holds(version))
        ? write(context, new Version(version.number() + 1, version.tag()))
        : Errno.ECANCELED.result();
  }

  private static int check(OpContext context, OsdOp step, Decoder from) {
    List<Condition> conditions = conditions(from);
    Version version = stored(context, new Version(0, ""));
    boolean hold = conditions.stream().allMatch(each -> each.holds(version));
    return hold ? 0 : Errno.ECANCELED.result();
  }

  private static List<Condition> conditions(Decoder from) {
    from.begin(1, "cls_version_inc_op");
    Version.decode(from);
    return from.list(Condition::decode);
  }

  /** Answers {@code v1 { obj_version }}. */
  private static int read(OpContext context, OsdOp step, Decoder from) {
    Encoder to = new Encoder(64);
    int mark = to.begin(1, 1);
    stored(context, new Version(0, "")).encode(to);
    context.output(step.withData(to.end(mark).toByteArray()));
    return 0;
  }

  private static Version stored(OpContext context, Version otherwise) {
    return Xattrs.get(context, ATTRIBUTE)
        .map(bytes -> Version.decode(new Decoder(bytes)))
        .orElse(otherwise);
  }

  private static int write(OpContext context, Version version) {
    Encoder to = new Encoder(64);
    version.encode(to);
    context.create();
    context.change(new RepChange.SetAttr(Xattrs.stored(ATTRIBUTE), to.toByteArray()));
    return 0;
  }
}
