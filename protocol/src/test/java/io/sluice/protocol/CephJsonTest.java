package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CephJsonTest {
  @Test
  void shouldLayOutAsCephDoesWhenPretty() {
    String dense = "{\"ops\":[],\"none\":{},\"list\":[1,[2]],\"text\":\"a{,: \\\"1.0\\\"\"}";
    assertThat(CephJson.pretty(dense))
        .isEqualTo(
            """
            {
                "ops": [],
                "none": {},
                "list": [
                    1,
                    [
                        2
                    ]
                ],
                "text": "a{,: \\"1.0\\""
            }\
            """);
    assertThat(CephJson.pretty("[]")).isEqualTo("[]");
  }

  @Test
  void shouldPrintWholeNumbersWithoutAPoint() {
    String dense = "[1.0,0.0,-2.50,0.01910400390625,1.0E7,3e-9,12345678901234567890,true,null]";
    assertThat(CephJson.line(dense))
        .isEqualTo("[1,0,-2.5,0.01910400390625,10000000,3e-9,12345678901234567890,true,null]");
    assertThat(CephJson.line("{\"a\":\"1.0\"}")).isEqualTo("{\"a\":\"1.0\"}");
    assertThat(CephJson.line("7.0")).isEqualTo("7");
  }
}
