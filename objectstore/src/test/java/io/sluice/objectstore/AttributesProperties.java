package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AttributesProperties {
  @Property(tries = 200)
  void shouldHoldWhatASortedMapHolds(@ForAll long seed) {
    Random random = new Random(seed);
    Attributes attributes = new Attributes();
    Map<String, byte[]> model = new TreeMap<>();
    for (int step = 0; step < 40; step++) {
      Attributes before = attributes.copy();
      Map<String, byte[]> modelBefore = new TreeMap<>(model);
      String name = "name" + random.nextInt(8);
      int what = random.nextInt(12);
      if (what == 0) {
        attributes.clear();
        model.clear();
      } else if (what < 4) {
        attributes.remove(name);
        model.remove(name);
      } else {
        byte[] value = {(byte) step};
        attributes.put(name, value);
        model.put(name, value);
      }
      check(attributes, model);
      check(before, modelBefore);
    }
  }

  private static void check(Attributes attributes, Map<String, byte[]> model) {
    Map<String, byte[]> all = new TreeMap<>();
    StringBuilder order = new StringBuilder();
    attributes.forEach(
        (name, value) -> {
          all.put(name, value);
          order.append(name);
        });
    assertThat(all).isEqualTo(model);
    assertThat(order.toString()).isEqualTo(String.join("", model.keySet()));
    assertThat(attributes.size()).isEqualTo(model.size());
    for (int i = 0; i < 8; i++) {
      assertThat(attributes.get("name" + i)).isSameAs(model.get("name" + i));
    }
  }
}
