package io.sluice.cli;

/** What stands for a daemon where a test starts JVMs with a daemon's flags. */
final class TinyProgram {
  private TinyProgram() {}

  public static void main(String[] args) {
    System.out.println("it runs");
  }
}
