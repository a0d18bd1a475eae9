package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.BadCsrs;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerReaderTest {

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "3080 0000, indefinite length",
    "3081 00, length that is not minimal",
    "308200 80, length that is not minimal",
    "3085 0000000001 00, length beyond the end",
    "3084 ffffffff, length beyond the end",
    "3001, length beyond the end",
    "30, cut off",
    "1f8100 00, tag of more than one byte",
    "0200, integer without content",
    "02020001, integer that is not minimal",
    "0202ff80, integer that is not minimal",
    "0a020001, integer that is not minimal",
    "010101, BOOLEAN",
    "0102ffff, BOOLEAN",
    "0501 00, NULL",
    "0600, object identifier",
    "060180, object identifier",
    "06028001, object identifier",
    "060181, object identifier",
    "060b2a ffffffffffffffffff7f, object identifier",
    "0300, BIT STRING",
    "030101, BIT STRING",
    "030208 00, BIT STRING",
    "030201 01, BIT STRING",
    "0000, end-of-contents",
    "2403 040100, constructed form",
    "1000, primitive form",
    "1100, primitive form",
    "3106 020102 020101, out of order",
    "3003 020100 00, cut off"
  })
  void a_tree_is_refused_for(String encoding, String reason) {
    assertThatThrownBy(() -> DerReader.of(hex(encoding)).checkTree())
        .isInstanceOf(MalformedDerException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3000",
        "020100",
        "0202 0080",
        "0201ff",
        "0101ff",
        "030100",
        "03020780",
        "3106 020101 020101",
        "0500",
        "0602 2a03"
      })
  void a_tree_is_accepted(String encoding) throws Exception {
    DerReader.of(hex(encoding)).checkTree();
  }

  @Test
  void the_offset_counts_from_the_first_byte_given() {
    assertThatThrownBy(() -> DerReader.of(hex("3006 020100 020200 01")).checkTree())
        .hasMessage("a length beyond the end at byte 5");
    assertThatThrownBy(
            () -> {
              DerReader sequence = DerReader.of(hex("3006 020100 020105")).sequence();
              sequence.integer();
              sequence.end();
            })
        .hasMessage("unexpected data after the last element at byte 5");
  }

  @Test
  void reads_what_the_writer_writes() throws Exception {
    DerWriter writer = new DerWriter(1);
    Instant utc = Instant.parse("2049-12-31T23:59:59Z");
    Instant generalized = Instant.parse("2050-01-01T00:00:00Z");
    byte[] large = new byte[70_000];
    writer.octetString(large).time(generalized).time(utc).generalizedTime(utc);
    writer.utf8("Zürich").ascii(DerReader.IA5_STRING, "a@b").oid("2.999.1").nul().enumerated(6);
    writer.bitString(hex("0102")).bool(true).integer(-129);
    byte[] der = writer.sequence(0).toByteArray();

    DerReader.of(der).checkTree();
    DerReader outer = DerReader.of(der);
    DerReader in = outer.sequence();
    outer.end();
    assertThat(in.integer()).isEqualTo(BigInteger.valueOf(-129));
    assertThat(in.boolDefaultFalse()).isTrue();
    assertThat(in.bitStringOctets()).isEqualTo(hex("0102"));
    assertThat(in.enumerated(10)).isEqualTo(6);
    in.nul();
    assertThat(in.oid()).isEqualTo("2.999.1");
    assertThat(in.string()).isEqualTo("a@b");
    assertThat(in.string()).isEqualTo("Zürich");
    assertThat(in.peekTag()).isEqualTo(DerReader.GENERALIZED_TIME);
    assertThat(in.time()).isEqualTo(utc);
    assertThat(in.peekTag()).isEqualTo(DerReader.UTC_TIME);
    assertThat(in.time()).isEqualTo(utc);
    assertThat(in.peekTag()).isEqualTo(DerReader.GENERALIZED_TIME);
    assertThat(in.time()).isEqualTo(generalized);
    assertThat(in.octetString()).isEqualTo(large);
    in.end();
    assertThat(in.peekTag()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0",
        "0.39",
        "1.2.840.113549.1.1.11",
        "2.5.29.17",
        "2.999.123456789012345",
        "1.3.6.1.4.1.311.20.2.3"
      })
  void object_identifiers_are_those_of_Bouncy_Castle(String dotted) throws Exception {
    byte[] der = new DerWriter().oid(dotted).toByteArray();
    assertThat(der).isEqualTo(new ASN1ObjectIdentifier(dotted).getEncoded());
    assertThat(DerReader.of(der).oid()).isEqualTo(dotted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "3.1", "1.40", "1.02", "1..2", "a", "1.2.", "1.2.9999999999999999999"})
  void text_that_is_no_object_identifier_is_refused(String text) {
    assertThatThrownBy(() -> Oids.content(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbers_and_times_are_those_of_Bouncy_Castle() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      BigInteger number = new BigInteger(random.nextInt(200), random);
      number = random.nextBoolean() ? number.negate() : number;
      byte[] der = new DerWriter().integer(number).toByteArray();
      assertThat(der).isEqualTo(new ASN1Integer(number).getEncoded());
      assertThat(DerReader.of(der).integer()).isEqualTo(number);
    }
    assertThat(
            new DerWriter().generalizedTime(Instant.parse("2026-11-24T05:00:00.9Z")).toByteArray())
        .isEqualTo(new ASN1GeneralizedTime("20261124050000Z").getEncoded());
  }

  @ParameterizedTest
  @CsvSource({
    "17, 2611240500Z",
    "17, 261124050000+0100",
    "17, 261324050000Z",
    "18, 20261124050000.5Z",
    "18, 20260230050000Z",
    "18, 2026112405000Z"
  })
  void times_of_another_form_are_refused(String tag, String text) {
    byte[] der = new DerWriter().ascii(Integer.parseInt(tag, 16), text).toByteArray();
    assertThatThrownBy(() -> DerReader.of(der).time()).isInstanceOf(MalformedDerException.class);
  }

  @Test
  void integers_have_bounds() {
    assertThatThrownBy(() -> DerReader.of(hex("020105")).integer(4))
        .hasMessageContaining("out of range");
    assertThatThrownBy(() -> DerReader.of(hex("0201ff")).integer(4))
        .hasMessageContaining("out of range");
    assertThatThrownBy(() -> DerReader.of(hex("0205 0100000001")).integer(4))
        .hasMessageContaining("out of range");
  }

  @Test
  void random_bytes_end_in_the_checked_exception_or_well() {
    Random random = new Random(42);
    byte[] good = BadCsrs.good();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        DerReader.of(bytes).checkTree();
      } catch (MalformedDerException e) {
        assertThat(e.offset()).isBetween(0, bytes.length);
      }
    }
  }
}
