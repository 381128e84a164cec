package dev.penstock.bench.proxies;

import dev.penstock.bench.program.Launcher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A reverse proxy that can be measured. */
enum Product {
    /** As it is shipped: access log to a file, metrics, all limits; a thousand hosts. */
    PENSTOCK {
        @Override
        List<String> command(Site site, int httpPort, int httpsPort) throws IOException {
            return List.of(
                    Launcher.find().toString(),
                    "serve",
                    "--manifests",
                    site.manifests().toString(),
                    "--bind",
                    "127.0.0.1",
                    "--http-port",
                    Integer.toString(httpPort),
                    "--https-port",
                    Integer.toString(httpsPort),
                    "--admin-port",
                    Integer.toString(Site.freePort()),
                    "--access-log",
                    site.directory().resolve("access.log").toString());
        }
    },
    NGINX {
        @Override
        List<String> command(Site site, int httpPort, int httpsPort) throws IOException {
            Path file = site.configure("nginx.conf", ports(httpPort, httpsPort));
            return List.of("nginx", "-c", file.toString(), "-p", site.directory().toString());
        }
    },
    HAPROXY {
        @Override
        List<String> command(Site site, int httpPort, int httpsPort) throws IOException {
            Path file = site.configure("haproxy.cfg", ports(httpPort, httpsPort));
            return List.of("haproxy", "-db", "-f", file.toString());
        }
    },
    ENVOY {
        @Override
        List<String> command(Site site, int httpPort, int httpsPort) throws IOException {
            Path file = site.configure("envoy.yaml", ports(httpPort, httpsPort));
            return List.of(
                    "envoy",
                    "-c",
                    file.toString(),
                    "--concurrency",
                    "1",
                    "-l",
                    "error",
                    "--disable-hot-restart");
        }
    },
    TRAEFIK {
        @Override
        List<String> command(Site site, int httpPort, int httpsPort) throws IOException {
            site.configure("traefik-routes.yaml", ports(httpPort, httpsPort));
            Path file = site.configure("traefik.yaml", ports(httpPort, httpsPort));
            return List.of("traefik", "--configFile=" + file);
        }
    },
    CADDY {
        @Override
        List<String> command(Site site, int httpPort, int httpsPort) throws IOException {
            Path file = site.configure("Caddyfile", ports(httpPort, httpsPort));
            return List.of("caddy", "run", "--config", file.toString(), "--adapter", "caddyfile");
        }
    };

    /** Writes the configuration; how the proxy is started with it. */
    abstract List<String> command(Site site, int httpPort, int httpsPort) throws IOException;

    /** The name for the tables. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether there is such a program on the path; Penstock is the checkout's own. */
    boolean isInstalled() {
        return this == PENSTOCK || onPath(title());
    }

    static boolean onPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Map<String, Integer> ports(int httpPort, int httpsPort) {
        return Map.of("HTTP", httpPort, "HTTPS", httpsPort);
    }
}
