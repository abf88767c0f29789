package io.sluice.osd;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Users' attributes among an object's: theirs are stored with a prefix, so that they never meet
 * ours.
 */
final class Xattrs {
  /** Where the omap header is kept; no user attribute begins like this. */
  static final String OMAP_HEADER = "omap_header";

  private static final String PREFIX = ObjectInfo.ATTRIBUTE;

  private Xattrs() {}

  static String stored(String name) {
    return PREFIX + name;
  }

  static Optional<byte[]> get(OpContext context, String name) {
    return context.store().attr(context.object(), stored(name));
  }

  /** By the users' names. */
  static SortedMap<String, byte[]> all(OpContext context) {
    SortedMap<String, byte[]> users = new TreeMap<>();
    for (Map.Entry<String, byte[]> attr : context.store().attrs(context.object()).entrySet()) {
      if (attr.getKey().startsWith(PREFIX) && attr.getKey().length() > PREFIX.length()) {
        users.put(attr.getKey().substring(PREFIX.length()), attr.getValue());
      }
    }
    return users;
  }
}
