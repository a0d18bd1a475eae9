package dev.countersign.pki.testing;

import static dev.countersign.pki.testing.CsrRecipe.SAN;
import static dev.countersign.pki.testing.CsrRecipe.extension;
import static dev.countersign.pki.testing.CsrRecipe.extensionRequest;
import static dev.countersign.pki.testing.CsrRecipe.rdn;
import static dev.countersign.pki.testing.RawDer.hex;
import static dev.countersign.pki.testing.RawDer.ia5;
import static dev.countersign.pki.testing.RawDer.integer;
import static dev.countersign.pki.testing.RawDer.join;
import static dev.countersign.pki.testing.RawDer.octets;
import static dev.countersign.pki.testing.RawDer.oid;
import static dev.countersign.pki.testing.RawDer.seq;
import static dev.countersign.pki.testing.RawDer.tlv;
import static dev.countersign.pki.testing.RawDer.utf8;

import dev.countersign.pki.InvalidRequestException.Fault;
import dev.countersign.pki.testing.BadCsrs.Sample;
import java.util.List;
import java.util.stream.IntStream;

/** Requests whose subject or alternative names are wrong. */
final class BadNameCsrs {
  private static final byte[] CN = oid("2.5.4.3");

  private final List<Sample> samples;

  private BadNameCsrs(List<Sample> samples) {
    this.samples = samples;
  }

  static void addTo(List<Sample> samples) {
    BadNameCsrs bad = new BadNameCsrs(samples);
    bad.subjects();
    bad.alternativeNames();
  }

  private void commonName(String name, byte[] value) {
    subject(name, seq(rdn(CN, value)));
  }

  private void subject(String name, byte[] subject) {
    BadCsrs.add(samples, Fault.BAD_NAME, name, r -> r.subject = subject);
  }

  private void names(String name, byte[]... generalNames) {
    BadCsrs.add(
        samples,
        Fault.BAD_NAME,
        name,
        r -> r.attributes = tlv(0xa0, extensionRequest(extension(SAN, seq(join(generalNames))))));
  }

  private void subjects() {
    commonName("common_name_invalid_UTF_8", tlv(0x0c, hex("61ff62")));
    commonName("common_name_overlong_UTF_8", tlv(0x0c, hex("61c08062")));
    commonName("common_name_PrintableString_with_at_and_star", ia5(0x13, "a@b*c"));
    commonName("common_name_with_NUL", utf8("good.example\0.evil.example"));
    commonName("common_name_with_line_break", utf8("good.example\nCN=evil"));
    commonName("common_name_with_direction_override", utf8("good\u202eelpmaxe.live"));
    commonName("common_name_BMPString_of_odd_length", tlv(0x1e, hex("006100")));
    commonName("common_name_is_an_INTEGER", integer(7));
    commonName("common_name_empty", utf8(""));
    commonName("common_name_of_65_characters", utf8("a".repeat(65)));
    subject("subject_with_an_empty_part", seq(RawDer.set()));
    subject("subject_with_two_common_names", seq(rdn(CN, utf8("a")), rdn(CN, utf8("b"))));
    subject("organisation_with_NUL", seq(rdn(oid("2.5.4.10"), utf8("a\0b"))));
    BadCsrs.add(
        samples,
        Fault.MALFORMED,
        "subject_part_out_of_order",
        r -> r.subject = seq(RawDer.set(seq(oid("2.5.4.10"), utf8("o")), seq(CN, utf8("a")))));
  }

  private void alternativeNames() {
    names("dns_name_with_NUL", ia5(0x82, "good.example\0.evil.example"));
    names("dns_name_empty", ia5(0x82, ""));
    names("dns_name_not_ASCII", ia5(0x82, "b\u00fccher.example"));
    names("dns_name_with_a_blank", ia5(0x82, " good.example"));
    names("dns_name_with_an_underscore", ia5(0x82, "a_b.example"));
    names("dns_name_with_a_trailing_dot", ia5(0x82, "good.example."));
    names("dns_name_with_an_inner_wildcard", ia5(0x82, "a.*.example"));
    names("dns_name_with_a_partial_wildcard", ia5(0x82, "a*.example"));
    names("dns_name_that_is_an_address", ia5(0x82, "10.0.0.1"));
    names("dns_name_with_a_false_A_label", ia5(0x82, "xn--999999999.example"));
    names("dns_name_with_a_long_label", ia5(0x82, "a".repeat(64) + ".example"));
    names("ip_address_of_5_octets", tlv(0x87, new byte[5]));
    names("ip_address_with_a_mask", tlv(0x87, hex("0a000000ff000000")));
    names("ip_address_4_in_6", tlv(0x87, hex("00000000000000000000ffff0a000001")));
    names("uri_relative", ia5(0x86, "/orders"));
    names("uri_with_NUL", ia5(0x86, "spiffe://td/a\0b"));
    names("uri_with_a_dot_segment", ia5(0x86, "spiffe://td/a/../b"));
    names("mail_without_host", ia5(0x81, "root"));
    names("mail_with_line_break", ia5(0x81, "a\r\nb@mail.example"));
    names("other_name", tlv(0xa0, oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xa0, utf8("a@b"))));
    names("directory_name", tlv(0xa4, seq(rdn(CN, utf8("a")))));
    names("registered_id", tlv(0x88, hex("2a0304")));
    names(
        "101_names",
        IntStream.range(0, 101)
            .mapToObj(i -> ia5(0x82, "h" + i + ".example"))
            .toArray(byte[][]::new));
    BadCsrs.add(
        samples,
        Fault.MALFORMED,
        "basic_constraints_with_an_encoded_FALSE",
        r ->
            r.attributes =
                tlv(0xa0, extensionRequest(seq(oid("2.5.29.19"), octets(seq(hex("010100")))))));
  }
}
