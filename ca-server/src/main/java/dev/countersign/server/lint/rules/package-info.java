/**
 * One lint in each file, each citing the clause it holds us to, each tested with samples named
 * after the defect. A rule reads the parsed draft and its issuer, and nothing else. Rules do not
 * depend on one another, so that each may be read alone.
 */
@NullMarked
package dev.countersign.server.lint.rules;

import org.jspecify.annotations.NullMarked;
