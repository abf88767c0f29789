package io.sluice.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.protocol.Errno;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands about what Sluice has none of: what is asked for is not there, in Ceph's words where it
 * says so too; what would have to be done is refused, and why is said.
 */
final class AbsentCommands {
  private static final String KEYS = "there is no authentication here: a key would protect nothing";
  private static final String MONS = "monitors are named when they are started, with --peer";
  private static final String RECOVERY = "recovery has no order here that could be changed";
  private static final String ORCHESTRATOR = "No orchestrator configured";
  private static final String BALANCER = "there is no balancer: use 'osd pg-upmap-items'";
  private static final String BY_HAND = "the monitors decide who acts: use 'osd pg-upmap'";
  private static final String TIERS = "there are no cache tiers";

  private AbsentCommands() {}

  static List<Commands.Command> all() {
    List<Commands.Command> all = new ArrayList<>();
    refuse(all, Errno.EOPNOTSUPP, KEYS, "auth add entity:CephString caps:CephString?,n=N");
    for (String verb : List.of("get-or-create", "get-or-create-key", "caps")) {
      refuse(
          all, Errno.EOPNOTSUPP, KEYS, "auth " + verb + " entity:CephString caps:CephString?,n=N");
    }
    refuse(all, Errno.EOPNOTSUPP, KEYS, "auth import");
    refuse(all, Errno.ENOENT, "no key of that name: " + KEYS, "auth get entity:CephString");
    for (String verb : List.of("get-key", "print-key", "print_key", "rm", "del")) {
      refuse(
          all, Errno.ENOENT, "no key of that name: " + KEYS, "auth " + verb + " entity:CephString");
    }
    refuse(all, Errno.EOPNOTSUPP, MONS, "mon add name:CephString addr:CephString");
    refuse(all, Errno.EOPNOTSUPP, MONS, "mon rm name:CephString");
    refuse(all, Errno.EOPNOTSUPP, MONS, "mon remove name:CephString");
    for (String verb : List.of("force-recovery", "force-backfill", "cancel-force-recovery")) {
      refuse(all, Errno.EOPNOTSUPP, RECOVERY, "pg " + verb + " pgid:CephPgid,n=N");
      refuse(all, Errno.EOPNOTSUPP, RECOVERY, "osd pool " + verb + " who:CephPoolname,n=N");
    }
    refuse(all, Errno.ENOENT, ORCHESTRATOR, "orch status");
    refuse(all, Errno.ENOENT, ORCHESTRATOR, "orch ls");
    refuse(all, Errno.ENOENT, ORCHESTRATOR, "orch ps");
    refuse(all, Errno.ENOENT, ORCHESTRATOR, "orch host ls");
    refuse(all, Errno.EOPNOTSUPP, BALANCER, "balancer on");
    refuse(all, Errno.EOPNOTSUPP, BALANCER, "balancer mode mode:CephString");
    refuse(all, Errno.EOPNOTSUPP, BALANCER, "balancer eval option:CephString?");
    refuse(all, Errno.EOPNOTSUPP, BY_HAND, "osd pg-temp pgid:CephPgid id:CephOsdName?,n=N");
    refuse(all, Errno.EOPNOTSUPP, BY_HAND, "osd primary-temp pgid:CephPgid id:CephOsdName");
    refuse(all, Errno.EOPNOTSUPP, TIERS, "osd tier add pool:CephPoolname tierpool:CephPoolname");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "a group waits for whoever has what was acknowledged: nothing is given up",
        "osd lost id:CephOsdName yes_i_really_mean_it:CephBool?");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "pools keep the placement groups that they were made with",
        "osd pool autoscale-status");
    refuse(all, Errno.EOPNOTSUPP, "nothing is sent to anybody", "telemetry on license:CephString?");
    refuse(all, Errno.ENOENT, "device not found", "device info devid:CephString");
    refuse(all, Errno.EINVAL, "crash info: not found", "crash info id:CephString");
    all.add(none("auth list", "list authentication state", "", "no installed auth entries!"));
    all.add(none("progress", "Show progress of recovery operations", "", "Nothing in progress"));
    all.add(none("balancer off", "Disable automatic balancing", "", ""));
    all.add(none("fs status fs:CephString?", "Show the status of a CephFS filesystem", "", ""));
    all.add(
        json(
            "progress json", "Show machine readable progress", "{\"events\":[],\"completed\":[]}"));
    all.add(json("mgr services", "list service endpoints provided by mgr modules", "{}"));
    all.add(json("fs volume ls", "List volumes", "[]"));
    all.add(json("device ls-by-daemon who:CephString", "Show devices of a daemon", "[]"));
    all.add(json("device ls-by-host host:CephString", "Show devices on a host", "[]"));
    return all;
  }

  private static void refuse(
      List<Commands.Command> all, Errno errno, String why, String signature) {
    all.add(
        Commands.Command.read(
            signature,
            "not here: " + why,
            call -> {
              throw new CommandException(errno, why);
            }));
  }

  private static Commands.Command none(
      String signature, String help, String output, String status) {
    return Commands.Command.read(
        signature, help, call -> new CommandReply(0, status, CommandReply.output(output).output()));
  }

  private static Commands.Command json(String signature, String help, String answer) {
    return Commands.Command.read(signature, help, call -> call.json(parsed(answer)));
  }

  private static JsonNode parsed(String text) {
    try {
      return CommandCall.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON: " + text, e);
    }
  }
}
