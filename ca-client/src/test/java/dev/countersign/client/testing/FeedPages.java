package dev.countersign.client.testing;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.TestCa;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pages of a feed of denials, as an authority signs them, or as it must not. */
public final class FeedPages {
  private final KeyPair key;
  private final List<Certificate> chain;

  private FeedPages(KeyPair key, List<Certificate> chain) {
    this.key = key;
    this.chain = chain;
  }

  public static FeedPages of(TestCa ca) {
    return new FeedPages(ca.issuingKey(), List.of(ca.issuing()));
  }

  public static FeedPages signedBy(KeyPair key, List<Certificate> chain) {
    return new FeedPages(key, chain);
  }

  /** The changes after a number. */
  public byte[] changes(long after, long number, Instant at, String members) {
    return page("\"after\":" + after + ",\"number\":" + number, at, members);
  }

  /** A piece of all. */
  public byte[] piece(long number, Instant at, String members) {
    return page("\"number\":" + number, at, members);
  }

  private byte[] page(String numbers, Instant at, String members) {
    String newest = members.contains("newest") ? "" : ",\"newest\":" + digits(numbers);
    return signed(
        "countersign-denials+jws",
        "{" + numbers + newest + ",\"at\":\"" + at + "\"," + members + "}");
  }

  private static String digits(String numbers) {
    return numbers.substring(numbers.lastIndexOf(':') + 1);
  }

  public byte[] signed(String type, String payload) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("typ", type);
    header.put("x5c", FlattenedJws.x5c(chain));
    byte[] json = payload.getBytes(StandardCharsets.UTF_8);
    return FlattenedJws.sign(header, json, JwsSigner.of(key.getPrivate())).toJson();
  }

  public static String denied(SerialNumber serial) {
    return "\"denied\":{\"keyCompromise\":[\"" + serial + "\"]},\"released\":[]";
  }

  public static String released(SerialNumber serial) {
    return "\"denied\":{},\"released\":[\"" + serial + "\"]";
  }

  public static String nothing() {
    return "\"denied\":{},\"released\":[]";
  }
}
