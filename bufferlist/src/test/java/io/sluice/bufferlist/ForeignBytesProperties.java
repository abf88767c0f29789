package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** No byte of one client ever appears at another, whatever fails while they share the pipes. */
@AddLifecycleHook(NoLeaksHook.class)
class ForeignBytesProperties {
  private static final int STEPS = 40;
  private static final int LARGEST = 100_000;

  /** One client: its socket carries nothing but its own letter. */
  private record Client(byte letter, int[] ends) {}

  @Property(tries = 60)
  void everyClientGetsOnlyItsOwnBytes(@ForAll long seed) {
    Random random = new Random(seed);
    FaultySys faults = new FaultySys(Linux.instance());
    Client[] clients = new Client[3];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = new Client((byte) ('A' + i), i == 0 ? Sockets.tcp() : Sockets.unix());
    }
    try (PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 4)) {
      for (int step = 0; step < STEPS; step++) {
        Client client = clients[random.nextInt(clients.length)];
        int before = pool.inUse();
        faults.random(random.nextLong(), 0.15, Sys.EIO, Sys.EPIPE, Sys.EAGAIN, Sys.EINTR, 0, 0);
        echo(client, pool, faults, random);
        faults.heal();
        assertThat(pool.inUse()).isEqualTo(before);
        assertThat(pool.pooled()).isLessThanOrEqualTo(4);
      }
    } finally {
      for (Client client : clients) {
        Sockets.close(client.ends());
      }
    }
  }

  /**
   * In through a socket, perhaps looked at, twinned or cut, and back out; anything may break off.
   */
  private static void echo(Client client, PipePool pool, FaultySys faults, Random random) {
    int size = 1 + random.nextInt(LARGEST);
    int sent = send(client, size);
    try (SpliceReader reader =
        new SpliceReader(pool, pool.meter(), Endpoint.socket(client.ends()[1]), size, 0)) {
      long wanted = 1 + random.nextInt(size); // perhaps the message is broken off half way
      attempt(() -> reader.advance(wanted));
      try (BufferList list = reader.claim()) {
        attempt(() -> look(client, list, pool, random));
        try (SpliceWriter writer =
            new SpliceWriter(pool, list, Endpoint.socket(client.ends()[1]))) {
          attempt(() -> writer.advance(1 + random.nextInt(size)));
          faults.heal(); // a failing munmap is reported by close
        }
      }
    }
    receive(client, faults);
    assertThat(sent).isPositive();
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void attempt(Step step) {
    try {
      step.run();
    } catch (AssertionError foreign) {
      throw foreign;
    } catch (Exception reported) {
      boolean munmap = String.valueOf(reported.getMessage()).startsWith("munmap");
      assertThat(
              munmap
                  || reported instanceof java.io.IOException
                  || reported instanceof java.io.UncheckedIOException)
          .as("%s", reported)
          .isTrue();
    }
  }

  private static void look(Client client, BufferList list, PipePool pool, Random random) {
    if (list.isEmpty()) {
      return;
    }
    int from = random.nextInt((int) list.length());
    switch (random.nextInt(4)) {
      case 0 -> assertOwn(client, list.toByteArray(pool, Inspection.DEBUG));
      case 1 -> {
        try (BufferList part = list.slice(from, list.length() - from)) {
          assertOwn(client, part.claimBytes(pool, Inspection.DEBUG));
        }
      }
      case 2 -> list.spliceOut(0, from).close();
      default -> {
        BufferList twin = list.twin(pool);
        if (twin != null) {
          twin.close(); // full: its pipes are closed
        }
      }
    }
  }

  private static int send(Client client, int size) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size);
    for (int i = 0; i < size; i++) {
      bytes.put(i, client.letter());
    }
    return (int) Linux.instance().write(client.ends()[0], DirectBuffers.addressOf(bytes), size);
  }

  /** Both directions are emptied, and looked at. */
  private static void receive(Client client, FaultySys faults) {
    ByteBuffer room = ByteBuffer.allocateDirect(LARGEST);
    for (int fd : client.ends()) {
      long count;
      while ((count = Linux.instance().recv(fd, DirectBuffers.addressOf(room), LARGEST, 0)) > 0) {
        byte[] got = new byte[(int) count];
        room.get(0, got);
        assertOwn(client, got);
      }
    }
    assertThat(faults.calls()).isPositive();
  }

  private static void assertOwn(Client client, byte[] bytes) {
    for (byte b : bytes) {
      if (b != client.letter()) {
        throw new AssertionError((char) client.letter() + " got a byte " + b);
      }
    }
  }
}
