package dev.countersign.cli;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo;
import dev.countersign.pki.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A credential as {@code enroll}, {@code renew} and {@code status} show it. */
final class CredentialView {
  private CredentialView() {}

  static Map<String, Object> json(CredentialFolder folder, Credential credential) {
    CredentialInfo info = credential.info();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("directory", folder.path().toString());
    view.put("current", current(folder));
    view.put("generation", credential.generation());
    view.put("identity", info.identity());
    view.put("profile", info.profile());
    view.put("serial", info.serial().toString());
    view.put("names", names(credential.certificate().names()));
    view.put("notBefore", info.notBefore());
    view.put("notAfter", info.notAfter());
    Map<String, Object> renewal = new LinkedHashMap<>();
    renewal.put("start", info.renewal().start());
    renewal.put("end", info.renewal().end());
    renewal.put("graceUntil", info.renewal().graceUntil());
    view.put("renewal", renewal);
    view.put("authority", info.urls().stream().map(Object::toString).toList());
    view.put("trustBundle", info.trustBundle());
    view.put("denials", info.denials());
    return view;
  }

  static String current(CredentialFolder folder) {
    return folder.path().resolve("current").toString();
  }

  static Map<String, List<String>> names(Names names) {
    Map<String, List<String>> view = new LinkedHashMap<>();
    put(view, "dns", names.dns());
    put(view, "ip", names.ip());
    put(view, "uri", names.uri());
    put(view, "email", names.email());
    return view;
  }

  private static void put(Map<String, List<String>> view, String kind, List<String> values) {
    if (!values.isEmpty()) {
      view.put(kind, values);
    }
  }
}
