package io.sluice.client;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Attrs;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ObjectHash;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Objects of one pool: every verb is asynchronous; {@link Cluster#await} makes it blocking.
 *
 * <p><b>Threads:</b> any. Futures fail with {@link RadosException} only.
 */
public final class IoContext {
  /** An object holds no more (osd_max_object_size). */
  public static final long OBJECT_BYTES_MAX = 128L << 20;

  /** One write brings no more (osd_max_write_size). */
  public static final long WRITE_BYTES_MAX = 90L << 20;

  /** Of an object's name, in UTF-8 (osd_max_object_name_len). */
  public static final int NAME_BYTES_MAX = 2048;

  /** Of an attribute's name (osd_max_attr_name_len). */
  public static final int ATTR_NAME_BYTES_MAX = 256;

  private static final int READ_FLAGS =
      OpFlags.ON_DISK | OpFlags.READ | OpFlags.KNOWN_IF_REDIRECTED;

  /** A full cluster answers; without {@code FULL_TRY} Ceph's OSDs would say nothing. */
  private static final int WRITE_FLAGS =
      OpFlags.ON_DISK | OpFlags.WRITE | OpFlags.KNOWN_IF_REDIRECTED | OpFlags.FULL_TRY;

  private final Cluster cluster;
  private final PoolInfo pool;

  IoContext(Cluster cluster, PoolInfo pool) {
    this.cluster = cluster;
    this.pool = pool;
  }

  public Cluster cluster() {
    return cluster;
  }

  public String poolName() {
    return pool.name();
  }

  public long poolId() {
    return pool.id();
  }

  /** Replaces the whole object. Takes the payload over. Completes with the object's version. */
  public CompletableFuture<Long> writeFull(String object, Payload bytes) {
    return write("writing", object, OpCode.WRITE_FULL, 0, bytes);
  }

  /** Writes a byte range, making the object when there is none. Takes the payload over. */
  public CompletableFuture<Long> write(String object, long offset, Payload bytes) {
    return write("writing", object, OpCode.WRITE, offset, bytes);
  }

  /** Adds to the end. Takes the payload over. */
  public CompletableFuture<Long> append(String object, Payload bytes) {
    return write("appending", object, OpCode.APPEND, 0, bytes);
  }

  private CompletableFuture<Long> write(
      String verb, String object, OpCode code, long offset, Payload bytes) {
    String what = verb + " " + pool.name() + "/" + object;
    Errno refused = refusal(object, offset, bytes.length());
    if (refused != null) {
      bytes.close();
      return CompletableFuture.failedFuture(new RadosException(refused, what));
    }
    int length = (int) bytes.length();
    OsdOp step = OsdOp.writeApart(code, offset, length);
    return submit(new Operation(id(object), WRITE_FLAGS, List.of(step), bytes, what))
        .thenApply(OpReply::userVersion);
  }

  private static Errno refusal(String object, long offset, long length) {
    if (object.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      return Errno.ENAMETOOLONG;
    }
    if (object.isEmpty() || offset < 0) {
      return Errno.EINVAL;
    }
    if (offset + length > OBJECT_BYTES_MAX) {
      return Errno.EFBIG;
    }
    return length > WRITE_BYTES_MAX ? Errno.EMSGSIZE : null;
  }

  /** Replaces the whole object by a copy of the bytes. */
  public CompletableFuture<Long> writeFull(String object, byte[] bytes) {
    return writeFull(object, cluster.payloads().copyOf(ByteBuffer.wrap(bytes)));
  }

  /** At most that many bytes from the offset on; fewer at the end of the object. */
  public CompletableFuture<byte[]> read(String object, long offset, int length) {
    return submit(reading(object, OsdOp.extent(OpCode.READ, offset, length)))
        .thenApply(OpReply::output);
  }

  /**
   * Reads into a direct buffer, at its position and for what remains of it; nobody else touches the
   * buffer until the future is done. Its position does not move.
   *
   * @return the number of bytes received
   */
  public CompletableFuture<Integer> read(String object, long offset, ByteBuffer into) {
    int length = into.remaining();
    ByteBuffer target = into.slice();
    Operation read =
        reading(object, OsdOp.extent(OpCode.READ, offset, length))
            .into(into.isDirect() ? target : null);
    return submit(read).thenApply(reply -> settle(reply, target));
  }

  /**
   * Reads for somebody who sends the bytes on: large ones come in pipes, checked, where there are
   * pipes. At most that many bytes; fewer at the end of the object.
   *
   * @return the caller's to close
   */
  CompletableFuture<BufferList> readPages(String object, long offset, int length) {
    return submit(reading(object, OsdOp.extent(OpCode.READ, offset, length)).asPages())
        .thenApply(OpReply::pages);
  }

  /**
   * Small replies, and all that are not for a direct buffer, came to memory of ours: copy them
   * over.
   */
  private static int settle(OpReply reply, ByteBuffer target) {
    if (reply.received() > 0) {
      return reply.received();
    }
    byte[] output = reply.output();
    target.duplicate().put(output);
    return output.length;
  }

  public CompletableFuture<ObjectStat> stat(String object) {
    return submit(reading(object, OsdOp.of(OpCode.STAT, OpArgs.NONE)))
        .thenApply(
            decoding(
                bytes -> {
                  var found = io.sluice.protocol.ObjectStat.decode(bytes);
                  return new ObjectStat(found.size(), found.modified());
                }));
  }

  public CompletableFuture<Void> remove(String object) {
    return change("removing", object, OsdOp.of(OpCode.DELETE, OpArgs.NONE));
  }

  /** Cuts or zero-extends the object. */
  public CompletableFuture<Void> truncate(String object, long size) {
    return change("truncating", object, OsdOp.extent(OpCode.TRUNCATE, size, 0));
  }

  public CompletableFuture<Void> setXattr(String object, String name, byte[] value) {
    if (name.getBytes(StandardCharsets.UTF_8).length > ATTR_NAME_BYTES_MAX) {
      return CompletableFuture.failedFuture(
          new RadosException(
              Errno.ENAMETOOLONG, "setting an attribute of " + pool.name() + "/" + object));
    }
    return change("setting an attribute of", object, OsdOp.attr(OpCode.SETXATTR, name, value));
  }

  public CompletableFuture<byte[]> xattr(String object, String name) {
    return submit(reading(object, OsdOp.attr(OpCode.GETXATTR, name, new byte[0])))
        .thenApply(OpReply::output);
  }

  public CompletableFuture<Map<String, byte[]>> xattrs(String object) {
    return submit(reading(object, OsdOp.of(OpCode.GETXATTRS, OpArgs.NONE)))
        .thenApply(decoding(Attrs::decode));
  }

  public CompletableFuture<Void> removeXattr(String object, String name) {
    return change(
        "removing an attribute of", object, OsdOp.attr(OpCode.RMXATTR, name, new byte[0]));
  }

  /** All objects, group by group; each page asks the cluster anew. */
  public ObjectListing list() {
    return new ObjectListing(this);
  }

  /** One page of one group's objects. */
  CompletableFuture<OpReply> listPage(int group, OsdOp step) {
    ObjectId wholeGroup = ObjectId.head(pool.id(), "", "", "", new PgId(pool.id(), group).seed());
    int flags = READ_FLAGS | OpFlags.IGNORE_OVERLAY;
    return submit(
        new Operation(wholeGroup, flags, List.of(step), null, "listing pool " + pool.name()));
  }

  private CompletableFuture<Void> change(String verb, String object, OsdOp step) {
    String what = verb + " " + pool.name() + "/" + object;
    Errno refused = refusal(object, 0, 0);
    if (refused != null) {
      return CompletableFuture.failedFuture(new RadosException(refused, what));
    }
    return submit(new Operation(id(object), WRITE_FLAGS, List.of(step), null, what))
        .thenAccept(reply -> {});
  }

  private Operation reading(String object, OsdOp step) {
    return new Operation(
        id(object), READ_FLAGS, List.of(step), null, "reading " + pool.name() + "/" + object);
  }

  private CompletableFuture<OpReply> submit(Operation operation) {
    ObjectId object = operation.object();
    if (object.name().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      return CompletableFuture.failedFuture(
          new RadosException(Errno.ENAMETOOLONG, operation.what()));
    }
    return cluster.submit(operation);
  }

  private ObjectId id(String object) {
    return ObjectId.head(pool.id(), "", "", object, ObjectHash.of(object, "", ""));
  }

  private static <T> Function<OpReply, T> decoding(Function<byte[], T> decode) {
    return reply -> {
      try {
        return decode.apply(reply.output());
      } catch (MalformedInputException e) {
        throw new java.util.concurrent.CompletionException(
            new RadosException(Errno.EIO, "reading an OSD's answer (" + e.getMessage() + ")"));
      }
    };
  }
}
