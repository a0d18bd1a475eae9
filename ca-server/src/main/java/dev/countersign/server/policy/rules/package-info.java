/**
 * One rule of the issuance policy in each file, tested with samples named after what they break. A
 * rule may call {@code policy}, {@code authority} and {@code pki}, and reads nothing but the claim
 * before it. Every rule must pass: a rule grants nothing, it only refuses.
 */
@NullMarked
package dev.countersign.server.policy.rules;

import org.jspecify.annotations.NullMarked;
