package io.sluice.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The {@code sluice} command. Exit codes: 0 done, 1 the cluster or the machine said no, 2 usage.
 */
@Command(
    name = "sluice",
    description = "A Ceph-style object store whose writes travel as kernel pages.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice quickstart                                       see it work",
      "  sluice cluster start --osds 3 --mons 3 --metrics        a cluster that survives a monitor",
      "  source <(sluice generate-completion)                    completion for this shell"
    })
public final class Main implements Runnable {
  /** Every command by its name, in the order in which the help lists them. */
  static final Map<String, Class<?>> COMMANDS = commands();

  /** Above the examples that every command's help ends with. */
  static final String EXAMPLES = "%nExamples:%n";

  @Option(
      names = "--dir",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "the cluster's directory (default: $SLUICE_DIR, else .sluice/ here)")
  private Path dir;

  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "show logs and stack traces")
  private boolean debug;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> all = new LinkedHashMap<>();
    all.put("quickstart", QuickstartCommand.class);
    all.put("cluster", ClusterCommand.class);
    all.put("rados", RadosCommand.class);
    all.put("pool", PoolCommand.class);
    all.put("status", StatusCommand.class);
    all.put("mon", MonCommand.class);
    all.put("osd", OsdCommand.class);
    all.put("pg", PgCommand.class);
    all.put("daemon", DaemonCommand.class);
    all.put("fsck", FsckCommand.class);
    all.put("store-stress", StoreStressCommand.class);
    all.put("train", TrainCommand.class);
    all.put("generate-completion", CompletionCommand.class);
    all.put("help", CommandLine.HelpCommand.class);
    return all;
  }

  /**
   * The command line that knows these commands; to look at what one is made of costs more than most
   * of them do.
   */
  static CommandLine of(Collection<Class<?>> commands) {
    CommandLine line = new CommandLine(new Main());
    commands.forEach(line::addSubcommand);
    return line;
  }

  /** One that is named first needs none of the others, unless it tells of them. */
  private static CommandLine lineFor(String... args) {
    Class<?> first = args.length == 0 ? null : COMMANDS.get(args[0]);
    boolean alone = first != null && first.getPackage() == Main.class.getPackage();
    return of(alone ? List.of(first) : COMMANDS.values());
  }

  /** Runs a command line in this process, on this thread, and returns its exit code. */
  public static int run(String... args) {
    System.setProperty(LogSetup.LEVEL_PROPERTY, LogSetup.levelFor(args));
    CommandLine line = lineFor(args);
    line.setAllowSubcommandsAsOptionParameters(true); // a pool may be called "bench"
    line.setParameterExceptionHandler(Main::usageError);
    line.setExecutionExceptionHandler((e, command, parsed) -> failure(e, command));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "what shall it be? 'sluice quickstart' is a good start, 'sluice --help' lists all");
  }

  private static int usageError(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println(
        "sluice: "
            + e.getMessage().replaceAll("\\s*\\R\\s*", "; ")
            + " (see '"
            + e.getCommandLine().getCommandSpec().qualifiedName()
            + " --help')");
    err.flush();
    return CommandFailure.USAGE;
  }

  private static int failure(Exception e, CommandLine command) {
    PrintWriter err = command.getErr();
    Main main = (Main) command.getCommandSpec().root().userObject();
    err.println(ErrorLine.of(e));
    if (main.debug) {
      e.printStackTrace(err);
    }
    err.flush();
    return ErrorLine.unwrap(e) instanceof CommandFailure failure
        ? failure.exitCode()
        : CommandFailure.REFUSED;
  }

  /** The directory that {@code --dir}, the environment or the default names; it need not exist. */
  ClusterDir dir() {
    if (dir != null) {
      return new ClusterDir(dir);
    }
    String fromEnvironment = System.getenv("SLUICE_DIR");
    return new ClusterDir(
        fromEnvironment == null || fromEnvironment.isEmpty()
            ? Path.of(".sluice")
            : Path.of(fromEnvironment));
  }

  /** The root of a command's specification, where the options for all commands are. */
  static Main of(CommandLine.Model.CommandSpec spec) {
    return (Main) spec.root().userObject();
  }

  /** What the jar says it is. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "sluice "
            + (version == null ? "development build" : version)
            + ", Java "
            + Runtime.version()
      };
    }
  }
}
