package io.sluice.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code sluice generate-completion}: what bash needs to complete our commands. It is picocli's
 * script but for the function that finds out which command a line has come to: picocli's takes
 * every word of the line for a command that is called so, be it a pool, a file, or the word that is
 * being completed. This one goes along the line, and passes over options and their values.
 */
@Command(
    name = "generate-completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script for bash and zsh that completes these commands.",
    footerHeading = Main.EXAMPLES,
    footer = "  source <(sluice generate-completion)")
final class CompletionCommand implements Runnable {
  private static final String NAME = "sluice";
  private static final String BEGIN = "function _complete_" + NAME + "() {\n";
  private static final String END = "\n}\n";

  @Override
  public void run() {
    System.out.print(script());
    System.out.flush();
  }

  private static String script() {
    CommandLine all = Main.of(Main.COMMANDS.values());
    String theirs = AutoComplete.bash(NAME, all);
    int begin = theirs.indexOf(BEGIN);
    int end = theirs.indexOf(END, begin);
    if (begin < 0 || end < 0) {
      throw new IllegalStateException("picocli's script has no function " + BEGIN);
    }
    return theirs.substring(0, begin) + walk(all.getCommandSpec()) + theirs.substring(end);
  }

  /** Without its last brace. Bash has made three words of {@code --dir=D}. */
  private static String walk(CommandSpec root) {
    StringBuilder to = new StringBuilder(BEGIN);
    to.append("  local at=_picocli_" + NAME + " i\n");
    to.append("  for (( i = 1; i < COMP_CWORD; i++ )); do\n");
    to.append("    case \"$at ${COMP_WORDS[i]}\" in\n");
    append(to, "_picocli_" + NAME, root);
    to.append("    esac\n");
    to.append("  done\n");
    to.append(
        "  if [ \"${COMP_WORDS[COMP_CWORD-1]}\" = '=' ]; then # to whom it is the option that is before\n");
    to.append(
        "    COMP_WORDS=(\"${COMP_WORDS[@]:0:COMP_CWORD-1}\" \"${COMP_WORDS[COMP_CWORD]}\")\n");
    to.append("    (( COMP_CWORD-- ))\n");
    to.append("  fi\n");
    return to.append("  $at").toString();
  }

  private static void append(StringBuilder to, String at, CommandSpec command) {
    for (OptionSpec option : command.options()) {
      if (option.arity().min() > 0) {
        for (String name : option.names()) {
          to.append("      '" + at + " " + name + "') ");
          to.append(
              "if [ \"${COMP_WORDS[i+1]}\" = '=' ]; then (( i += 2 )); else (( i++ )); fi ;;\n");
        }
      }
    }
    for (Map.Entry<String, CommandLine> each : command.subcommands().entrySet()) {
      CommandSpec sub = each.getValue().getCommandSpec();
      if (!sub.usageMessage().hidden()) {
        String below = at + "_" + each.getKey().replaceAll("\\W", "");
        to.append("      '" + at + " " + each.getKey() + "') at=" + below + " ;;\n");
        append(to, below, sub);
      }
    }
  }
}
