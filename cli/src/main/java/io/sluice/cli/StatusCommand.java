package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice status}: health, monitors, OSDs, pools and placement groups. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "How the cluster is: health, OSDs, pools, placement groups.")
final class StatusCommand extends MonitorWordsCommand {}
