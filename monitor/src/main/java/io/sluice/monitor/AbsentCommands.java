package io.sluice.monitor;

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
  private static final String CLASSES = "OSDs have no device class here";
  private static final String WEIGHT_SETS = "items have one weight, in every pool: use upmaps";

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
    refuse(all, Errno.ENOENT, ORCHESTRATOR + " (try `ceph orch set backend`)", "nfs cluster ls");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "Module 'insights' is not enabled/loaded (required by command 'insights'): there are no"
            + " manager modules",
        "insights");
    absentOfCrush(all);
    refuse(all, Errno.EOPNOTSUPP, "nothing is sent to anybody", "telemetry on license:CephString?");
    refuse(all, Errno.ENOENT, "device not found", "device info devid:CephString");
    refuse(all, Errno.EINVAL, "crash info: not found", "crash info id:CephString");
    nothingToShow(all);
    return all;
  }

  private static void nothingToShow(List<Commands.Command> all) {
    all.add(
        FixedAnswer.text(
            "progress", "Show progress of recovery operations", "", "Nothing in progress"));
    all.add(FixedAnswer.text("balancer off", "Disable automatic balancing", "", ""));
    all.add(
        FixedAnswer.text(
            "fs status fs:CephString?", "Show the status of a CephFS filesystem", "", ""));
    all.add(
        FixedAnswer.json(
            "progress json", "Show machine readable progress", "{\"events\":[],\"completed\":[]}"));
    all.add(
        FixedAnswer.json("mgr services", "list service endpoints provided by mgr modules", "{}"));
    all.add(FixedAnswer.json("fs volume ls", "List volumes", "[]"));
    all.add(FixedAnswer.json("rbd task list", "List pending or running asynchronous tasks", "[]"));
    all.add(
        FixedAnswer.json(
            "telemetry status", "Show current configuration", Layouts.any("telemetry").toString()));
    all.add(
        FixedAnswer.json("device ls-by-daemon who:CephString", "Show devices of a daemon", "[]"));
    all.add(FixedAnswer.json("device ls-by-host host:CephString", "Show devices on a host", "[]"));
  }

  private static void absentOfCrush(List<Commands.Command> all) {
    String classes = " class:CephString ids:CephString,n=N";
    refuse(all, Errno.EOPNOTSUPP, CLASSES, "osd crush set-device-class" + classes);
    refuse(all, Errno.EOPNOTSUPP, CLASSES, "osd crush class create class:CephString");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        CLASSES,
        "osd crush class rename srcname:CephString dstname:CephString");
    all.add(
        FixedAnswer.text(
            "osd crush rm-device-class ids:CephString,n=N",
            "remove class of the osd(s)",
            "",
            CLASSES));
    all.add(
        FixedAnswer.layout(
            "osd crush class ls-osd class:CephString", "list all osds of a class", "[]", ""));
    all.add(FixedAnswer.text("osd crush weight-set ls", "list crush weight sets", "", ""));
    all.add(FixedAnswer.json("osd crush weight-set dump", "dump crush weight sets", "{}"));
    for (String verb :
        List.of(
            "create-compat",
            "create pool:CephPoolname mode:CephString",
            "rm-compat",
            "rm pool:CephPoolname",
            "reweight pool:CephPoolname item:CephString weight:CephFloat,n=N",
            "reweight-compat item:CephString weight:CephFloat,n=N")) {
      refuse(all, Errno.EOPNOTSUPP, WEIGHT_SETS, "osd crush weight-set " + verb);
    }
    all.add(
        FixedAnswer.text(
            "osd crush reweight-all",
            "recalculate the weights for the tree to ensure they sum correctly",
            "",
            "reweighted crush hierarchy: buckets always weigh what is in them"));
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "every item has a weight of its own: use 'osd crush reweight'",
        "osd crush reweight-subtree name:CephString weight:CephFloat");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "an OSD gets its number where it is started, and is there once it boots",
        "osd new uuid:CephUUID id:CephOsdName?");
    refuse(all, Errno.EOPNOTSUPP, "it grows with the OSDs", "osd setmaxosd newmax:CephInt");
    refuse(
        all, Errno.EOPNOTSUPP, "a daemon is stopped where it runs", "osd stop ids:CephString,n=N");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "Sluice speaks to clients of jewel and later, and refuses none of them",
        "osd set-require-min-compat-client version:CephString");
    refuse(
        all,
        Errno.EOPNOTSUPP,
        "a group waits for whoever has what was acknowledged: nothing is given up",
        "osd force-create-pg pgid:CephPgid yes_i_really_mean_it:CephBool?");
  }

  private static void refuse(
      List<Commands.Command> all, Errno errno, String why, String signature) {
    all.add(FixedAnswer.refuse(errno, why, signature));
  }
}
