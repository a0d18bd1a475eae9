/** The files of the journal alone. They may call what they test. */
@NullMarked
package dev.countersign.db.journal;

import org.jspecify.annotations.NullMarked;
