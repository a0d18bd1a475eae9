@NullMarked
package dev.countersign.pki;

import org.jspecify.annotations.NullMarked;
