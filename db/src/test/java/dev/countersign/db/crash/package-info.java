/**
 * What is on the disk after a power cut. A recorder between H2 and the file system writes down
 * every write and every flush; from that come images of the files as a power cut could have left
 * them, and each must open with all that was confirmed, or be refused. It may call {@code db} and
 * H2's file API.
 */
@NullMarked
package dev.countersign.db.crash;

import org.jspecify.annotations.NullMarked;
