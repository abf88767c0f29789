package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice pg stat|dump|...}. */
@Command(
    name = "pg",
    mixinStandardHelpOptions = true,
    description = "Placement groups: the monitor's commands that begin with 'pg'.",
    footerHeading = Main.EXAMPLES,
    footer = {"  sluice pg stat", "  sluice pg dump --format json", "  sluice pg deep-scrub 1.0"})
final class PgCommand extends MonitorWordsCommand {}
