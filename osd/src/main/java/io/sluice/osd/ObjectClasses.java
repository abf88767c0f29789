package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The methods that clients may call on an object, by class and name, and whether an operation may
 * write, which for calls and watches only they can say. (ceph: src/cls)
 */
final class ObjectClasses {
  /** What one method does; like {@link Operation}, with its input decoded from the step. */
  interface Body {
    int apply(OpContext context, OsdOp step, Decoder input);
  }

  /**
   * @param writes false when it never changes the object
   */
  record Method(boolean writes, Body body) {}

  private static final Map<String, Method> TABLE = new TreeMap<>();

  /** Classes that Ceph's OSDs may load (osd_class_load_list) and Sluice has not. */
  private static final Set<String> NOT_HERE =
      Set.of(
          "cas",
          "cephfs",
          "cmpomap",
          "fifo",
          "journal",
          "2pc_queue",
          "otp",
          "queue",
          "rbd",
          "rgw",
          "rgw_gc",
          "user");

  static {
    add("hello", HelloClass.methods());
    add("lock", LockClass.methods());
    add("log", LogClass.methods());
    add("numops", NumopsClass.methods());
    add("refcount", RefcountClass.methods());
    add("timeindex", TimeindexClass.methods());
    add("version", VersionClass.methods());
  }

  private static void add(String className, Map<String, Method> methods) {
    methods.forEach((name, method) -> TABLE.put(className + "." + name, method));
  }

  private ObjectClasses() {}

  /** Null when there is no such method. */
  static Method of(OsdOp step) {
    return TABLE.get(name(step));
  }

  /** True where a user may call the class at all, though it, or the method, may not be there. */
  static boolean permits(OsdOp step) {
    String name = name(step);
    String prefix = name.substring(0, name.indexOf('.') + 1);
    return NOT_HERE.contains(prefix.substring(0, prefix.length() - 1))
        || TABLE.keySet().stream().anyMatch(known -> known.startsWith(prefix));
  }

  /** {@code CLASS.METHOD}. */
  private static String name(OsdOp step) {
    OpArgs.Call call = step.argument(OpArgs.Call.class);
    Decoder from = step.reader();
    String className = new String(from.raw(call.classLength()), StandardCharsets.UTF_8);
    return className + "." + new String(from.raw(call.methodLength()), StandardCharsets.UTF_8);
  }

  static Decoder input(OsdOp step) {
    OpArgs.Call call = step.argument(OpArgs.Call.class);
    Decoder from = step.reader().skip(call.classLength() + call.methodLength());
    return new Decoder(from.raw(call.inputLength()));
  }

  /** True when a step calls what answers with a page of entries. */
  static boolean lists(MOSDOp request) {
    for (OsdOp step : request.ops()) {
      if (step.code() == OpCode.CALL && step.hasData()) {
        OpArgs.Call call = step.argument(OpArgs.Call.class);
        boolean named = step.dataLength() >= call.classLength() + call.methodLength();
        if (named && name(step).endsWith(".list")) {
          return true;
        }
      }
    }
    return false;
  }

  /** True when a step may change its object: then the operation is logged and its failures, too. */
  static boolean mayWrite(MOSDOp request) {
    for (OsdOp step : request.ops()) {
      if (mayWrite(step)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayWrite(OsdOp step) {
    if (step.code() == OpCode.CALL) {
      OpArgs.Call call = step.argument(OpArgs.Call.class);
      int named = call.classLength() + call.methodLength();
      Method method = !step.hasData() || step.dataLength() < named ? null : of(step);
      return method == null || method.writes(); // what is not there is refused, object or not
    }
    boolean ping =
        step.code() == OpCode.WATCH
            && step.argument(OpArgs.Watch.class).op() == WatchOperation.PING;
    return step.code().writes() && !ping;
  }
}
