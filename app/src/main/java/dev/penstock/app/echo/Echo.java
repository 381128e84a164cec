package dev.penstock.app.echo;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.exit.StopSignals;
import dev.penstock.model.address.AddressText;
import dev.penstock.proxy.echo.EchoServer;
import dev.penstock.proxy.echo.EchoSettings;
import dev.penstock.proxy.listener.BindException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs echo backends that say who they are. */
public final class Echo {

    /** Variables by which a Pod learns of itself, as the downward API gives them by custom. */
    private static final Map<String, String> POD_FACTS =
            Map.of("POD_NAME", "pod", "POD_NAMESPACE", "namespace", "NODE_NAME", "node");

    private Echo() {}

    /**
     * Serves until a signal ends it.
     *
     * @param name what the backend calls itself; null for nothing
     */
    public static int run(InetSocketAddress address, @Nullable String name, PrintWriter out)
            throws InterruptedException {
        StopSignals signals = StopSignals.install(() -> {});
        try (EchoServer server = start(address, name)) {
            InetSocketAddress bound = server.address();
            out.println(
                    "penstock echo is ready: http "
                            + AddressText.authority(address.getHostString(), bound.getPort()));
            signals.await();
        }
        return ExitCode.OK;
    }

    /** Starts a backend. */
    public static EchoServer start(InetSocketAddress address, @Nullable String name) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (name != null) {
            facts.put("backend", name);
        }
        facts.put("hostname", hostname());
        POD_FACTS.forEach((variable, fact) -> {
            String value = System.getenv(variable);
            if (value != null) {
                facts.put(fact, value);
            }
        });
        try {
            return EchoServer.start(new EchoSettings(address, facts));
        } catch (BindException e) {
            throw ExitException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static String hostname() {
        String variable = System.getenv("HOSTNAME");
        if (variable != null) {
            return variable;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            // Without a name of its own it is still of use.
            return "unknown";
        }
    }
}
