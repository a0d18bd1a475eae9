/**
 * The first trust of a service: enrolments, their one string, and the door that takes the request
 * signed by it. It may call the core and everything below. Its invariant: the server keeps the
 * public half of an enrolment's key alone, so a copy of its database enrols nobody.
 */
@NullMarked
package dev.countersign.server.enrollment;

import org.jspecify.annotations.NullMarked;
