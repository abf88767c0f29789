package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

/** What a command that ended had to say. */
record Finished(String command, int exit, String out, String err) {

  Finished ok() {
    assertThat(exit).as("%s", this).isZero();
    return this;
  }

  /** Failed with this code, and said so in one line that holds {@code words}. */
  Finished failedWith(int code, String... words) {
    assertThat(exit).as("%s", this).isEqualTo(code);
    assertThat(err.strip()).as("%s", this).isNotEmpty().doesNotContain("\n").contains(words);
    return this;
  }

  @Override
  public String toString() {
    return "`" + command + "` exit " + exit + "\n--- out\n" + out + "\n--- err\n" + err;
  }
}
