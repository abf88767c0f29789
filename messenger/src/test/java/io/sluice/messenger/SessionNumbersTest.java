package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.messenger.SessionNumbers.Verdict;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import org.junit.jupiter.api.Test;

/** What a connection that comes in is told, case by case. (ceph: msgr2 protocol, reconnect) */
class SessionNumbersTest {
  private static final EntityAddr ADDR = EntityAddr.msgr2("10.0.0.1", 6800, 5);
  private static final long COOKIE = 77;

  private static ClientIdent ident(long cookie, long globalSeq) {
    return new ClientIdent(
        AddrVec.of(ADDR), ADDR, 1, globalSeq, ClientIdent.Features.ours(0), cookie);
  }

  private static Reconnect reconnect(long cookie, long globalSeq, long connectSeq) {
    return new Reconnect(AddrVec.of(ADDR), cookie, 1, globalSeq, connectSeq, 0);
  }

  /** Accepted from the peer at its global_seq 10. */
  private static SessionNumbers established() {
    SessionNumbers numbers = new SessionNumbers();
    numbers.accept(ident(COOKIE, 10));
    return numbers;
  }

  @Test
  void shouldTakeTheFirstConnection() {
    assertThat(new SessionNumbers().onIdent(ident(COOKIE, 1), false, false, false))
        .isEqualTo(Verdict.TAKE);
  }

  @Test
  void shouldLetTheLowerAddressWinWhenBothConnectAtOnce() {
    SessionNumbers ours = new SessionNumbers();
    ours.beginAttempt();
    assertThat(ours.onIdent(ident(COOKIE, 1), true, false, true)).isEqualTo(Verdict.TAKE);
    assertThat(ours.onIdent(ident(COOKIE, 1), true, false, false)).isEqualTo(Verdict.OURS_WINS);
  }

  @Test
  void shouldGoOnWithASessionWhoseServerIdentGotLost() {
    SessionNumbers numbers = established();
    assertThat(numbers.onIdent(ident(COOKIE, 11), false, false, false)).isEqualTo(Verdict.TAKE);
    assertThat(numbers.onIdent(ident(COOKIE, 11), false, true, false))
        .isEqualTo(Verdict.PEER_FORGOT);
  }

  @Test
  void shouldKnowAnotherLifeOfThePeerByItsCookie() {
    assertThat(established().onIdent(ident(COOKIE + 1, 11), false, true, true))
        .isEqualTo(Verdict.PEER_FORGOT);
  }

  @Test
  void shouldCloseALateConnection() {
    assertThat(established().onIdent(ident(COOKIE, 9), false, false, true))
        .isEqualTo(Verdict.STALE);
  }

  @Test
  void shouldGoOnWithAHigherConnectSeq() {
    SessionNumbers numbers = established();
    assertThat(numbers.onReconnect(reconnect(COOKIE, 11, 1), false)).isEqualTo(Verdict.TAKE);
    numbers.resume(reconnect(COOKIE, 11, 1));
    assertThat(numbers.onReconnect(reconnect(COOKIE, 12, 2), false)).isEqualTo(Verdict.TAKE);
  }

  @Test
  void shouldResetWhoeverBringsAnUnknownCookie() {
    assertThat(established().onReconnect(reconnect(COOKIE + 1, 11, 1), true))
        .isEqualTo(Verdict.WE_FORGOT);
  }

  @Test
  void shouldBeginAgainWhenOurServerIdentNeverCame() {
    SessionNumbers ours = new SessionNumbers();
    ours.beginAttempt();
    assertThat(ours.onReconnect(reconnect(ours.clientCookie(), 11, 1), true))
        .isEqualTo(Verdict.BEGIN_AGAIN);
  }

  @Test
  void shouldAskForHigherNumbers() {
    SessionNumbers numbers = established();
    numbers.beginAttempt();
    numbers.beginAttempt();
    assertThat(numbers.onReconnect(reconnect(COOKIE, 9, 1), true)).isEqualTo(Verdict.RETRY_GLOBAL);
    assertThat(numbers.onReconnect(reconnect(COOKIE, 10, 1), true)).isEqualTo(Verdict.RETRY);
    numbers.retry(41);
    assertThat(numbers.connectSeq()).isEqualTo(42);
  }

  @Test
  void shouldLetTheLowerAddressWinWhenBothReconnectAtOnce() {
    SessionNumbers numbers = established();
    numbers.beginAttempt();
    assertThat(numbers.onReconnect(reconnect(COOKIE, 11, 1), true)).isEqualTo(Verdict.TAKE);
    assertThat(numbers.onReconnect(reconnect(COOKIE, 11, 1), false)).isEqualTo(Verdict.OURS_WINS);
  }

  @Test
  void shouldOrderAddressesByTheBytesCephCompares() {
    EntityAddr nonce1 = EntityAddr.msgr2("10.0.0.9", 9000, 1);
    EntityAddr nonce256 = EntityAddr.msgr2("10.0.0.1", 1000, 256);
    assertThat(AddressOrder.INSTANCE.compare(nonce256, nonce1)).isNegative(); // 00 01 < 01 00
    EntityAddr low = EntityAddr.msgr2("10.0.0.1", 6800, 1);
    EntityAddr high = EntityAddr.msgr2("10.0.0.200", 6800, 1);
    EntityAddr port = EntityAddr.msgr2("10.0.0.1", 6801, 1);
    assertThat(AddressOrder.INSTANCE.compare(low, high)).isNegative();
    assertThat(AddressOrder.INSTANCE.compare(port, high)).isPositive();
    assertThat(AddressOrder.INSTANCE.compare(low, low)).isZero();
  }
}
