package io.sluice.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The database, kept going over a file system that is full for a while: gives up the ballast, opens
 * the database anew (RocksDB takes no more writes after an error, and its own way out cannot be
 * called from Java), and writes the batch again. Any other error is the caller's to stop for.
 *
 * <p>Writing a batch twice is the same as once: it holds values, not changes of values.
 *
 * <p><b>Threads:</b> any for reading, which waits while the database is opened anew; one writer.
 * <b>Owns</b> the database.
 */
final class SteadyMetadata implements MetadataDb {
  /** 30 s in all: what a daemon needs to be told of and to delete in. */
  private static final int TRIES_MAX = 300;

  private static final long PAUSE_MILLIS = 100;

  interface Opening {
    MetadataDb open() throws IOException;
  }

  private final Opening opening;
  private final DiskSpace space;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private MetadataDb db;

  SteadyMetadata(Opening opening, DiskSpace space) throws IOException {
    this.opening = opening;
    this.space = space;
    reopen();
  }

  @Override
  public byte[] get(byte[] key) {
    lock.readLock().lock();
    try {
      return opened().get(key);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void scan(byte[] first, byte[] end, Visitor visitor) {
    lock.readLock().lock();
    try {
      opened().scan(first, end, visitor);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void write(MetadataBatch batch) throws IOException {
    space.groupBegins();
    for (int tries = 1; ; tries++) {
      try {
        opened().write(batch);
        return;
      } catch (NoRoomException e) {
        if (tries == TRIES_MAX) {
          throw e;
        }
        space.databaseIsFull();
        pause();
        reopen();
      }
    }
  }

  private MetadataDb opened() {
    if (db == null) {
      throw new UncheckedIOException(new IOException("the database could not be opened again"));
    }
    return db;
  }

  private void reopen() throws IOException {
    lock.writeLock().lock();
    try {
      if (db != null) {
        db.close();
        db = null;
      }
      for (int tries = 1; db == null; tries++) {
        try {
          db = opening.open();
        } catch (NoRoomException e) {
          if (tries == TRIES_MAX) {
            throw e;
          }
          space.databaseIsFull();
          pause();
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the file system is full", e);
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (db != null) {
        db.close();
        db = null;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
