package io.sluice.objectstore;

import io.sluice.types.PgId;

/** A collection of objects: one placement group. */
public record CollectionId(PgId pg) {
  @Override
  public String toString() {
    return pg + "_head";
  }
}
