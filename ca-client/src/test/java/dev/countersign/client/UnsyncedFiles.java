package dev.countersign.client;

import java.nio.channels.FileChannel;

/**
 * Does not wait for the disk: what is tested with it is the order of steps, and a busy disk takes
 * its time for each.
 */
class UnsyncedFiles extends DurableFiles {
  @Override
  void force(FileChannel channel) {
    // left to the kernel
  }
}
