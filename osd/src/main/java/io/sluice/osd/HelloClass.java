package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.EntityAddr;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The class of Ceph's examples, {@code hello}: says hello, keeps it in an object with who said it,
 * and says it louder. Inputs and outputs are plain bytes. (ceph: src/cls/hello)
 */
final class HelloClass {
  private static final int INPUT_MAX = 100;
  private static final int READ_MAX = 1100;

  /** What its methods that write and give something back answer. */
  private static final int ANSWER = 42;

  private HelloClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of(
        "say_hello", new ObjectClasses.Method(false, HelloClass::say),
        "record_hello", new ObjectClasses.Method(true, HelloClass::record),
        "replay", new ObjectClasses.Method(false, HelloClass::replay),
        "turn_it_to_11", new ObjectClasses.Method(true, HelloClass::turnUp),
        "write_return_data", returning("you might see this"),
        "writes_dont_return_data", returning("you will never see this"),
        "write_too_much_return_data", returning("x".repeat(Limits.WRITE_REPLY_BYTES + 1)),
        // They read and write what they have not said they would.
        "bad_reader", new ObjectClasses.Method(true, HelloClass::refuse),
        "bad_writer", new ObjectClasses.Method(false, HelloClass::refuse));
  }

  private static int refuse(OpContext context, OsdOp step, Decoder from) {
    return Errno.EIO.result();
  }

  private static byte[] hello(Decoder from) {
    byte[] name =
        from.remaining() == 0
            ? "world".getBytes(StandardCharsets.US_ASCII)
            : from.raw(from.remaining());
    byte[] before = "Hello, ".getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[before.length + name.length + 1];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(name, 0, all, before.length, name.length);
    all[all.length - 1] = '!';
    return all;
  }

  private static int say(OpContext context, OsdOp step, Decoder from) {
    if (from.remaining() > INPUT_MAX) {
      return Errno.EINVAL.result();
    }
    context.output(step.withData(hello(from)));
    return 0;
  }

  private static int record(OpContext context, OsdOp step, Decoder from) {
    if (from.remaining() > INPUT_MAX) {
      return Errno.EINVAL.result();
    }
    if (context.exists()) {
      return Errno.EEXIST.result();
    }
    replace(context, hello(from), "said_by");
    return 0;
  }

  private static void replace(OpContext context, byte[] content, String whose) {
    if (context.size() > 0) {
      context.truncate(0);
    }
    context.claimWrite(0, Payload.of(BufferList.wrap(content)));
    EntityAddr addr =
        context.op().connection().peerAddrs().addrs().stream().findFirst().orElse(EntityAddr.BLANK);
    String place = addr.ip() + ":" + addr.port() + "/" + Integer.toUnsignedString(addr.nonce());
    String origin = context.op().connection().peerName() + " " + place;
    byte[] text = origin.getBytes(StandardCharsets.US_ASCII);
    context.change(new RepChange.SetAttr(Xattrs.stored(whose), text));
  }

  private static int replay(OpContext context, OsdOp step, Decoder from) {
    return content(context, content -> context.output(step.withData(content)));
  }

  /** Reads the object as committed, and does something with it. */
  private static int content(OpContext context, Consumer<byte[]> then) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    long length = Math.min(READ_MAX, context.before().size());
    if (length == 0) {
      then.accept(new byte[0]);
      return 0;
    }
    context
        .store()
        .read(
            context.object(),
            0,
            length,
            (bytes, result) -> {
              if (result >= 0) {
                try (bytes) {
                  then.accept(bytes.toByteArray(null, Inspection.DECODE));
                }
              }
              context.resume(Math.min(0, result));
            });
    return OpContext.PENDING;
  }

  private static int turnUp(OpContext context, OsdOp step, Decoder from) {
    if (from.remaining() > 0) {
      return Errno.EINVAL.result();
    }
    return content(context, content -> replace(context, louder(content), "amplified_by"));
  }

  /** As C's toupper in the C locale. */
  private static byte[] louder(byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (text[i] >= 'a' && text[i] <= 'z') {
        text[i] = (byte) (text[i] - 'a' + 'A');
      }
    }
    return text;
  }

  /** Changes the object and gives something back: for those who set RETURNVEC, it may be short. */
  private static ObjectClasses.Method returning(String words) {
    return new ObjectClasses.Method(
        true,
        (context, step, from) -> {
          if (from.remaining() > 0) {
            return Errno.EINVAL.result();
          }
          context.create();
          byte[] bar = "bar".getBytes(StandardCharsets.US_ASCII);
          context.change(new RepChange.SetAttr(Xattrs.stored("foo"), bar));
          context.output(step.withData(words.getBytes(StandardCharsets.US_ASCII)));
          return ANSWER;
        });
  }
}
