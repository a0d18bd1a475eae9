@NullMarked
package dev.countersign.db.sealed;

import org.jspecify.annotations.NullMarked;
