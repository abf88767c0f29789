package io.sluice.bufferlist;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyAttributes;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** Every property, of any module, begins at the seed of its name; see {@link Seeds}. */
public final class SeedHook implements AroundPropertyHook {
  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    PropertyAttributes attributes = context.attributes();
    if (!Seeds.FRESH && attributes.seed().isEmpty()) {
      attributes.setSeed(Long.toString(Seeds.of(name(context))));
    }
    return property.execute();
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  private static String name(PropertyLifecycleContext context) {
    return context.containerClass().getName() + "." + context.label();
  }
}
