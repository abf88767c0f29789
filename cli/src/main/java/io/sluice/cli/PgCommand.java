package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice pg stat|dump|...}. */
@Command(
    name = "pg",
    mixinStandardHelpOptions = true,
    description = "Placement groups: the monitor's commands that begin with 'pg'.")
final class PgCommand extends MonitorWordsCommand {}
