/** Glue for Kafka's clients and brokers. */
@NullMarked
package dev.countersign.stacks.kafka;

import org.jspecify.annotations.NullMarked;
