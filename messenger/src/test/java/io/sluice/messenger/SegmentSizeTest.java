package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentSizeTest {
  @ParameterizedTest
  @CsvSource({"1500, 0", "4167, 0", "4168, 4108", "9000, 8204", "65536, 28684"})
  void shouldHoldWholePagesAndTimestamps(int mtu, int segment) {
    assertThat(SegmentSize.forMtu(mtu)).isEqualTo(segment);
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1448, false", "4096, true", "8192, true", "28672, true", "65484, false"})
  void shouldKnowWholePages(int mss, boolean whole) {
    assertThat(SegmentSize.isWholePages(mss)).isEqualTo(whole);
  }

  /** The kernel bounds a segment to half of the window, which is 64 KiB now and then. */
  @Test
  void shouldNotTakeHalfAWindowForWholePages() {
    assertThat(SegmentSize.isWholePages(32768)).isFalse();
  }

  @Test
  void shouldChooseForTheLoopbackWhereAnAddressIsOfThisHost() throws Exception {
    InetAddress outer =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .findAny()
            .orElse(null);
    Assumptions.assumeTrue(outer != null, "SKIPPED: this host has the loopback only");
    InetAddress loopback = InetAddress.getLoopbackAddress();
    assertThat(SegmentSize.toAddress(outer)).isEqualTo(SegmentSize.toAddress(loopback));
    assertThat(SegmentSize.toAddress(loopback)).isEqualTo(SegmentSize.atAddress(loopback));
  }
}
