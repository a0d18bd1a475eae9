package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A page of {@code GET /v1/denials}, member for member as {@code openapi.yaml} has it. That one
 * exists says who signed it, not that it is newer than another.
 *
 * @param signers the CA that signed it first, then those above it without the root
 */
record DenialsPage(
    long number,
    long newest,
    Instant at,
    Optional<Long> after,
    Optional<String> from,
    Optional<String> next,
    Map<SerialNumber, RevocationReason> denied,
    List<SerialNumber> released,
    List<Certificate> signers) {

  private static final String TYPE = "countersign-denials+jws";
  private static final int CRL_SIGN = 6; // RFC 5280 4.2.1.3
  private static final int LONGEST_PLACE = 128;
  private static final int MOST = 5_000;

  /** The page is not to be believed; the message is the end of a sentence. */
  static final class UnbelievableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnbelievableException(String reason) {
      super(reason);
    }

    UnbelievableException(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  /**
   * Reads it.
   *
   * @param roots that are trusted
   */
  static DenialsPage verified(byte[] body, List<Certificate> roots, Instant now)
      throws UnbelievableException {
    try {
      FlattenedJws jws = FlattenedJws.parse(body);
      if (!jws.headerText("typ").equals(TYPE)) {
        throw new UnbelievableException("it is signed for another use");
      }
      List<Certificate> chain = jws.x5c();
      Certificate signer = chain.get(0);
      List<Certificate> path =
          PathCheck.path(signer, chain.subList(1, chain.size()), roots, now).certificates();
      boolean[] usage = signer.x509().getKeyUsage();
      if (signer.x509().getBasicConstraints() < 0 || usage == null || !usage[CRL_SIGN]) {
        throw new UnbelievableException(
            "\"" + signer.subject() + "\" has signed it, and may not sign revocations");
      }
      if (!jws.verify(signer.x509().getPublicKey())) {
        throw new UnbelievableException("its signature is wrong");
      }
      return read(AnswerJson.tree(jws.payloadBytes()), path);
    } catch (BrokenPathException e) {
      throw new UnbelievableException("whoever signed it is not trusted: " + e.reason(), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new UnbelievableException("it cannot be read", e);
    }
  }

  private static DenialsPage read(JsonNode json, List<Certificate> signers)
      throws UnbelievableException {
    Map<SerialNumber, RevocationReason> denied = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> list : json.path("denied").properties()) {
      RevocationReason reason = reason(list.getKey());
      serials(list.getValue()).forEach(serial -> denied.put(serial, reason));
    }
    List<SerialNumber> released = serials(json.path("released"));
    if (denied.size() + released.size() > MOST) {
      throw new UnbelievableException("it has more than " + MOST + " serial numbers");
    }
    return new DenialsPage(
        number(json, "number"),
        number(json, "newest"),
        time(json.path("at").asText()),
        json.has("after") ? Optional.of(number(json, "after")) : Optional.empty(),
        place(json, "from"),
        place(json, "next"),
        denied,
        released,
        signers);
  }

  /** One of a later version is a reason all the same. */
  private static RevocationReason reason(String word) {
    try {
      return RevocationReason.parse(word);
    } catch (IllegalArgumentException e) {
      return RevocationReason.UNSPECIFIED;
    }
  }

  private static List<SerialNumber> serials(JsonNode list) throws UnbelievableException {
    if (!list.isArray()) {
      throw new UnbelievableException("serial numbers are missing in it");
    }
    List<SerialNumber> serials = new ArrayList<>();
    for (JsonNode one : list) {
      serials.add(SerialNumber.parse(one.asText()));
    }
    return serials;
  }

  private static long number(JsonNode json, String member) throws UnbelievableException {
    JsonNode value = json.path(member);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new UnbelievableException("it has no " + member);
    }
    return value.longValue();
  }

  private static Optional<String> place(JsonNode json, String member) throws UnbelievableException {
    JsonNode value = json.path(member);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual() || value.textValue().length() > LONGEST_PLACE) {
      throw new UnbelievableException("its " + member + " is no place");
    }
    return Optional.of(value.textValue());
  }

  private static Instant time(String text) throws UnbelievableException {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new UnbelievableException("it has no time", e);
    }
  }
}
