package io.sluice.osd;

import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import java.util.Set;

/**
 * How two logs of one placement group differ.
 *
 * @param overlap false: they have no version in common, only comparing all objects helps
 * @param common the newest version in both
 * @param objects changed after that in either
 */
record LogDiff(boolean overlap, EVersion common, Set<ObjectId> objects) {}
