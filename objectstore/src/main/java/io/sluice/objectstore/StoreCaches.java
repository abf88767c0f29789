package io.sluice.objectstore;

/**
 * All that a {@link DiskStore} keeps of what is on disk, but RocksDB's own block cache.
 *
 * <p><b>Threads:</b> any.
 */
record StoreCaches(MetadataView view, Readers readers) implements ObjectStore.Caches {
  @Override
  public void inlineMax(long bytes) {
    view.inline().resize(bytes);
  }

  @Override
  public void pipesMax(int pipes) {
    readers.checkedPipesMax(pipes);
  }

  @Override
  public void letGoOfIdle() {
    readers.letGoOfIdle();
  }

  @Override
  public void drop() {
    view.dropCaches();
    readers.dropCaches();
  }
}
