/**
 * Who may have what: profiles, and the rules that turn a request into an approved one or refuse it
 * with a reason. It may call {@code authority} (whose constraints bind every name) and {@code pki};
 * rules are pure functions of what is asked. An {@link
 * dev.countersign.server.policy.ApprovedRequest} is made here only.
 */
@NullMarked
package dev.countersign.server.policy;

import org.jspecify.annotations.NullMarked;
