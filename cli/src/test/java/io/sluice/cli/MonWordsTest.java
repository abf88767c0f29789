package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonWordsTest {
  private static final String TABLE =
      """
      {"cmd000": {"sig": ["osd", "tree"]},
       "cmd001": {"sig": ["osd", "pool", "create", {"name": "pool", "type": "CephPoolname"},
                          {"name": "pg_num", "type": "CephInt", "req": false}]},
       "cmd002": {"sig": ["osd", "pool", "rm", {"name": "pool", "type": "CephPoolname"},
                          {"name": "pool2", "type": "CephPoolname", "req": false},
                          {"name": "yes_i_really_really_mean_it", "type": "CephBool", "req": false}]},
       "cmd003": {"sig": ["osd", "out", {"name": "ids", "type": "CephString", "n": "N"}]},
       "cmd004": {"sig": ["osd"]}}
      """;

  private static JsonNode json(String format, String... words) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    return mapper.readTree(new MonWords(mapper.readTree(TABLE)).toJson(List.of(words), format));
  }

  @Test
  void shouldTakeTheLongestCommandAndNameItsArguments() throws JsonProcessingException {
    assertThat(json(null, "osd", "tree").toString()).isEqualTo("{\"prefix\":\"osd tree\"}");
    assertThat(json("json", "osd", "pool", "create", "p", "32").toString())
        .isEqualTo(
            "{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":32,\"format\":\"json\"}");
    assertThat(json(null, "osd", "out", "1", "2").toString())
        .isEqualTo("{\"prefix\":\"osd out\",\"ids\":[\"1\",\"2\"]}");
    assertThat(
            json(null, "osd", "pool", "rm", "p", "p", "--yes-i-really-really-mean-it")
                .get("yes_i_really_really_mean_it")
                .asBoolean())
        .isTrue();
  }

  @Test
  void shouldSayUsageWhenArgumentsDoNotFit() {
    assertThatThrownBy(() -> json(null, "osd", "pool", "create"))
        .hasMessageContaining("pool is missing");
    assertThatThrownBy(() -> json(null, "osd", "pool", "create", "p", "many"))
        .hasMessageContaining("number");
    assertThatThrownBy(() -> json(null, "osd", "tree", "please")).hasMessageContaining("please");
    assertThatThrownBy(() -> json(null, "frobnicate"))
        .hasMessageContaining("no command 'frobnicate'");
  }
}
