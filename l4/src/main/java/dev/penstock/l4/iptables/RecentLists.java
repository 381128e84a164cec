package dev.penstock.l4.iptables;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many clients the kernel's module xt_recent remembers for each endpoint: 100 unless it is
 * loaded with an option, and the client that was seen longest ago is forgotten for a further one.
 * It is asked for more where we are the first to need the module. One that is loaded, or built into
 * the kernel, can only be told by its options ({@code /etc/modprobe.d}, or {@code
 * xt_recent.ip_list_tot=} on the kernel's command line).
 */
final class RecentLists {

    private static final Logger LOG = LoggerFactory.getLogger(RecentLists.class);

    private static final Path MODULE = Path.of("/sys/module/xt_recent");
    private static final int CLIENTS = 10_000;

    /** A table of this many entries is made for each endpoint: 16 KiB. */
    private static final int TABLE_SIZE = 1024;

    private boolean done;

    /** Does what can be done, once, and says so where it is little. */
    void prepare() {
        if (done) {
            return;
        }
        done = true;
        if (!Files.exists(MODULE) && Command.exists("modprobe")) {
            load();
        }
        int clients = clients();
        if (clients < CLIENTS) {
            LOG.info(
                    "session affinity holds for {} clients an endpoint at a time: xt_recent was"
                            + " loaded without the option ip_list_tot={}",
                    clients,
                    CLIENTS);
        }
    }

    private static void load() {
        try {
            Command.of(
                            "modprobe",
                            "xt_recent",
                            "ip_list_tot=" + CLIENTS,
                            "ip_list_hash_size=" + TABLE_SIZE)
                    .run();
        } catch (CommandException e) {
            LOG.debug("xt_recent is left to be loaded by iptables: {}", e.getMessage());
        }
    }

    private static int clients() {
        try {
            return Integer.parseInt(
                    Files.readString(MODULE.resolve("parameters/ip_list_tot")).strip());
        } catch (IOException | NumberFormatException _) {
            return CLIENTS; // it is not loaded yet, or does not say: nothing to tell
        }
    }
}
