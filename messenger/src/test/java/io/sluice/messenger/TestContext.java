package io.sluice.messenger;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;

/** What receivers draw on where there is no messenger. */
final class TestContext {
  static final PipePool PIPES = new PipePool(Linux.instance(), new CopyMeter(), 8);
  static final ReceiveContext INSTANCE =
      new ReceiveContext(
          PIPES,
          new DirectBuffers(64 << 20),
          new ReceiveSlots(PIPES.sys(), PIPES.meter()),
          new LoopMemory(PIPES));

  private TestContext() {}
}
