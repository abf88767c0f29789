package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;

/** A list of memory, files and real pipes against a byte array that ought to be the same. */
@AddLifecycleHook(NoLeaksHook.class)
class BufferListProperties {
  @Property
  void behavesLikeAnArray(@ForAll("operations") ActionChain<ListModel> chain) {
    ListModel last = chain.withInvariant(ListModel::check).run();
    last.end();
  }

  /** The same while the kernel and the budget refuse at random: nothing is lost, nothing leaks. */
  @Property
  void losesNothingWhenPipesAreRefused(
      @ForAll("refusing") ActionChain<ListModel> chain, @ForAll long seed) {
    ListModel last = chain.withInvariant(ListModel::check).run();
    last.end();
    assertThat(last.pool().inUse()).isZero();
  }

  @Provide
  Arbitrary<ActionChain<ListModel>> operations() {
    return chainFrom(16, 0);
  }

  @Provide
  Arbitrary<ActionChain<ListModel>> refusing() {
    return chainFrom(5, 0.3);
  }

  private static Arbitrary<ActionChain<ListModel>> chainFrom(int pipes, double chance) {
    return ActionChain.<ListModel>startWith(() -> new ListModel(pipes, chance))
        .withAction(3, sized("append pipe", 200_000, ListModel::appendPipe))
        .withAction(2, sized("append memory", 9_000, ListModel::appendMemory))
        .withAction(2, sized("append file", 50_000, ListModel::appendFile))
        .withAction(2, sized("twin and drain", 1, (m, n) -> m.twin()))
        .withAction(2, sized("look", 1, (m, n) -> m.look()))
        .withAction(2, sized("checksum", 1000, ListModel::checksum))
        .withAction(1, sized("slice", 100_000, ListModel::slice))
        .withAction(1, sized("poll", 1, (m, n) -> m.poll()))
        .withAction(1, sized("drain a part of the first pipe", 50_000, ListModel::consume))
        .withAction(1, sized("drain pipes", 1, (m, n) -> m.drainPipes()))
        .withAction(1, sized("claim another list", 30_000, ListModel::claimOther))
        .withMaxTransformations(14);
  }

  private interface Operation {
    void apply(ListModel model, int size);
  }

  private static Action.Independent<ListModel> sized(String name, int max, Operation operation) {
    return () ->
        Arbitraries.integers()
            .between(0, max)
            .map(
                n ->
                    Transformer.mutate(
                        name + " " + n, (ListModel model) -> operation.apply(model, n)));
  }
}
