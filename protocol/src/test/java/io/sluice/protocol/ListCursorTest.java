package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListCursorTest {
  /** One line of the recording: what a real OSD answers when a placement group has been listed. */
  record Answer(int pgCount, PgId pg, ListCursor next) {}

  static Stream<Answer> recordedAnswers() throws IOException {
    try (InputStream in = ListCursorTest.class.getResourceAsStream("pgnls-cursors.txt")) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      return lines.stream().filter(line -> !line.startsWith("#")).map(ListCursorTest::answer);
    }
  }

  private static Answer answer(String line) {
    String[] words = line.split(" ");
    PgId pg = new PgId(7, Integer.parseInt(words[1]));
    boolean max = words[4].equals("1");
    ListCursor at =
        new ListCursor(
            "", "", Long.parseLong(words[2]), Integer.parseInt(words[3]), false, "", pg.pool());
    return new Answer(Integer.parseInt(words[0]), pg, max ? ListCursor.END : at);
  }

  @ParameterizedTest
  @MethodSource("recordedAnswers")
  void shouldEndAGroupWhereCephEndsIt(Answer answer) {
    assertThat(ListCursor.endOf(answer.pg(), answer.pgCount())).isEqualTo(answer.next());
  }

  @Test
  void shouldGoThroughAllGroupsOnceWhenEndsAreFollowed() {
    int pgCount = 12;
    ListCursor at = ListCursor.startOf(new PgId(7, 0));
    int groups = 0;
    while (!at.max()) {
      groups++;
      int seed = at.hash() % 16 < pgCount ? at.hash() % 16 : at.hash() % 8;
      at = ListCursor.endOf(new PgId(7, seed), pgCount);
    }
    assertThat(groups).isEqualTo(pgCount);
  }

  @Test
  void shouldCoverTheWholePoolWhenThereIsOneGroup() {
    assertThat(ListCursor.endOf(new PgId(1, 0), 1)).isEqualTo(ListCursor.END);
  }

  @Test
  void shouldRoundTripAnObjectAndBothEnds() {
    ObjectId object = ObjectId.head(3, "ns", "key", "name", 0x9abcdef0);
    for (ListCursor cursor : List.of(ListCursor.at(object), ListCursor.BEGIN, ListCursor.END)) {
      Encoder to = new Encoder();
      cursor.encode(to);
      assertThat(ListCursor.decode(new Decoder(to.toByteArray()))).isEqualTo(cursor);
    }
    assertThat(ListCursor.at(object).object()).isEqualTo(object);
  }

  @Test
  void shouldReadAnyEndAsTheOneEndWhenOldCephWroteIt() {
    Encoder to = new Encoder();
    new ListCursor("", "", -2, 5, true, "", 3).encode(to);
    assertThat(ListCursor.decode(new Decoder(to.toByteArray()))).isEqualTo(ListCursor.END);
  }

  @Property
  void shouldListEachHashOnceWhenThePoolGrowsOnTheWay(
      @ForAll @Size(max = 200) Set<Integer> hashes,
      @ForAll @IntRange(min = 1, max = 40) int groups,
      @ForAll @Size(max = 60) List<@IntRange(max = 5) Integer> growth) {
    List<Integer> listed = new ArrayList<>();
    Iterator<Integer> more = growth.iterator();
    int pgCount = groups;
    ListCursor at = ListCursor.startOf(new PgId(7, 0));
    while (!at.max()) {
      PgId asked = new PgId(7, ObjectHash.stableMod(at.hash(), pgCount));
      ListCursor end = ListCursor.endOf(asked, pgCount);
      int now = pgCount;
      ListCursor from = at;
      hashes.stream()
          .filter(hash -> ObjectHash.stableMod(hash, now) == asked.seed())
          .filter(
              hash ->
                  Integer.compareUnsigned(Integer.reverse(hash), Integer.reverse(from.hash())) >= 0)
          .forEach(listed::add);
      assertThat(end.isBehind(at)).isTrue();
      at = end;
      pgCount += more.hasNext() ? more.next() : 0;
    }
    assertThat(listed).containsExactlyInAnyOrderElementsOf(hashes);
  }

  private static ListCursor hash(int hash) {
    return ListCursor.startOf(new PgId(7, hash));
  }

  @Test
  void shouldNotMoveOnWhenThePositionIsTheSameOrBefore() {
    ListCursor object = ListCursor.at(ObjectId.head(7, "", "", "name", 6));
    assertThat(object.isBehind(object)).isFalse();
    assertThat(object.isBehind(hash(1))).isFalse();
    assertThat(object.isBehind(hash(6))).isTrue();
    assertThat(object.isBehind(hash(4))).isTrue();
    assertThat(object.isBehind(ListCursor.END)).isFalse();
    assertThat(ListCursor.END.isBehind(object)).isTrue();
    assertThat(ListCursor.END.isBehind(ListCursor.END)).isFalse();
  }
}
