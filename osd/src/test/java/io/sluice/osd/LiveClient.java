package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemfdPool;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@link SimClient} over real sockets, whose large payloads leave from memory files with their
 * checksum vector, as those of the client library do.
 *
 * <p><b>Owns</b> its messenger and buffers.
 */
final class LiveClient implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 << 20;
  private static final int PAGES_FROM = 64 << 10;
  private static final int PATIENCE_SECONDS = 60;
  private static final long RECONNECT_NANOS = 5_000_000;

  /** What was answered, and what was read. */
  record Answer(int result, byte[] data) {}

  private final CopyMeter meter = new CopyMeter();
  private final PipePool pipes = new PipePool(Linux.instance(), meter, 0);
  private final MemfdPool buffers = new MemfdPool(Linux.instance(), meter, BUFFER_BYTES, 64);
  private final EpollMessenger messenger;
  private SimClient client;

  LiveClient(long number, EntityAddr monitor) throws Exception {
    messenger =
        new EpollMessenger(
            new MessengerConfig(
                EntityName.client(number), (int) number, 1, Linux.instance(), pipes, null));
    onLoop(
        () -> {
          client = new SimClient(messenger, AddrVec.of(monitor), this::asPages, RECONNECT_NANOS);
          return null;
        });
  }

  private Envelope asPages(MOSDOp message) {
    Envelope plain = message.toEnvelope();
    int length = (int) plain.data().length();
    MemfdBuffer lease = length < PAGES_FROM ? null : buffers.tryAcquire();
    if (lease == null) {
      return plain;
    }
    byte[] bytes = plain.data().toByteArray(null, Inspection.DEBUG);
    plain.close();
    lease.buffer().put(bytes);
    ChecksumVector vector = ChecksumVector.of(bytes, 0, length);
    BufferList pages = new BufferList().claimAppend(lease.segment(0, length));
    lease.release();
    return plain.claimData(pages, Payload.encode(vector), vector.combined(-1));
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return LoopTurn.of(messenger.loop(0), task);
  }

  boolean hasPool(long pool) throws Exception {
    return onLoop(() -> client.hasPool(pool));
  }

  /** Times that an operation was sent again. */
  int resends() throws Exception {
    return onLoop(client::resends);
  }

  CompletableFuture<Answer> submit(long pool, String name, OsdOp... steps) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    onLoop(
        () -> {
          client.submit(
              client.object(pool, name),
              List.of(steps),
              (reply, data) -> answer.complete(new Answer(reply.result(), data)));
          return null;
        });
    return answer;
  }

  static OsdOp append(byte[] bytes) {
    return OsdOp.of(OpCode.APPEND, new OpArgs.Extent(0, bytes.length, 0, 0), bytes);
  }

  static OsdOp writeFull(byte[] bytes) {
    return OsdOp.of(OpCode.WRITE_FULL, new OpArgs.Extent(0, bytes.length, 0, 0), bytes);
  }

  static OsdOp read() {
    return OsdOp.extent(OpCode.READ, 0, 64 << 20);
  }

  /** Waits for it. */
  Answer run(long pool, String name, OsdOp step) throws Exception {
    return submit(pool, name, step).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    messenger.close();
    buffers.close();
    pipes.close();
  }
}
