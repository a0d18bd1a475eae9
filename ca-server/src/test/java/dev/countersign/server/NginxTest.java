package dev.countersign.server;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** nginx, reloaded by its own command. */
@ExtendWith(World.Shared.class)
class NginxTest {
  @TempDir Path temp;

  @Test
  void under_load_nginx_is_renewed_and_refuses_the_revoked_alone(World world) throws Exception {
    String nginx = KeptProgram.installed("nginx");
    try (KeptProgram program = new KeptProgram(world, temp)) {
      Files.createDirectory(temp.resolve("tmp"));
      Path configuration =
          program.written(
              "nginx.conf",
              "daemon off;",
              "pid " + temp.resolve("nginx.pid") + ";",
              "error_log " + temp.resolve("error.log") + ";",
              "events {}",
              "http {",
              "access_log off;",
              "client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;",
              "uwsgi_temp_path tmp; scgi_temp_path tmp;",
              "server {",
              "listen 127.0.0.1:" + program.port + " ssl;",
              "ssl_certificate " + program.current("fullchain.pem") + ";",
              "ssl_certificate_key " + program.current("key.pem") + ";",
              "ssl_client_certificate " + program.current("trust.pem") + ";",
              "ssl_crl " + program.current("crl.pem") + ";",
              "ssl_verify_client on; ssl_verify_depth 2; ssl_session_tickets off;",
              "location / { return 200 'ok'; }",
              "}",
              "}");
      program.start(nginx, "-p", temp.toString(), "-c", configuration.toString());
      String reload = nginx + " -p " + temp + " -c " + configuration + " -s reload";
      program.isKept(KeptProgram.http(), KeptProgram.onChange(reload, "localhost:" + program.port));
    }
  }
}
