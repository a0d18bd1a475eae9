/**
 * Owns the tests of what holds when processes are killed, doubled, stopped under load or started in
 * bad surroundings: {@code countersignd} and {@code countersign} as processes of their own, over
 * real HTTPS. They may call the client library, the programs, and a stopped authority's database to
 * count rows; nothing inside the server knows of them, a debugger stops it where they want. The
 * invariant they check: whatever a client has received is on record, exactly once, and nothing it
 * holds is used up by an answer that it did not get.
 */
@NullMarked
package dev.countersign.server.faults;

import org.jspecify.annotations.NullMarked;
