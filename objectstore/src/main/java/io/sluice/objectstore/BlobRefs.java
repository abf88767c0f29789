package io.sluice.objectstore;

/** Who counts the references of extents to blobs. */
interface BlobRefs {
  void ref(long blob);

  void unref(long blob);
}
