package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who takes much goes in while there is room, in order, and alone where it is more than all. */
class MemoryGateTest {
  private final MemoryGate gate = new MemoryGate(100);
  private final List<String> inside = new ArrayList<>();

  private MemoryGate.Share enter(String name, long bytes) {
    MemoryGate.Share share = gate.share(bytes);
    share.enter(new AtOnce(), () -> inside.add(name));
    return share;
  }

  @Test
  void shouldLetInWhatFitsAndOthersInOrder() {
    MemoryGate.Share a = enter("a", 60);
    MemoryGate.Share b = enter("b", 40);
    MemoryGate.Share c = enter("c", 50);
    enter("d", 1);
    assertThat(inside).containsExactly("a", "b");
    assertThat(gate.waiting()).isEqualTo(2);
    b.release();
    assertThat(inside).as("nobody passes c").containsExactly("a", "b");
    a.release();
    assertThat(inside).containsExactly("a", "b", "c", "d");
    assertThat(gate.used()).isEqualTo(51);
    c.release();
    c.release();
    assertThat(gate.used()).isEqualTo(1);
  }

  @Test
  void shouldLetInAloneWhatIsMoreThanAll() {
    MemoryGate.Share small = enter("small", 1);
    MemoryGate.Share large = enter("large", 1000);
    enter("next", 1);
    assertThat(inside).containsExactly("small");
    small.release();
    assertThat(inside).containsExactly("small", "large");
    large.release();
    assertThat(inside).containsExactly("small", "large", "next");
  }

  @Test
  void shouldLetOthersInWhenItIsLess() {
    MemoryGate.Share a = enter("a", 100);
    enter("b", 90);
    a.shrink(200);
    assertThat(inside).containsExactly("a");
    a.shrink(10);
    assertThat(inside).containsExactly("a", "b");
    assertThat(gate.used()).isEqualTo(100);
  }

  @Test
  void shouldForgetWhoGivesUp() {
    MemoryGate.Share a = enter("a", 100);
    MemoryGate.Share gone = enter("gone", 100);
    enter("b", 100);
    gone.release();
    assertThat(inside).containsExactly("a");
    a.release();
    assertThat(inside).containsExactly("a", "b");
    MemoryGate.Share never = gate.share(1);
    never.release();
    never.enter(new AtOnce(), () -> inside.add("never"));
    assertThat(inside).containsExactly("a", "b");
  }

  @Test
  void shouldLetOthersInAsPartsAreGivenBack() {
    MemoryGate.Share a = enter("a", 60);
    MemoryGate.Share b = enter("b", 60);
    enter("c", 30);
    enter("d", 40);
    assertThat(inside).as("nobody before those who came first").containsExactly("a");
    a.giveBack(20);
    assertThat(inside).containsExactly("a", "b");
    b.giveBack(60);
    assertThat(inside).containsExactly("a", "b", "c");
    a.giveBack(10);
    assertThat(inside).containsExactly("a", "b", "c", "d");
  }

  @Test
  void shouldLetInWhoTakesMoreThanThereIsAloneOneAfterTheOther() {
    MemoryGate.Share a = enter("a", 1);
    MemoryGate.Share b = enter("b", 101);
    MemoryGate.Share c = enter("c", 101);
    assertThat(inside).containsExactly("a");
    a.giveBack(1);
    assertThat(inside).containsExactly("a", "b");
    b.giveBack(101);
    assertThat(inside).containsExactly("a", "b", "c");
    c.giveBack(101);
    assertThat(gate.used()).isZero();
  }
}
