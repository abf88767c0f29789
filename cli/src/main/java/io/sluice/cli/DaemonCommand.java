package io.sluice.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sluice daemon osd.0 perf dump}: one question over a daemon's admin socket, which says
 * itself what may follow its commands.
 */
@Command(
    name = "daemon",
    mixinStandardHelpOptions = true,
    description = "Asks a daemon over its admin socket: perf dump, status, config show, help.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice daemon osd.0 perf dump",
      "  sluice daemon mon.a status",
      "  sluice daemon osd.0 config set osd_max_scrubs 2",
      "  sluice daemon .sluice/osd.1.asok dump_ops_in_flight"
    })
final class DaemonCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "osd.0, mon.a, or the path of an admin socket")
  private String name;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "WORD",
      description = "perf dump, status, help, ..., and what belongs to it")
  private List<String> words;

  @Override
  public Integer call() throws Exception {
    Path socket = name.indexOf('/') >= 0 ? Path.of(name) : Main.of(spec).dir().adminSocket(name);
    if (!Files.exists(socket)) {
      throw new CommandFailure(name + " is not running (no admin socket " + socket + ")");
    }
    String answer = ask(socket);
    if (answer.startsWith("{\"error\"")) {
      throw new CommandFailure(name + ": " + answer.replaceAll("^\\{\"error\":\"|\"}$", ""));
    }
    System.out.print(answer.endsWith("\n") ? answer : answer + "\n");
    return 0;
  }

  private String ask(Path socket) {
    try {
      String known = AdminClient.ask(socket, "get_command_descriptions");
      MonWords table = new MonWords(new ObjectMapper().readTree(known));
      return AdminClient.askJson(socket, table.toJson(words, "json-pretty"));
    } catch (IOException e) {
      throw new CommandFailure(
          name + " does not answer on " + socket + ": " + ErrorLine.words(e), e);
    }
  }
}
