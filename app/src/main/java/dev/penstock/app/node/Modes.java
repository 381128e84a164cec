package dev.penstock.app.node;

import dev.penstock.app.exit.ExitException;
import dev.penstock.l4.iptables.IptablesMode;
import dev.penstock.l4.ipvs.IpvsMode;
import dev.penstock.l4.ipvs.IpvsSettings;
import dev.penstock.l4.nftables.NftablesMode;
import dev.penstock.l4.nftables.NftablesSettings;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.userspace.UserspaceMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The modes there are: makes the one that is asked for, and cleans up after the others. */
public final class Modes {

    private static final Logger log = LoggerFactory.getLogger(Modes.class);

    private static final String NFTABLES = "nftables";
    private static final String IPTABLES = "iptables";
    private static final String USERSPACE = "userspace";

    /** In the order in which they are preferred. */
    private static final Map<String, Function<ModeSettings, RuleMode>> ALL = new LinkedHashMap<>();

    static {
        ALL.put(
                NFTABLES,
                settings -> new NftablesMode(new NftablesSettings(settings.serviceCidrs())));
        ALL.put(IPTABLES, settings -> new IptablesMode());
        ALL.put("ipvs", settings -> new IpvsMode(new IpvsSettings(settings.ipvsScheduler())));
        ALL.put(USERSPACE, settings -> new UserspaceMode(settings.userspace()));
    }

    private Modes() {}

    /** What {@code --mode} takes beside {@link ModeSettings#AUTO}. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /**
     * Makes the mode that the settings name, or choose.
     *
     * @throws ExitException if the machine lacks what it needs
     */
    static RuleMode choose(ModeSettings settings) {
        if (!settings.name().equals(ModeSettings.AUTO)) {
            RuleMode mode = make(settings.name(), settings);
            String missing = mode.missing();
            if (missing != null) {
                throw ExitException.failed(
                        "mode "
                                + mode.name()
                                + " is not possible here: "
                                + missing
                                + (mode.name().equals(USERSPACE)
                                        ? "; --no-redirect needs neither"
                                        : ""),
                        null);
            }
            return mode;
        }
        RuleMode nftables = make(NFTABLES, settings);
        String noNftables = nftables.missing();
        if (noNftables == null) {
            log.info("Mode nftables: the kernel and libnftables have what it needs");
            return nftables;
        }
        RuleMode iptables = make(IPTABLES, settings);
        String noIptables = iptables.missing();
        if (noIptables == null) {
            log.info("Mode iptables, since mode nftables is not possible here: {}", noNftables);
            return iptables;
        }
        throw ExitException.failed(
                "neither mode nftables ("
                        + noNftables
                        + ") nor iptables ("
                        + noIptables
                        + ") is possible here; userspace with --no-redirect needs neither",
                null);
    }

    /** Whether node ports are served on 127.0.0.1 unless told otherwise: as kube-proxy does. */
    static boolean hasLocalhostNodePorts(RuleMode mode) {
        return mode.name().equals(IPTABLES) || mode.name().equals(USERSPACE);
    }

    /** Whether the kernel sends flows to endpoints in a mode, not to sockets of this process. */
    static boolean translatesInKernel(RuleMode mode) {
        return !mode.name().equals(USERSPACE);
    }

    /** Whether a mode touches the system's rules at all: userspace mode need not. */
    static boolean makesRules(RuleMode mode, ModeSettings settings) {
        return !mode.name().equals(USERSPACE) || settings.userspace().redirect();
    }

    private static RuleMode make(String name, ModeSettings settings) {
        Function<ModeSettings, RuleMode> maker = ALL.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("mode: " + name + " (expected: " + names() + ")");
        }
        return maker.apply(settings);
    }

    /**
     * Removes what modes made on this machine, now or in an earlier run.
     *
     * @param kept the name of a mode to leave alone; empty for none
     * @return the modes of which something was removed
     * @throws RulesException if some of it could not be removed; the rest was
     */
    static List<String> remove(ModeSettings settings, String kept) throws RulesException {
        List<String> removed = new ArrayList<>();
        RulesException failure = null;
        for (String name : ALL.keySet()) {
            if (name.equals(kept)) {
                continue;
            }
            try (RuleMode mode = make(name, settings)) {
                if (mode.remove()) {
                    removed.add(name);
                }
            } catch (RulesException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return removed;
    }
}
