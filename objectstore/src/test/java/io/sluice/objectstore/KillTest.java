package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.ObjectId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that writes and is killed: what it acknowledged is there, whole, and the store is
 * sound.
 */
@Tag("long")
@ExtendWith(NoLeaks.class)
@Timeout(120)
class KillTest {
  private static final int ROUNDS = 2;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 200;
  private static final int RECOVERIES_KILLED = 2;

  /** About what opening takes. */
  private static final int RECOVERY_MILLIS = 300;

  /** Instead of a first number: only opens the store. */
  private static final int NO_WRITES = -1;

  @TempDir Path dir;

  @Test
  void shouldKeepWhatWasAcknowledgedWhenKilled() throws Exception {
    Mkfs.make(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), TestStore.BYTES, Linux.instance());
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> acknowledged = writeAndKill(round * 100_000);
      killRecovery(round);
      assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
      try (TestStore store = TestStore.open(dir, Linux.instance())) {
        // Object i%50 holds the content of the last write to it, acknowledged or not, but never an
        // older one.
        for (int i : acknowledged) {
          byte[] bytes = store.read(object(i), 0, 1 << 20);
          int found = ByteBuffer.wrap(bytes).getInt();
          assertThat(found).isGreaterThanOrEqualTo(i);
          assertThat(bytes).isEqualTo(content(found));
        }
      }
    }
  }

  private Process start(int first) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            dir.toString(),
            Integer.toString(first))
        .redirectError(new File("target", "kill-test.err"))
        .start();
  }

  private static void end(Process process) throws InterruptedException {
    assertThat(process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).as("killed").isTrue();
  }

  private List<Integer> writeAndKill(int first) throws Exception {
    Process process = start(first);
    List<Integer> acknowledged = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("opening");
      while (acknowledged.size() < ACKNOWLEDGED_BEFORE_KILL) {
        String line = lines.readLine();
        assertThat(line).as("the writer ended, see target/kill-test.err").isNotNull();
        acknowledged.add(Integer.valueOf(line));
      }
    } finally {
      end(process);
    }
    return acknowledged;
  }

  /** Ends processes while they open the store: at once, and at moments from a seed. */
  private void killRecovery(int round) throws Exception {
    Random random = new Random(round);
    for (int i = 0; i < RECOVERIES_KILLED; i++) {
      Process process = start(NO_WRITES);
      try (BufferedReader lines = process.inputReader()) {
        assertThat(lines.readLine()).isEqualTo("opening");
        process.waitFor(random.nextInt(RECOVERY_MILLIS), TimeUnit.MILLISECONDS);
      } finally {
        end(process);
      }
    }
  }

  private static ObjectId object(int i) {
    return ObjectStoreContract.object("o" + i % 50);
  }

  /** Begins with its number; staged or inline. */
  private static byte[] content(int i) {
    byte[] bytes = ObjectStoreContract.bytes(i % 2 == 0 ? 5_000 + i % 7 * 30_000 : 1000, i);
    ByteBuffer.wrap(bytes).putInt(i);
    return bytes;
  }

  /** Writes until it is killed; a line for each acknowledgement. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      Path dir = Path.of(arguments[0]);
      System.out.println("opening");
      System.out.flush();
      DiskStore store = DiskStore.open(dir, DiskStoreTest.FSID, 0, DiskStoreTest.config());
      Semaphore inFlight = new Semaphore(16);
      for (int i = Integer.parseInt(arguments[1]); i != NO_WRITES; i++) {
        inFlight.acquire();
        int number = i;
        byte[] bytes = content(i);
        Transaction transaction =
            new Transaction(ObjectStoreContract.PG).add(new Transaction.CreateCollection());
        transaction.add(new Transaction.Truncate(object(i), 0));
        if (i % 2 == 0) {
          StagedWrite staged = store.claimStage(BufferList.wrap(bytes), null);
          transaction.add(new Transaction.Write(object(i), 0, staged));
        } else {
          transaction.add(new Transaction.WriteInline(object(i), 0, bytes));
        }
        store.commit(
            transaction,
            () -> {
              System.out.println(number);
              System.out.flush();
              inFlight.release();
            });
      }
    }
  }
}
