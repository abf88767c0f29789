package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each claim about the data path names tests, of any module, and there are such tests. */
class DataPathParityTest {
  private static final Path TABLE = NamedTests.TOP.resolve("docs/datapath-parity.md");
  private static final int CLAIMS_MIN = 50;

  @Test
  void shouldNameTestsThatExistForEachClaim() throws IOException {
    NamedTests tests = new NamedTests();
    List<String> missing = new ArrayList<>();
    int claims = 0;
    for (String line : Files.readAllLines(TABLE)) {
      if (!line.startsWith("| ") || line.startsWith("| Claim ")) {
        continue;
      }
      claims++;
      String[] cells = line.split("\\|");
      missing.addAll(tests.missing(cells[2]));
      assertThat(NamedTests.count(cells[2])).as("tests of the claim: " + cells[1]).isPositive();
    }
    assertThat(missing).isEmpty();
    assertThat(claims).isGreaterThanOrEqualTo(CLAIMS_MIN);
  }
}
