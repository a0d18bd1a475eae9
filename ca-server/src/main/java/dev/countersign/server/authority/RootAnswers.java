package dev.countersign.server.authority;

/**
 * OCSP answers that a root has signed beforehand, for those who name its key by one or the other
 * hash.
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record RootAnswers(byte[] sha1, byte[] sha256) {}
