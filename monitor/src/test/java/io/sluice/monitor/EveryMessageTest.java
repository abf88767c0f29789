package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.MessageSweep;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Seeds;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonGetVersionReply;
import io.sluice.protocol.Message;
import io.sluice.protocol.MessageType;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/**
 * Every number that a message can have, with nothing, noise, and what another message says, from
 * clients, OSDs, monitors and managers: each is answered, ignored, or ends its own connection with
 * a reason; nobody else notices, and no message makes more than one line of the log.
 */
@ExtendWith(NoLeaks.class)
class EveryMessageTest {
  private static final int LINE_MAX = 4000;
  private static final AddrVec ADDRS = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6809, 7));

  private final long seed = Seeds.of("monitor.EveryMessageTest", 1_000_000);
  private final Random random = new Random(seed);
  private final MonitorBench bench = new MonitorBench();
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.sluice.monitor");
  private final Level level = logger.getLevel();
  private int ends;

  @BeforeEach
  void listen() {
    said.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(said);
    bench.osd(0);
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":1}");
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(said);
    logger.setAdditive(true);
    logger.setLevel(level);
  }

  /** One that says everything, over as many connections as it takes. */
  private final class Speaker {
    private final EntityName name;
    private FakeConnection connection;

    Speaker(EntityName name) {
      this.name = name;
      connect();
    }

    private void connect() {
      connection = new FakeConnection(name, ADDRS, bench.loop);
      bench.monitor.onReady(connection);
      bench.loop.settle();
    }

    void say(int type, int version, byte[] front) {
      said.list.clear();
      Envelope message = Envelope.of(type, version, 1, 5, front);
      bench.monitor.onMessage(connection, FakeConnection.incoming(message));
      bench.loop.settle();
      String what = "type 0x" + Integer.toHexString(type) + " of " + name + ", seed " + seed;
      // A client's first OSD map, a boot: a few lines at most, whatever is said.
      assertThat(said.list).as(what).hasSizeLessThan(4);
      for (ILoggingEvent line : said.list) {
        assertThat(line.getThrowableProxy()).as(what + ": " + line).isNull();
        assertThat(line.getFormattedMessage()).as(what).doesNotContain("\n");
        assertThat(line.getFormattedMessage().length()).as(what).isLessThan(LINE_MAX);
      }
      if (connection.closedBecause != null) {
        assertThat(connection.closedBecause).as(what).isNotBlank();
        ends++;
        bench.monitor.onClosed(connection, connection.closedBecause);
        connect();
      }
      connection.forget();
    }
  }

  private void assertServes(FakeConnection client, int handle) {
    bench.send(client, new MMonGetVersion(handle, "monmap"));
    assertThat(client.take(MessageType.MON_GET_VERSION_REPLY, MMonGetVersionReply::decode))
        .containsExactly(new MMonGetVersionReply(handle, 1, 1));
    client.forget();
  }

  @Test
  void shouldAnswerIgnoreOrEndWhateverIsSaid() {
    List<Speaker> speakers = new ArrayList<>();
    for (int type : new int[] {EntityName.CLIENT, EntityName.OSD, EntityName.MON, EntityName.MGR}) {
      speakers.add(new Speaker(new EntityName(type, 9)));
    }
    speakers.add(new Speaker(EntityName.osd(0)));
    FakeConnection quiet = bench.client();
    for (int type : MessageSweep.numbers()) {
      for (Speaker speaker : speakers) {
        for (byte[] front : MessageSweep.fronts(random)) {
          speaker.say(type, random.nextInt(9), front);
        }
        for (Message sample : SampleMessages.of((int) speaker.name.number())) {
          Envelope envelope = sample.toEnvelope();
          envelope.close();
          speaker.say(type, envelope.version(), envelope.front());
          if (type == envelope.type()) {
            for (int i = 0; i < 50; i++) {
              byte[] bent = MessageSweep.bent(envelope.front(), random);
              speaker.say(type, envelope.version(), bent);
            }
          }
        }
      }
      assertServes(quiet, type);
      bench.loop.advance(MonitorBench.MS);
    }
    assertThat(ends).as("some are refused").isPositive();
    assertThat(quiet.closedBecause).isNull();
  }

  @Test
  void shouldRefuseDataThatNoMessageOfItsKindHas() {
    FakeConnection client = bench.client();
    for (int type : MessageSweep.numbers()) {
      if (type == MessageType.MON_COMMAND || type == MessageType.COMMAND) {
        continue;
      }
      MessageHead head = new MessageHead(type, 1, 1, 127, 1, new byte[0], new byte[0], 1);
      assertThatThrownBy(() -> bench.monitor.plan(client, head))
          .as("0x%x", type)
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("1 bytes of data");
    }
  }
}
