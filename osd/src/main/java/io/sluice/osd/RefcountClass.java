package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Named references to an object, which goes with the last of them: class {@code refcount}. (ceph:
 * src/cls/refcount)
 *
 * <p>Kept in one attribute: {@code v2 { map string tag to u8 1 | set of strings: tags given back
 * }}.
 */
final class RefcountClass {
  private static final String ATTRIBUTE = "refcount";

  /** Stands for whoever referred to the object before references were counted. */
  private static final String ANYBODY = "";

  private record References(TreeSet<String> tags, TreeSet<String> retired) {}

  private RefcountClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of(
        "get", new ObjectClasses.Method(true, RefcountClass::get),
        "put", new ObjectClasses.Method(true, RefcountClass::put),
        "set", new ObjectClasses.Method(true, RefcountClass::set),
        "read", new ObjectClasses.Method(false, RefcountClass::read));
  }

  /** {@code v1 { string tag | u8 implicit }}. */
  private static int get(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_refcount_get_op");
    String tag = from.string();
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    References references = of(context, from.bool());
    references.tags().add(tag);
    return write(context, references);
  }

  /** {@code v1 { string tag | u8 implicit }}; gives back what is not held without a word. */
  private static int put(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_refcount_put_op");
    String tag = from.string();
    boolean implicit = from.bool();
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    References references = of(context, implicit);
    if (references.tags().isEmpty()) {
      return Errno.EINVAL.result();
    }
    if (references.retired().contains(tag)) {
      return 0;
    }
    boolean held = references.tags().remove(tag) || implicit && references.tags().remove(ANYBODY);
    if (!held) {
      return 0;
    }
    references.retired().add(tag);
    if (references.tags().isEmpty()) {
      context.remove();
      return 0;
    }
    return write(context, references);
  }

  /** {@code v1 { list of strings }}: these and no others. */
  private static int set(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_refcount_set_op");
    List<String> tags = from.list(Decoder::string);
    if (!tags.isEmpty()) {
      return write(context, new References(new TreeSet<>(tags), new TreeSet<>()));
    }
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    context.remove();
    return 0;
  }

  /** {@code v1 { u8 implicit }}; answers {@code v1 { list of strings }}. */
  private static int read(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_refcount_read_op");
    References references = of(context, from.bool());
    Encoder to = new Encoder(64);
    int mark = to.begin(1, 1);
    to.list(references.tags(), Encoder::string);
    context.output(step.withData(to.end(mark).toByteArray()));
    return 0;
  }

  private static References of(OpContext context, boolean implicit) {
    References references = new References(new TreeSet<>(), new TreeSet<>());
    Optional<byte[]> stored = Xattrs.get(context, ATTRIBUTE);
    if (stored.isEmpty()) {
      if (implicit) {
        references.tags().add(ANYBODY);
      }
      return references;
    }
    Decoder from = new Decoder(stored.get());
    Decoder.Struct struct = from.begin(2, "obj_refcount");
    for (int left = from.count(5); left > 0; left--) {
      references.tags().add(from.string());
      from.bool();
    }
    if (struct.version() >= 2) {
      references.retired().addAll(from.list(Decoder::string));
    }
    return references;
  }

  private static int write(OpContext context, References references) {
    Encoder to = new Encoder(128);
    int mark = to.begin(2, 1);
    to.list(references.tags(), (out, tag) -> out.string(tag).bool(true));
    to.list(references.retired(), Encoder::string);
    context.create();
    context.change(new RepChange.SetAttr(Xattrs.stored(ATTRIBUTE), to.end(mark).toByteArray()));
    return 0;
  }
}
