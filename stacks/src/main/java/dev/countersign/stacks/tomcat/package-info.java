/** Glue for Tomcat. */
@NullMarked
package dev.countersign.stacks.tomcat;

import org.jspecify.annotations.NullMarked;
