package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.types.AddrVec;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MonHostsTest {
  private static String parsed(String text) {
    List<AddrVec> all = MonHosts.parse(text);
    return all.stream().map(a -> a.msgr2().toString()).collect(Collectors.joining(" "));
  }

  @Test
  void shouldReadEveryFormThatCephConfHas() {
    assertThat(parsed("[v2:127.0.0.1:3301]")).isEqualTo("v2:127.0.0.1:3301/0");
    assertThat(
            parsed(
                "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0],[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]"))
        .isEqualTo("v2:10.0.0.1:3300/0 v2:10.0.0.2:3300/0");
    assertThat(parsed("10.0.0.1, 10.0.0.2:4000"))
        .isEqualTo("v2:10.0.0.1:3300/0 v2:10.0.0.2:4000/0");
    assertThat(parsed("v2:10.0.0.1:3300 10.0.0.3"))
        .isEqualTo("v2:10.0.0.1:3300/0 v2:10.0.0.3:3300/0");
    assertThat(parsed("[v2:[::1]:3300]")).isEqualTo("v2:[0:0:0:0:0:0:0:1]:3300/0");
    assertThat(parsed("[::1]:3300")).isEqualTo("v2:[0:0:0:0:0:0:0:1]:3300/0");
  }

  @Test
  void shouldSayWhatIsWrongWhenTextIsNoAddress() {
    assertThatThrownBy(() -> MonHosts.parse("monhost:3300")).hasMessageContaining("monhost:3300");
    assertThatThrownBy(() -> MonHosts.parse("[v1:10.0.0.1:6789]"))
        .hasMessageContaining("no msgr2 address");
    assertThatThrownBy(() -> MonHosts.parse("[v2:10.0.0.1:3300"))
        .hasMessageContaining("[ without a ]");
    assertThatThrownBy(() -> MonHosts.parse("10.0.0.1:99999")).hasMessageContaining("port");
    assertThatThrownBy(() -> MonHosts.parse(" ")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldFindMonitorsInCephConf() {
    CephConf conf =
        CephConf.parse(
            "# comment\n[global]\n  mon host = [v2:127.0.0.1:3301] ; here\nauth-cluster required=none\n[osd]\nmon host = 1.1.1.1\n");
    assertThat(conf.monHosts()).hasSize(1);
    assertThat(conf.global("auth_cluster_required")).isEqualTo("none");
    assertThat(conf.global("mon_host")).isEqualTo("[v2:127.0.0.1:3301]");
    assertThatThrownBy(() -> CephConf.parse("[global]\n").monHosts())
        .hasMessageContaining("mon host");
  }
}
