package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice status}: health, monitors, OSDs, pools and placement groups. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "How the cluster is: health, OSDs, pools, placement groups.",
    footerHeading = Main.EXAMPLES,
    footer = {"  sluice status", "  sluice status --format json-pretty"})
final class StatusCommand extends MonitorWordsCommand {}
