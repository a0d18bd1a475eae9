/**
 * The arrows and bans of the architecture, as tests. They read the compiled classes of the server
 * and nothing else. A rule that has to give way is changed here, with the reason beside it, never
 * worked around.
 */
@NullMarked
package dev.countersign.server.architecture;

import org.jspecify.annotations.NullMarked;
