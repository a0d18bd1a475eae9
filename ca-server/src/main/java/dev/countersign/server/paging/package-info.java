/**
 * Pages of long lists, shared by every list of the REST contract. It may call nothing but {@code
 * refusal}. Its invariant: a page is found by the key of the last row before it, never by counting
 * rows, so that a page costs the same wherever it is and rows that come or go shift no other.
 */
@NullMarked
package dev.countersign.server.paging;

import org.jspecify.annotations.NullMarked;
