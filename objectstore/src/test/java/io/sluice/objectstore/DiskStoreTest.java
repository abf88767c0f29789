package io.sluice.objectstore;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class DiskStoreTest extends ObjectStoreContract {
  static final UUID FSID = new UUID(0x1234, 0x5678);

  @TempDir Path dir;

  @Override
  ObjectStore open() throws Exception {
    return DiskStore.create(dir, FSID, 0, 64 << 20, config());
  }

  @Override
  ObjectStore reopen(ObjectStore store) throws Exception {
    store.close();
    return DiskStore.open(dir, FSID, 0, config());
  }

  static StoreConfig config() {
    FailStop fails =
        (what, cause) -> {
          throw new AssertionError(what, cause);
        };
    return StoreConfig.standard(new CopyMeter()).with(fails);
  }
}
