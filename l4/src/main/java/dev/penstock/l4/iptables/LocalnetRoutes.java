package dev.penstock.l4.iptables;

import dev.penstock.l4.node.RulesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's switch {@code route_localnet} of this network namespace, without which no packet
 * with a loopback address leaves the host, as one to a node port of 127.0.0.1 must. Its former
 * value is one of our {@link Notes}.
 */
final class LocalnetRoutes {

    private static final Path SWITCH = Path.of("/proc/sys/net/ipv4/conf/all/route_localnet");
    private static final String NOTE = "route_localnet was ";
    private static final String ON = "1";

    private LocalnetRoutes() {}

    static boolean isOn() throws RulesException {
        return read().equals(ON);
    }

    /** Takes note of the value, unless there is a note. */
    static void note(Notes notes) throws RulesException {
        if (notes.startingWith(Chain.FILTER, NOTE) == null) {
            notes.add(Chain.FILTER, NOTE + read());
        }
    }

    static void turnOn() throws RulesException {
        if (!isOn()) {
            write(ON);
        }
    }

    /** Sets the value of the note and drops that; does nothing without one. */
    static void restore(Notes notes) throws RulesException {
        String note = notes.startingWith(Chain.FILTER, NOTE);
        if (note == null) {
            return;
        }
        String former = note.substring(NOTE.length());
        if (isOn() && !former.equals(ON)) {
            write(former);
        }
        notes.remove(Chain.FILTER, note);
    }

    private static String read() throws RulesException {
        try {
            return Files.readString(SWITCH).strip();
        } catch (IOException e) {
            throw new RulesException(SWITCH + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void write(String value) throws RulesException {
        try {
            Files.writeString(SWITCH, value);
        } catch (IOException e) {
            throw new RulesException(
                    SWITCH + " cannot be set to " + value + ": " + e.getMessage(), e);
        }
    }
}
