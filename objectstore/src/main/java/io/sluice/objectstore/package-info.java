/**
 * Objects on one disk: staging, transactions, extents, allocator, commit pipeline, metadata.
 *
 * <p><b>The seam.</b> {@link io.sluice.objectstore.ObjectStore} is what the daemon knows: {@code
 * claimStage} brings bytes into fresh extents that no object refers to, {@link
 * io.sluice.objectstore.Transaction} makes them part of objects. {@link
 * io.sluice.objectstore.MemoryStore} is the one for simulations, {@link
 * io.sluice.objectstore.DiskStore} the real one; one contract test holds for both.
 *
 * <p><b>One write, in order.</b>
 *
 * <ol>
 *   <li>{@code DataWriter} takes blocks from the {@code Allocator}, at once, and hands the list to
 *       a worker.
 *   <li>{@code WriteRoute} says which way: aligned memory goes to the {@code IoQueue} (io_uring, or
 *       a pool) as {@code Transfers}, and no thread waits for it; all else has a worker.
 *   <li>{@code BlobWriter} brings each segment to disk its cheapest way: pipes are spliced by
 *       {@code PipeDrain}, aligned memory is gathered by {@code Gather}, odd bytes go through an
 *       aligned buffer. The checksums of the blocks come with the list or are taken on the way.
 *   <li>The transaction waits in the {@code CommitQueue} for its data, in order within its
 *       collection.
 *   <li>{@code Committer} flushes the data files, applies all transactions that are ready to a
 *       {@code CommitGroup} ({@code GroupOps}: one entry for each operation), writes that as one
 *       synced RocksDB batch through {@code MetadataView}, calls back, and retires the blocks that
 *       nobody refers to any more.
 * </ol>
 *
 * <p><b>Operations.</b> A transaction is checked whole by {@code TransactionCheck} first; {@code
 * OpTable} finds what each operation does: {@code GroupOps} on disk, {@code MemoryCollections} in
 * memory. {@link io.sluice.objectstore.StoreWorkload} tries them all against a {@link
 * io.sluice.objectstore.StoreModel}.
 *
 * <p><b>One read.</b> {@code Readers} takes it; {@code PieceFinder} finds the {@code Onode} (cache
 * or RocksDB), its {@code Extent}s and their {@code Blob}s; a {@code ReadJob} asks the {@code
 * IoQueue} for all blocks at once and checks each ({@code BlobReader}, which also reads again).
 * Small hot ones come from the {@code DataCache} or, kept inline, the {@code InlineCache}; large
 * ones leave as pipes ({@code LazyPieces}). {@code ReadGuard} keeps blocks that are freed meanwhile
 * from being given to somebody else.
 *
 * <p><b>Afterwards</b> the {@code Compactor} puts together what overwrites have scattered ({@code
 * CompactionPlan}, {@code Swap}).
 *
 * <p><b>Formats</b>, drawn in bytes: {@code Superblock}, {@code MetadataKeys} and {@code
 * ObjectKey}, {@code Onode}, {@code Blob}, {@code InlineBytes}, {@code IdSource}, {@code
 * CollectionRecord}; how mkfs and mount use them: {@code Mkfs}, {@code Mount}. {@link
 * io.sluice.objectstore.Fsck} checks them against one another.
 *
 * <p><b>When the disk fails</b> the {@code StopSwitch} tells {@link
 * io.sluice.objectstore.FailStop}, which ends the process: nothing is retried, nobody is answered.
 */
package io.sluice.objectstore;
