package io.sluice.bufferlist;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test class that ends with more pipes, memfds, mappings, leased buffers, descriptors or
 * native objects than it began with: {@code @ExtendWith(NoLeaks.class)}. For jqwik see {@link
 * NoLeaksHook}.
 */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
  private static final Namespace OURS = Namespace.create(NoLeaks.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getStore(OURS).put(context.getUniqueId(), new LeakCheck());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    LeakCheck check = context.getStore(OURS).remove(context.getUniqueId(), LeakCheck.class);
    check.assertNothingLeaked(context.getDisplayName());
  }
}
