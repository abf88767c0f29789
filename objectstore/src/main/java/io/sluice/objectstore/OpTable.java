package io.sluice.objectstore;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What a store does for each kind of operation, chosen in one table.
 *
 * @param <C> what the operations are applied to
 */
final class OpTable<C> {
  private final Map<Class<?>, BiConsumer<C, Transaction.Op>> handlers = new HashMap<>();

  <T extends Transaction.Op> OpTable<C> on(Class<T> type, BiConsumer<C, T> handler) {
    handlers.put(type, (context, op) -> handler.accept(context, type.cast(op)));
    return this;
  }

  /** Checks that no kind of operation was forgotten. */
  OpTable<C> complete() {
    for (Class<?> type : Transaction.Op.class.getPermittedSubclasses()) {
      if (!handlers.containsKey(type)) {
        throw new IllegalStateException("no handler for " + type.getSimpleName());
      }
    }
    return this;
  }

  void apply(C context, Transaction.Op op) {
    handlers.get(op.getClass()).accept(context, op);
  }
}
