package io.sluice.bufferlist;

import net.jqwik.api.lifecycle.AroundContainerHook;
import net.jqwik.api.lifecycle.ContainerLifecycleContext;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.Store;

/** {@link NoLeaks} for classes of properties: {@code @AddLifecycleHook(NoLeaksHook.class)}. */
public final class NoLeaksHook implements AroundContainerHook {
  @Override
  public void beforeContainer(ContainerLifecycleContext context) {
    storeOf(context).get(); // made now: a store is lazy
  }

  @Override
  public void afterContainer(ContainerLifecycleContext context) {
    storeOf(context).get().assertNothingLeaked(context.label());
  }

  private static Store<LeakCheck> storeOf(ContainerLifecycleContext context) {
    return Store.getOrCreate("NoLeaks " + context.label(), Lifespan.RUN, LeakCheck::new);
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.NO_DESCENDANTS;
  }
}
