package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.ObjectId;
import java.io.BufferedReader;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that writes and is killed: what it acknowledged is there, whole, and the store is
 * sound.
 */
@ExtendWith(NoLeaks.class)
class KillTest {
  private static final int ROUNDS = 3;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 200;

  @TempDir Path dir;

  @Test
  void shouldKeepWhatWasAcknowledgedWhenKilled() throws Exception {
    Mkfs.make(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), TestStore.BYTES, Linux.instance());
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> acknowledged = writeAndKill(round * 100_000);
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

  private List<Integer> writeAndKill(int first) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                dir.toString(),
                Integer.toString(first))
            .redirectError(new File("target", "kill-test.err"))
            .start();
    List<Integer> acknowledged = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      while (acknowledged.size() < ACKNOWLEDGED_BEFORE_KILL) {
        String line = lines.readLine();
        assertThat(line).as("the writer ended, see target/kill-test.err").isNotNull();
        acknowledged.add(Integer.valueOf(line));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return acknowledged;
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
      DiskStore store = DiskStore.open(dir, DiskStoreTest.FSID, 0, DiskStoreTest.config());
      Semaphore inFlight = new Semaphore(16);
      for (int i = Integer.parseInt(arguments[1]); ; i++) {
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
