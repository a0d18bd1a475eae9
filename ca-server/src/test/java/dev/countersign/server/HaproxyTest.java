package dev.countersign.server;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** HAProxy: lists by its runtime API, the certificate by a reload of its master. */
@ExtendWith(World.Shared.class)
class HaproxyTest {
  @TempDir Path temp;

  @Test
  void under_load_haproxy_is_renewed_and_refuses_the_revoked_alone(World world) throws Exception {
    String haproxy = KeptProgram.installed("haproxy");
    try (KeptProgram program = new KeptProgram(world, temp)) {
      Path socket = temp.resolve("haproxy.sock");
      Path configuration =
          program.written(
              "haproxy.cfg",
              "global",
              "  stats socket " + socket + " level admin",
              "  tune.bufsize 131072",
              "defaults",
              "  mode http",
              "  timeout connect 10s",
              "  timeout client 10s",
              "  timeout server 10s",
              "frontend web",
              "  bind 127.0.0.1:"
                  + program.port
                  + " ssl crt "
                  + program.current("combined.pem")
                  + " ca-file "
                  + program.current("trust.pem")
                  + " crl-file "
                  + program.current("crl.pem")
                  + " verify required no-tls-tickets",
              "  http-request return status 200");
      program.start(
          haproxy,
          "-W",
          "-f",
          configuration.toString(),
          "-p",
          temp.resolve("haproxy.pid").toString());
      program.isKept(
          KeptProgram.http(),
          KeptProgram.haproxy(socket),
          KeptProgram.signal(
              "USR2",
              temp.resolve("haproxy.pid"),
              List.of("certificate"),
              "localhost:" + program.port));
    }
  }
}
