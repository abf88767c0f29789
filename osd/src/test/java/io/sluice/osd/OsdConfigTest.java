package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.PipeBudget;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OsdConfigTest {
  private static final int MIB = 1 << 20;

  @Test
  void shouldShareTheUsersPipesAmongThoseWhoWantThem() {
    PipeBudget user = new PipeBudget(16_384, 20_000, MIB, false);
    assertThat(OsdConfig.pipesFor(user, 1)).isEqualTo(64);
    assertThat(OsdConfig.pipesFor(user, 4)).isEqualTo(16);
    assertThat(OsdConfig.pipesFor(user, 100)).isZero();
    PipeBudget root = new PipeBudget(16_384, 20_000, MIB, true);
    assertThat(OsdConfig.pipesFor(root, 4)).isEqualTo(128);
    assertThat(OsdConfig.pipesFor(new PipeBudget(0, 1024, MIB, false), 4)).isEqualTo(128);
    assertThat(OsdConfig.pipesFor(new PipeBudget(0, 256, MIB, false), 4)).isEqualTo(64);
  }

  @Test
  void shouldTakeItsPartOfWhatThisProcessMayHave() {
    AddrVec monitor = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 3300, 0));
    OsdConfig config =
        OsdConfig.of(
            1,
            new UUID(1, 2),
            Path.of("none"),
            MIB,
            EntityAddr.msgr2("127.0.0.1", 0, 0),
            List.of(monitor));
    int all = OsdConfig.pipesFor(PipeBudget.ofThisProcess(), 1);
    assertThat(config.withPipeSharers(1).pipes()).isEqualTo(all);
    assertThat(config.withPipeSharers(8).pipes()).isLessThanOrEqualTo(all);
    assertThat(config.osdsOfHost()).isEqualTo(3);
    assertThat(config.withPipeSharers(8).withHost("other").osdsOfHost()).isEqualTo(7);
    assertThat(config.withPipeSharers(1).osdsOfHost()).isEqualTo(1);
    assertThatThrownBy(() -> config.withPipeSharers(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
