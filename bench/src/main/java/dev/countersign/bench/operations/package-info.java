/**
 * What an authority is asked in a measurement, one class for each kind of request, listed in {@link
 * Operations}. Requests are made before the time begins, with keys and requests for certificates
 * that all servers are given alike.
 */
@NullMarked
package dev.countersign.bench.operations;

import org.jspecify.annotations.NullMarked;
