package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EntryRingProperties {
  private static final ObjectId OBJECT = ObjectId.head(1, "", "", "a", 1);

  /** A client asks now and then what it asked before; some asks nobody. */
  private static RequestId request(long version) {
    return version % 5 == 0
        ? PeerLogEntry.NO_REQUEST
        : new RequestId(EntityName.client(4), version % 7 == 0 ? 7 : version, 0);
  }

  private static PeerLogEntry entry(long version) {
    return new PeerLogEntry(
        PeerLogEntry.Kind.MODIFY,
        new EVersion(1, version),
        EVersion.ZERO,
        OBJECT,
        request(version),
        version,
        0,
        UTime.ZERO,
        List.of(),
        List.of());
  }

  /** Steps: 0 takes the oldest, 1 rewinds by a few, 2 empties (rarely), all others add. */
  @Property(tries = 300)
  void shouldHoldWhatASortedMapHolds(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 9) Integer> steps) {
    EntryRing ring = new EntryRing();
    NavigableMap<EVersion, PeerLogEntry> model = new TreeMap<>();
    long newest = 0;
    for (int i = 0; i < steps.size(); i++) {
      int step = steps.get(i);
      if (step <= 1 && model.isEmpty()) {
        continue;
      }
      if (step == 0) {
        assertThat(ring.removeFirst()).isEqualTo(model.pollFirstEntry().getKey());
      } else if (step == 1) {
        EVersion to = new EVersion(1, newest - i % 5);
        ring.truncate(ring.after(to));
        model.tailMap(to, false).clear();
      } else if (step == 2 && i % 16 == 0) {
        ring.clear();
        model.clear();
      } else {
        newest += step;
        PeerLogEntry added = entry(newest);
        Encoder encoded = new Encoder();
        added.encode(encoded);
        ring.add(added, encoded.toByteArray());
        model.put(added.version(), added);
      }
      check(ring, model, newest);
    }
  }

  private static void check(
      EntryRing ring, NavigableMap<EVersion, PeerLogEntry> model, long newest) {
    assertThat(ring.size()).isEqualTo(model.size());
    assertThat(ring.from(0)).containsExactlyElementsOf(model.values());
    for (long version = Math.max(0, newest - 30); version <= newest + 1; version++) {
      EVersion at = new EVersion(1, version);
      assertThat(ring.contains(at)).as("%s", at).isEqualTo(model.containsKey(at));
      assertThat(ring.from(ring.after(at)))
          .containsExactlyElementsOf(model.tailMap(at, false).values());
      RequestId request = request(version);
      PeerLogEntry asked =
          model.descendingMap().values().stream()
              .filter(entry -> entry.requestId().equals(request))
              .filter(entry -> !request.equals(PeerLogEntry.NO_REQUEST))
              .findFirst()
              .orElse(null);
      assertThat(ring.find(request)).as("%s", request).isEqualTo(asked);
    }
  }
}
