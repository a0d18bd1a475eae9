package dev.countersign.server.enrollment;

import dev.countersign.pki.Pin;
import java.net.URI;
import java.util.List;

/** Where a client finds this authority, and by what it knows it: the public part of a string. */
public record Meeting(List<URI> endpoints, List<Pin> pins) {}
