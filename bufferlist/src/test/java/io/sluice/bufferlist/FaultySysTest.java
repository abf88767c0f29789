package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FaultySysTest {
  private final FaultySys faults = new FaultySys(Linux.instance());
  private final Sys sys = faults.sys();
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(100);
  private final long address = DirectBuffers.addressOf(bytes);

  @Test
  void shouldFailTheCallItWasToldTo() {
    int fd = sys.memfdCreate("faulty", 1);
    faults.failNth("pwrite", 2, Sys.ENOSPC);
    assertThat(sys.pwrite(fd, address, 10, 0)).isEqualTo(10);
    assertThat(sys.pwrite(fd, address, 10, 0)).isEqualTo(-Sys.ENOSPC);
    assertThat(sys.pwrite(fd, address, 10, 0)).isEqualTo(10);
    faults.failAlways("fdatasync", Sys.EIO);
    assertThat(sys.fdatasync(fd)).isEqualTo(-Sys.EIO);
    assertThat(sys.fdatasync(fd)).isEqualTo(-Sys.EIO);
    faults.heal();
    assertThat(sys.fdatasync(fd)).isZero();
    assertThat(faults.calls("pwrite")).isEqualTo(3);
    assertThat(faults.calls()).isEqualTo(7);
    faults.failNth("close", 1, Sys.EIO);
    assertThat(sys.close(fd)).isEqualTo(-Sys.EIO);
    assertThat(sys.close(fd)).isEqualTo(-9);
    assertThat(sys.describe(5)).isEqualTo("Input/output error");
  }

  @Test
  void shouldComeShortAlsoWhenGathering() {
    int fd = sys.memfdCreate("faulty", 1);
    ByteBuffer iov = ByteBuffer.allocateDirect(48).order(ByteOrder.nativeOrder());
    iov.putLong(0, address)
        .putLong(8, 0)
        .putLong(16, address)
        .putLong(24, 40)
        .putLong(32, address)
        .putLong(40, 9);
    long pieces = DirectBuffers.addressOf(iov);
    faults.shortenNth("pwritev", 1, 7).shortenNth("pread", 1, 3).shortenNth("pread", 2, 0);
    assertThat(sys.pwritev(fd, pieces, 3, 0)).isEqualTo(7);
    assertThat(sys.pwritev(fd, pieces, 3, 0)).isEqualTo(49);
    assertThat(sys.pread(fd, address, 10, 0)).isEqualTo(3);
    assertThat(sys.pread(fd, address, 10, 0)).isZero();
    assertThat(sys.pread(fd, address, 10, 0)).isEqualTo(10);
    sys.close(fd);
  }

  @Test
  void shouldGiveTheSameFaultsForTheSameSeed() {
    assertThat(outcomes(42))
        .isEqualTo(outcomes(42))
        .isNotEqualTo(outcomes(43))
        .contains("-5")
        .contains("-11");
  }

  private static String outcomes(long seed) {
    Sys sys = new FaultySys(Linux.instance()).random(seed, 0.3, Sys.EIO, Sys.EAGAIN).sys();
    StringBuilder all = new StringBuilder();
    int[] value = new int[1];
    for (int i = 0; i < 50; i++) {
      all.append(sys.getsockopt(-1, 1, 3, value)).append(sys.readable(-1)).append(' ');
    }
    return all.toString();
  }

  @Test
  void shouldRefuseCallsThatSysDoesNotHave() {
    assertThatThrownBy(() -> faults.failNth("spliec", 1, 5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> faults.shortenNth("fsync", 1, 5))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
