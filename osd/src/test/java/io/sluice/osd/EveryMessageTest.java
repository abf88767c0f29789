package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MessageSweep;
import io.sluice.bufferlist.Seeds;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PeerActivated;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.StoreRoom;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Every number that a message can have, with nothing, noise, and the beginning of what is right,
 * from a client, an OSD that nobody knows (over a connection and over a session), and a monitor:
 * each is answered, ignored, or ends its own connection; another client works on, and the daemon
 * neither stops nor says more than a line of its own.
 */
class EveryMessageTest {
  private static final byte[] NOTHING = {};

  /** Version, compat version and length. */
  private static final int STRUCT_BYTES = 6;

  private final long seed = Long.getLong("sweep.seed", Seeds.of("osd.EveryMessageTest", 1_000_000));
  private final Random random = new Random(seed);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.sluice");

  @TempDir private Path dir;

  /** The start of every message between OSDs, of the group's present interval, and noise. */
  private byte[] scoped(PeerScope scope) {
    byte[] noise = new byte[random.nextInt(100)];
    random.nextBytes(noise);
    byte[] whole = new PeerActivated(scope, new StoreRoom(0, 0)).encodeFront();
    byte[] start = Arrays.copyOfRange(whole, STRUCT_BYTES, whole.length - Integer.BYTES);
    Encoder to = new Encoder();
    int mark = to.begin(PeerMessage.VERSION, PeerMessage.VERSION);
    return to.raw(start).raw(noise).end(mark).toByteArray();
  }

  private Envelope with(Envelope message, int bytes) {
    byte[] data = new byte[bytes];
    random.nextBytes(data);
    return bytes == 0 ? message : message.claimData(BufferList.wrap(data), NOTHING, null);
  }

  /** What waits for a map is an OSD's as long as its session, which outlives this test. */
  private void sweep(RawSpeaker speaker, boolean session, PgId pg, int interval) throws Exception {
    for (int type : MessageSweep.numbers()) {
      if (session && type == MessageType.OSD_OP) {
        continue;
      }
      List<byte[]> fronts = new ArrayList<>(MessageSweep.fronts(random));
      fronts.add(scoped(new PeerScope(pg, interval, 0)));
      fronts.add(scoped(new PeerScope(pg, -1, 1)));
      fronts.add(scoped(new PeerScope(new PgId(99, 5), interval + 5, 1)));
      if (!isKnown(type)) {
        fronts.retainAll(List.of(fronts.get(random.nextInt(fronts.size()))));
      }
      for (byte[] front : fronts) {
        int version = type == MessageType.OSD_OP ? 8 : random.nextInt(9);
        Envelope message = Envelope.of(type, version, 1, 5, front);
        speaker.say(with(message, random.nextInt(3) * 10));
      }
    }
  }

  /** What an OSD looks into; one front of each other kind will do. */
  private static boolean isKnown(int type) {
    return type == MessageType.OSD_OP
        || type == MessageType.OSD_OP_REPLY
        || type == MessageType.COMMAND
        || PeerMessage.covers(type);
  }

  @Test
  void shouldAnswerIgnoreOrEndWhateverIsSaid() throws Exception {
    Level level = logger.getLevel();
    said.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(said);
    try (LiveCluster cluster = new LiveCluster(dir, 16)) {
      LiveClient client = cluster.client();
      long pool = cluster.createPool("ingest");
      client.run(pool, "kept", LiveClient.writeFull(new byte[10]));
      PgId pg = new PgId(pool, 0);
      int interval = cluster.primary(pool).entry().intervalSince();
      EntityName[] names = {EntityName.client(77), EntityName.osd(7), EntityName.mon(1)};
      for (EntityName name : names) {
        try (RawSpeaker speaker = new RawSpeaker(name, false, cluster.osd(0))) {
          sweep(speaker, false, pg, interval);
        }
        assertThat(client.run(pool, "kept", LiveClient.read()).data()).hasSize(10);
      }
      try (RawSpeaker peer = new RawSpeaker(EntityName.osd(7), true, cluster.osd(0))) {
        sweep(peer, true, pg, interval);
      }
      assertThat(client.run(pool, "kept", LiveClient.read()).data()).hasSize(10);
      assertThat(cluster.osd(0).stops).as("seed %d", seed).isEmpty();
      assertThat(cluster.osd(1).stops).as("seed %d", seed).isEmpty();
      cluster.awaitIdle();
    } finally {
      logger.detachAppender(said);
      logger.setAdditive(true);
      logger.setLevel(level);
    }
    for (ILoggingEvent line : List.copyOf(said.list)) {
      assertThat(line.getLevel().isGreaterOrEqual(Level.ERROR)).as("%s", line).isFalse();
      assertThat(line.getThrowableProxy()).as("%s", line).isNull();
      assertThat(line.getFormattedMessage()).doesNotContain("\n");
    }
  }

  /** Operations of a map that will not come for long hold up nobody, and go with their client. */
  @Test
  void shouldLetGoOfWhatWaitsForAMapWhenItsClientIsGone() throws Exception {
    try (LiveCluster cluster = new LiveCluster(dir, 16)) {
      LiveClient client = cluster.client();
      long pool = cluster.createPool("ingest");
      client.run(pool, "kept", LiveClient.writeFull(new byte[10]));
      LiveOsd osd = cluster.osd(0);
      try (RawSpeaker speaker = new RawSpeaker(EntityName.client(78), false, osd)) {
        for (int i = 0; i < 50; i++) {
          speaker.send(early(pool).withTid(i).toEnvelope());
        }
        LiveCluster.await("they wait", () -> osd.counter("op_wip") == 50);
        assertThat(client.run(pool, "kept", LiveClient.read()).data()).hasSize(10);
      }
      LiveCluster.await("they are let go", () -> osd.counter("op_wip") == 0);
    }
  }

  private static MOSDOp early(long pool) {
    ObjectId object = ObjectId.head(pool, "", "", "kept", 0);
    List<OsdOp> steps = List.of(OsdOp.extent(OpCode.READ, 0, 10));
    return MOSDOp.of(object, new PgId(pool, 0), Integer.MAX_VALUE, OpFlags.READ, steps);
  }
}
