package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.NoLeaks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class MemoryStoreTest extends ObjectStoreContract
    implements SharingContract,
        CollectionContract,
        ReadContract,
        OverwriteContract,
        ListingContract {
  @Override
  ObjectStore open() {
    return new MemoryStore(Runnable::run, null, 64 << 20);
  }

  @Override
  ObjectStore reopen(ObjectStore store) {
    return ((MemoryStore) store).crash(Runnable::run);
  }

  @Test
  void shouldForgetWhatWasQueuedWhenItCrashes() throws Exception {
    Deque<Runnable> tasks = new ArrayDeque<>();
    List<String> called = new ArrayList<>();
    MemoryStore before = new MemoryStore(tasks::add);
    before.commit(
        new Transaction(PG).add(new Transaction.CreateCollection()), () -> called.add("made"));
    tasks.poll().run();
    before.commit(
        new Transaction(PG)
            .add(
                new Transaction.Write(A, 0, before.claimStage(BufferList.wrap(new byte[5]), null))),
        () -> called.add("lost"));
    assertThat(before.stat(PG, A)).isEmpty();
    MemoryStore after = before.crash(tasks::add);
    tasks.forEach(Runnable::run);
    assertThat(called).containsExactly("made");
    assertThat(after.exists(PG)).isTrue();
    assertThat(after.stat(PG, A)).isEmpty();
  }
}
