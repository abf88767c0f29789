package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a session is given up although each connection comes about. */
class UnackedTest {
  private static void lay(Unacked unacked, long seq) {
    unacked.claimLaidOut(seq, PeerPair.message(seq, 10), 10);
    unacked.sent();
  }

  /** Cuts until the session is given up. */
  private static int cuts(Unacked unacked) {
    for (int cuts = 1; cuts < 1000; cuts++) {
      unacked.cut();
      if (unacked.cutInVain()) {
        return cuts;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void shouldGiveUpWhenTheSameMessageBreaksEveryConnection() {
    Unacked unacked = new Unacked();
    lay(unacked, 1);
    lay(unacked, 2);
    for (int i = 0; i < MessengerLimits.CUTS_IN_VAIN_MAX; i++) {
      unacked.cut();
      assertThat(unacked.cutInVain()).isFalse();
    }
    unacked.acked(1); // it moves: others are to blame for the cuts
    assertThat(cuts(unacked)).isEqualTo(MessengerLimits.CUTS_IN_VAIN_MAX + 1);
    unacked.acked(2);
    assertThat(cuts(unacked)).as("nothing waits").isEqualTo(Integer.MAX_VALUE);
    unacked.discard();
  }
}
