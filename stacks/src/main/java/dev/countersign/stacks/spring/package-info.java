/** Glue for Spring Boot. */
@NullMarked
package dev.countersign.stacks.spring;

import org.jspecify.annotations.NullMarked;
