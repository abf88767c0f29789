package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.types.EntityName;
import org.junit.jupiter.api.Test;

/** Ids from durable batches: new ones once, old ones to those who hold them. */
class GlobalIdPoolTest {
  private static final EntityName CLIENT = EntityName.client(0);

  private final GlobalIdPool pool = new GlobalIdPool();

  @Test
  void shouldRefuseWhenThereIsNoDurableBatch() {
    assertThatThrownBy(() -> pool.grant(CLIENT, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldGrantEveryIdOnceAndGoOnWithTheNextBatch() {
    pool.add(100, 2);
    pool.add(500, 2);
    assertThat(pool.grant(CLIENT, 0)).isEqualTo(100);
    assertThat(pool.grant(CLIENT, 0)).isEqualTo(101);
    assertThat(pool.grant(CLIENT, 0)).isEqualTo(500);
    assertThat(pool.low()).isTrue();
  }

  @Test
  void shouldGiveAnIdBackToAPeerThatHoldsItButNoneThatIsStillToBeGranted() {
    pool.add(100, 10);
    assertThat(pool.grant(CLIENT, 0)).isEqualTo(100);
    assertThat(pool.grant(CLIENT, 100)).as("its own").isEqualTo(100);
    assertThat(pool.grant(CLIENT, 60)).as("of an earlier batch").isEqualTo(60);
    assertThat(pool.grant(CLIENT, 105)).as("not granted yet").isEqualTo(101);
    assertThat(pool.grant(CLIENT, 5_000)).as("nobody's").isEqualTo(102);
  }
}
