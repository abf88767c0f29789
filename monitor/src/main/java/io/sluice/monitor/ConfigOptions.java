package io.sluice.monitor;

import io.sluice.protocol.DaemonOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ceph's options by name (from {@code options.tsv}), who in Sluice obeys them, and what Sluice does
 * where it has made up its mind.
 */
final class ConfigOptions {
  /** What holds here whatever Ceph's default says. */
  private static final Map<String, String> FIXED =
      Map.of(
          "mon_allow_pool_delete",
          "true",
          "mon_allow_pool_size_one",
          "true",
          "osd_pool_default_pg_autoscale_mode",
          "off",
          "auth_cluster_required",
          "none",
          "auth_service_required",
          "none",
          "auth_client_required",
          "none");

  private static final SortedMap<String, ConfigOption> ALL = load();

  private ConfigOptions() {}

  private static SortedMap<String, ConfigOption> load() {
    SortedMap<String, ConfigOption> all = new TreeMap<>();
    try (InputStream in = ConfigOptions.class.getResourceAsStream("options.tsv")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(ConfigOption::parse)
          .forEach(option -> all.put(option.name(), fixed(option)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.unmodifiableSortedMap(all);
  }

  private static ConfigOption fixed(ConfigOption option) {
    return option.withDefault(FIXED.getOrDefault(option.name(), option.byDefault()));
  }

  static SortedMap<String, ConfigOption> all() {
    return ALL;
  }

  static Optional<ConfigOption> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /** As it is kept: {@code osd max scrubs} is {@code osd_max_scrubs}. */
  static String canonical(String typed) {
    return typed.strip().replace(' ', '_');
  }

  /** True when daemons of some kind obey it. */
  static boolean obeyed(String name) {
    return obeys("osd", name) || obeys("mon", name);
  }

  /** True when that daemon, or daemons of that kind, obey it. */
  static boolean obeys(String who, String name) {
    if (who.equals("mon") || who.startsWith("mon.")) {
      return MonOptions.obeyed(name);
    }
    return (who.equals("osd") || who.startsWith("osd.")) && DaemonOptions.obeyedByOsds(name);
  }

  /** Who heeds an option of that section; empty when somebody does. */
  static String unused(String section, String name) {
    boolean global = section.equals("global");
    boolean clients = section.equals("client") || section.startsWith("client.");
    if (clients || obeys(section, name) || global && obeyed(name)) {
      return "";
    }
    return global
        ? name + " is kept for Ceph's clients; no daemon of Sluice uses it"
        : name + " is kept, but no daemon of Sluice uses it";
  }

  /** A value and the section that it stands in. */
  record Setting(String section, String value) {}

  /** What holds for {@code osd.3}: of "global", then of its kind, then of itself; the later win. */
  static SortedMap<String, Setting> of(String who, MonState state) {
    SortedMap<String, Setting> options = new TreeMap<>();
    int dot = who.indexOf('.');
    String[] sections = {"global", dot < 0 ? who : who.substring(0, dot), who};
    for (String section : sections) {
      state
          .configOf(section + "/")
          .forEach(
              (key, value) ->
                  options.put(key.substring(section.length() + 1), new Setting(section, value)));
    }
    return options;
  }

  /** Only the values. */
  static SortedMap<String, String> valuesOf(String who, MonState state) {
    SortedMap<String, String> values = new TreeMap<>();
    of(who, state).forEach((name, setting) -> values.put(name, setting.value()));
    return values;
  }
}
