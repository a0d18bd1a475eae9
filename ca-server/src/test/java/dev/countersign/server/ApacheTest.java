package dev.countersign.server;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Apache httpd, reloaded gracefully by its own command. */
@ExtendWith(World.Shared.class)
class ApacheTest {
  private static final String MODULES = "/usr/lib/apache2/modules/mod_";

  @TempDir Path temp;

  @Test
  void under_load_apache_is_renewed_and_refuses_the_revoked_alone(World world) throws Exception {
    String apache = KeptProgram.installed("apache2");
    try (KeptProgram program = new KeptProgram(world, temp)) {
      Path configuration =
          program.written(
              "apache.conf",
              "ServerRoot " + temp,
              "ServerName localhost",
              "PidFile " + temp.resolve("apache.pid"),
              "ErrorLog " + temp.resolve("error.log"),
              "DefaultRuntimeDir " + temp,
              "Listen 127.0.0.1:" + program.port,
              "LoadModule mpm_event_module " + MODULES + "mpm_event.so",
              "LoadModule authz_core_module " + MODULES + "authz_core.so",
              "LoadModule alias_module " + MODULES + "alias.so",
              "LoadModule ssl_module " + MODULES + "ssl.so",
              "<IfModule unixd_module>",
              "User www-data",
              "Group www-data",
              "</IfModule>",
              "StartServers 1",
              "SSLEngine on",
              "SSLCertificateFile " + program.current("fullchain.pem"),
              "SSLCertificateKeyFile " + program.current("key.pem"),
              "SSLCACertificateFile " + program.current("trust.pem"),
              "SSLCARevocationFile " + program.current("crl.pem"),
              "SSLCARevocationCheck chain",
              "SSLVerifyClient require",
              "SSLVerifyDepth 2",
              "SSLSessionTickets off",
              "Redirect 204 /");
      program.start(apache, "-D", "FOREGROUND", "-f", configuration.toString());
      program.isKept(
          KeptProgram.http(),
          KeptProgram.onChange(
              apache + " -f " + configuration + " -k graceful", "localhost:" + program.port));
    }
  }
}
