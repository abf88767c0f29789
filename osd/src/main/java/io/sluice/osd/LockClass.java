package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.messenger.Connection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Advisory locks on objects: class {@code lock}, with the encodings and error codes that librados
 * knows. (ceph: src/cls/lock)
 */
final class LockClass {
  private static final String PREFIX = "lock.";
  private static final int MAY_RENEW = 1;
  private static final int MUST_RENEW = 2;

  private LockClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of(
        "lock", new ObjectClasses.Method(true, LockClass::lock),
        "unlock", new ObjectClasses.Method(true, LockClass::unlock),
        "break_lock", new ObjectClasses.Method(true, LockClass::breakLock),
        "set_cookie", new ObjectClasses.Method(true, LockClass::setCookie),
        "get_info", new ObjectClasses.Method(false, LockClass::info),
        "list_locks", new ObjectClasses.Method(false, LockClass::list),
        "assert_locked", new ObjectClasses.Method(false, LockClass::assertLocked));
  }

  /**
   * {@code v1 { string name | u8 type | string cookie | string tag | string description | utime
   * duration | u8 flags }}.
   */
  private static int lock(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_lock_lock_op");
    String name = from.string();
    int type = from.u8();
    LockInfo.Id id = new LockInfo.Id(client(context), from.string());
    String tag = from.string();
    String description = from.string();
    UTime duration = UTime.decode(from);
    int flags = from.u8();
    boolean mustRenew = (flags & MUST_RENEW) != 0;
    if (!LockInfo.isValid(type) || name.isEmpty() || mustRenew && (flags & MAY_RENEW) != 0) {
      return Errno.EINVAL.result();
    }
    LockInfo info = read(context, name);
    TreeMap<LockInfo.Id, LockInfo.Holder> holders = new TreeMap<>(info.holders());
    if (!holders.isEmpty() && !tag.equals(info.tag())) {
      return Errno.EBUSY.result();
    }
    boolean held = holders.remove(id) != null;
    if (held && flags == 0) {
      return Errno.EEXIST.result();
    }
    if (!held && mustRenew) {
      return Errno.ENOENT.result();
    }
    if (!holders.isEmpty() && (LockInfo.isExclusive(type) || info.type() != type)) {
      return Errno.EBUSY.result();
    }
    holders.put(
        id, new LockInfo.Holder(expiration(context, duration), address(context), description));
    write(context, name, new LockInfo(holders, type, tag));
    return 0;
  }

  private static UTime expiration(OpContext context, UTime duration) {
    long nanos = duration.toNanos();
    return nanos == 0 ? UTime.ZERO : UTime.ofNanos(context.group().wallNanos() + nanos);
  }

  /** Of type "legacy", as Ceph stores it: old clients read it, too. */
  private static EntityAddr address(OpContext context) {
    Connection connection = context.op().connection();
    List<EntityAddr> addrs = connection.peerAddrs().addrs();
    EntityAddr addr = addrs.isEmpty() ? EntityAddr.BLANK : addrs.get(0);
    return new EntityAddr(EntityAddr.LEGACY, addr.nonce(), addr.ip(), addr.port());
  }

  private static EntityName client(OpContext context) {
    return context.op().connection().peerName();
  }

  /** {@code v1 { string name | string cookie }}. */
  private static int unlock(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_lock_unlock_op");
    String name = from.string();
    return remove(context, name, new LockInfo.Id(client(context), from.string()));
  }

  /** {@code v1 { string name | entity name | string cookie }}. */
  private static int breakLock(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_lock_break_op");
    String name = from.string();
    return remove(context, name, new LockInfo.Id(EntityName.decode(from), from.string()));
  }

  private static int remove(OpContext context, String name, LockInfo.Id id) {
    LockInfo info = read(context, name);
    if (info.holders().remove(id) == null) {
      return Errno.ENOENT.result();
    }
    if (info.type() == LockInfo.EPHEMERAL) {
      context.remove();
    } else {
      write(context, name, info);
    }
    return 0;
  }

  /** {@code v1 { string name | u8 type | string cookie | string tag | string new_cookie }}. */
  private static int setCookie(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_lock_set_cookie_op");
    String name = from.string();
    int type = from.u8();
    LockInfo.Id id = new LockInfo.Id(client(context), from.string());
    String tag = from.string();
    LockInfo info = read(context, name);
    int checked = check(info, name, type, id, tag);
    LockInfo.Id next = new LockInfo.Id(id.client(), from.string());
    if (checked < 0 || info.holders().containsKey(next)) {
      return checked < 0 ? checked : Errno.EBUSY.result();
    }
    info.holders().put(next, info.holders().remove(id));
    write(context, name, info);
    return 0;
  }

  /** {@code v1 { string name | u8 type | string cookie | string tag }}. */
  private static int assertLocked(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_lock_assert_op");
    String name = from.string();
    int type = from.u8();
    LockInfo.Id id = new LockInfo.Id(client(context), from.string());
    return check(read(context, name), name, type, id, from.string());
  }

  private static int check(LockInfo info, String name, int type, LockInfo.Id id, String tag) {
    if (!LockInfo.isValid(type) || name.isEmpty()) {
      return Errno.EINVAL.result();
    }
    boolean holds = info.holders().containsKey(id) && info.type() == type && info.tag().equals(tag);
    return holds ? 0 : Errno.EBUSY.result();
  }

  /** {@code v1 { string name }}; answers like the stored form. */
  private static int info(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_lock_get_info_op");
    context.output(step.withData(read(context, from.string()).encode()));
    return 0;
  }

  /** Answers {@code v1 { le32 n, n x string }}. */
  private static int list(OpContext context, OsdOp step, Decoder from) {
    List<String> names =
        Xattrs.all(context).keySet().stream()
            .filter(name -> name.startsWith(PREFIX))
            .map(name -> name.substring(PREFIX.length()))
            .toList();
    Encoder to = new Encoder(64);
    int mark = to.begin(1, 1);
    context.output(step.withData(to.list(names, Encoder::string).end(mark).toByteArray()));
    return 0;
  }

  private static LockInfo read(OpContext context, String name) {
    UTime now = UTime.ofNanos(context.group().wallNanos());
    return Xattrs.get(context, PREFIX + name)
        .map(bytes -> LockInfo.decode(bytes, now))
        .orElse(new LockInfo(new TreeMap<>(), 0, ""));
  }

  private static void write(OpContext context, String name, LockInfo info) {
    context.create();
    context.change(new RepChange.SetAttr(Xattrs.stored(PREFIX + name), info.encode()));
  }
}
