package dev.penstock.l4.ipvs;

import dev.penstock.l4.node.RulesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel settings under {@code /proc/sys/net} that the mode needs, and what they were before.
 */
final class SystemSettings {

    private static final Logger log = LoggerFactory.getLogger(SystemSettings.class);

    private static final Path ROOT = Path.of("/proc/sys/net");
    private static final String FORWARD = "ipv4/ip_forward";
    private static final Pattern FORMER = Pattern.compile("(\\S+)=(\\d+)");
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

    /** Begins the alias, which holds 255 bytes. */
    private static final String PREFIX = "penstock ipvs, before:";

    private final Map<String, String> former = new LinkedHashMap<>();

    private SystemSettings() {}

    /** Knows what was before from an alias that {@link #toString} gave. */
    static SystemSettings of(String alias) {
        SystemSettings settings = new SystemSettings();
        if (alias.startsWith(PREFIX)) {
            Matcher matcher = FORMER.matcher(alias);
            while (matcher.find()) {
                settings.former.put(matcher.group(1), matcher.group(2));
            }
        }
        return settings;
    }

    /**
     * Sets what IPVS needs to work with masquerading, and to let clients of a destination that is
     * gone try another one.
     *
     * @return whether anything was changed
     */
    boolean set() throws RulesException {
        boolean changed = set("ipv4/vs/conntrack", "1");
        changed |= set("ipv4/vs/expire_nodest_conn", "1");
        changed |= set("ipv4/vs/expire_quiescent_template", "1");
        if (reusesPortsBadly()) {
            changed |= set("ipv4/vs/conn_reuse_mode", "0");
        }
        if (!read(FORWARD).equals("1")) {
            // Not restored: others rely on it by then.
            write(FORWARD, "1");
        }
        return changed;
    }

    /**
     * Lets the kernel keep quiet about addresses that no link has, which are those that lead to
     * ours, when somebody on a network of the node asks for them by ARP. Who announces an address
     * answers by itself.
     *
     * @return whether anything was changed
     */
    boolean keepQuiet() throws RulesException {
        boolean changed = false;
        if (read("ipv4/conf/all/arp_ignore").equals("0")) {
            changed = set("ipv4/conf/all/arp_ignore", "3");
        }
        if (read("ipv4/conf/all/arp_announce").equals("0")) {
            changed |= set("ipv4/conf/all/arp_announce", "2");
        }
        return changed;
    }

    /** Before 5.9 a client's port that is used again is delayed, or sent to a gone destination. */
    private static boolean reusesPortsBadly() {
        Matcher version = VERSION.matcher(System.getProperty("os.version", ""));
        return version.find()
                && Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2))
                        < 5009;
    }

    private boolean set(String name, String value) throws RulesException {
        String present = read(name);
        if (present.equals(value)) {
            return false;
        }
        write(name, value);
        former.putIfAbsent(name, present);
        return true;
    }

    /** Sets back what was changed. */
    void restore() {
        former.forEach((name, value) -> {
            try {
                write(name, value);
            } catch (RulesException e) {
                log.warn("{}", e.getMessage());
            }
        });
        former.clear();
    }

    private static String read(String name) throws RulesException {
        try {
            return Files.readString(ROOT.resolve(name)).strip();
        } catch (IOException e) {
            throw new RulesException("cannot read /proc/sys/net/" + name + ": " + reason(e), e);
        }
    }

    private static void write(String name, String value) throws RulesException {
        try {
            Files.writeString(ROOT.resolve(name), value);
        } catch (IOException e) {
            throw new RulesException(
                    "cannot set /proc/sys/net/" + name + " to " + value + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "");
    }

    /** What was before, for the link's alias. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(PREFIX);
        former.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
        return text.toString();
    }
}
