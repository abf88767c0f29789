package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Changes that were asked for before an earlier one was agreed on. */
@ExtendWith(NoLeaks.class)
class MapEditTest {
  private final MonitorBench bench = new MonitorBench();

  private MonState edited(MonState state, String name, int flags) {
    Change change = new Change.EditMap(MapEdit.SET_FLAGS, name, "" + flags, bench.monitor.now());
    return change.applyTo(state).state();
  }

  @Test
  void shouldKeepTheFlagsThatSomebodyElseSetsMeanwhile() {
    int noout = MapFlags.settable("noout");
    int norecover = MapFlags.settable("norecover");
    MonState state = edited(bench.state(), "set", norecover);
    int before = state.osdMap().flags();
    assertThat(before & norecover).isNotZero();
    state = edited(edited(state, "unset", norecover), "set", noout);
    assertThat(state.osdMap().flags()).isEqualTo(before & ~norecover | noout);
    assertThat(edited(state, "", before).osdMap().flags()).as("older logs").isEqualTo(before);
  }
}
