package dev.penstock.l4.iptables;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The iptables programs of one address family and one back end: the kernel has two sets of tables,
 * nf_tables' and the older ones of ip_tables, and rules in both are in force.
 *
 * @param family the address family
 * @param backend whose tables it works on
 * @param program the program's name, to which {@code -restore} and {@code -save} are appended
 */
public record Iptables(IpFamily family, Backend backend, String program) {

    /** Which of the kernel's sets of tables. */
    public enum Backend {
        /** {@code iptables-nft}: tables of nf_tables. */
        NFT("nft"),
        /** {@code iptables-legacy}: the tables of ip_tables. */
        LEGACY("legacy");

        private final String suffix;

        Backend(String suffix) {
            this.suffix = suffix;
        }

        Backend other() {
            return this == NFT ? LEGACY : NFT;
        }
    }

    /** How long a program waits for another one that holds the lock of the older tables. */
    private static final String LOCK_WAIT_SECONDS = "30";

    /** Chains in the table mangle by which a kubelet shows which back end it uses (KEP-3178). */
    private static final List<String> KUBELET_CHAINS =
            List.of("KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY");

    /** Chains of kube-proxy in the table nat; the last is of its mode ipvs. */
    private static final List<String> KUBE_PROXY_CHAINS =
            List.of("KUBE-NODEPORTS", "KUBE-PROXY-CANARY", "KUBE-SERVICES", "KUBE-NODE-PORT");

    /** A table that is empty as a rule, and so is quick to read. */
    private static final String UNUSED = "raw";

    /** What the program's exit code is then; missing rights and a held lock have others. */
    private static final int NO_SUCH_CHAIN = 1;

    private static final Pattern LINE_NUMBER = Pattern.compile("\\bline:? (\\d+)");

    public Iptables {
        requireNonNull(family, "family");
        requireNonNull(backend, "backend");
        requireNonNull(program, "program");
    }

    /**
     * The programs that this machine uses for a family: those that the name {@code iptables} stands
     * for, unless only the other back end's tables have chains of ours, of a kubelet or of
     * kube-proxy.
     *
     * @throws RulesException if there are none
     */
    public static Iptables find(IpFamily family) throws RulesException {
        String name = nameFor(family);
        Iptables chosen = new Iptables(family, backendOf(name), name);
        Iptables other = of(family, chosen.backend.other());
        return other.exists() && other.isInUse() && !chosen.isInUse() ? other : chosen;
    }

    /** The programs of a back end, whether this machine has them or not. */
    public static Iptables of(IpFamily family, Backend backend) {
        String name = nameFor(family);
        return new Iptables(family, backend, name + "-" + backend.suffix);
    }

    /**
     * The programs of all back ends that may have rules for a family: the machine may use another
     * one since they were made. One that the kernel lacks, unless it is the one in use, has none.
     *
     * @throws RulesException if the rules of the one in use cannot be read
     */
    public static List<Iptables> all(IpFamily family) throws RulesException {
        List<Iptables> all = new ArrayList<>();
        boolean hasBackends = false;
        for (Backend backend : Backend.values()) {
            Iptables programs = of(family, backend);
            if (programs.exists()) {
                hasBackends = true;
                if (programs.isReadable()) {
                    all.add(programs);
                }
            }
        }
        if (!hasBackends && Command.exists(nameFor(family))) { // before 1.8
            all.add(find(family));
        }
        return all;
    }

    private boolean isReadable() throws RulesException {
        try {
            save(UNUSED);
            return true;
        } catch (RulesException e) {
            if (backendOf(nameFor(family)) == backend) {
                throw e;
            }
            return false;
        }
    }

    /** The name that stands for the back end that this machine uses. */
    private static String nameFor(IpFamily family) {
        return family == IpFamily.IPV4 ? "iptables" : "ip6tables";
    }

    private static Backend backendOf(String name) throws RulesException {
        try {
            // "iptables v1.8.9 (nf_tables)"; before 1.8 there was one back end and no word of it.
            String version = Command.of(name, "-V").run();
            return version.contains("(nf_tables)") ? Backend.NFT : Backend.LEGACY;
        } catch (CommandException e) {
            throw new RulesException(e.getMessage(), e);
        }
    }

    /** Whether the programs are installed. */
    boolean exists() {
        return Command.exists(restoreProgram()) && Command.exists(saveProgram());
    }

    String restoreProgram() {
        return program + "-restore";
    }

    private String saveProgram() {
        return program + "-save";
    }

    private boolean isInUse() {
        return hasChain(Chain.NAT, ChainNames.CANARY)
                || hasChain(Chain.NAT, "KUBE-SERVICES")
                || KUBELET_CHAINS.stream().anyMatch(chain -> hasChain("mangle", chain));
    }

    /**
     * Carries out what {@code iptables-save} would have written, or a part of it: chains that are
     * declared are emptied, others stay. Each table is one transaction.
     *
     * @throws RulesException if the programs refuse it; the message has the line at fault
     */
    public void restore(String input) throws RulesException {
        run(input, restoreProgram(), "--noflush", "--counters", "-w", LOCK_WAIT_SECONDS);
    }

    /**
     * Whether all rules of an input of {@code -C} lines are there.
     *
     * @throws RulesException if the program is missing or may not look
     */
    public boolean check(String input) throws RulesException {
        Command command = Command.of(restoreProgram(), "--noflush", "-w", LOCK_WAIT_SECONDS);
        try {
            command.run(input);
            return true;
        } catch (CommandException e) {
            if (e.exitCode() == 1 || e.exitCode() == 2) {
                return false;
            }
            throw failure(command, input, e);
        }
    }

    /**
     * The text of a table; where it does not exist, nothing or empty built-in chains. To look makes
     * no table.
     *
     * @param table {@code nat}, {@code filter} or {@code mangle}
     * @throws RulesException if the program is missing or may not read it
     */
    public String save(String table) throws RulesException {
        if (backend == Backend.LEGACY && !legacyTables().contains(table)) {
            return "";
        }
        return run("", saveProgram(), "-t", table);
    }

    /**
     * The text of all tables that exist, as {@link #save(String)} gives it for one, in a program.
     *
     * @throws RulesException if the program is missing or may not read them
     */
    public String save() throws RulesException {
        return backend == Backend.LEGACY && legacyTables().isEmpty() ? "" : run("", saveProgram());
    }

    /**
     * Fails where the programs may not work on a table; makes it, empty, where there is none yet.
     *
     * @throws RulesException if the program is missing or may not read it
     */
    void claim(String table) throws RulesException {
        String _ = run("", saveProgram(), "-t", table);
    }

    /** The tables of ip_tables that exist in this network namespace. */
    private List<String> legacyTables() {
        Path names =
                Path.of(
                        "/proc/thread-self/net",
                        family == IpFamily.IPV4 ? "ip_tables_names" : "ip6_tables_names");
        try {
            return Files.readAllLines(names);
        } catch (IOException _) {
            return List.of(); // the kernel has not loaded ip_tables
        }
    }

    private static String run(String input, String... line) throws RulesException {
        Command command = Command.of(line);
        try {
            return command.run(input);
        } catch (CommandException e) {
            throw failure(command, input, e);
        }
    }

    static RulesException failure(Command command, String input, CommandException e) {
        if (e.exitCode() <= 0) {
            return new RulesException(e.getMessage(), e);
        }
        String program = command.line().getFirst();
        String reason = reason(e.errors(), program);
        Matcher number = LINE_NUMBER.matcher(e.errors());
        if (!number.find() || input.isEmpty()) {
            return new RulesException(program + ": " + reason, e);
        }
        String line =
                input.lines().skip(Long.parseLong(number.group(1)) - 1L).findFirst().orElse("");
        String where = line.equals("COMMIT") ? "the kernel refused the table" : line;
        return new RulesException(program + ": " + reason + ", at: " + where, e);
    }

    /** The first line that says something, without the program's name and version. */
    private static String reason(String errors, String program) {
        return errors.lines()
                .map(line -> line.replaceFirst("^ip6?tables\\S*( v\\S+ \\(\\w+\\))?: ?", ""))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse(program + " says no more");
    }

    /**
     * Whether a chain exists; costs no more in a large table of nf_tables. To look makes no table.
     *
     * @param table {@code nat}, {@code filter} or {@code mangle}
     */
    boolean hasChain(String table, String chain) {
        // Most causes of a failure are as good as "no such chain" here.
        return look(table, chain) == 0;
    }

    /** The code a look at a chain ends with; 0 where it exists. */
    private int look(String table, String chain) {
        if (backend == Backend.LEGACY && !legacyTables().contains(table)) {
            return NO_SUCH_CHAIN;
        }
        try {
            Command.of(program, "-w", LOCK_WAIT_SECONDS, "-t", table, "-S", chain).run();
            return 0;
        } catch (CommandException e) {
            return e.exitCode();
        }
    }

    /**
     * Whether one of some chains exists, or that cannot be known. Unlike {@link #save} it costs no
     * more in a large table of nf_tables. To look makes no table.
     *
     * @param table {@code nat}, {@code filter} or {@code mangle}
     */
    public boolean mayHaveAny(String table, Collection<String> chains) {
        return chains.stream().anyMatch(chain -> look(table, chain) != NO_SUCH_CHAIN);
    }

    /**
     * The chains of a kube-proxy that is running, or did not clean up, in either back end and
     * family. Empty where there are none or nothing can be read. Chains that a kubelet makes do not
     * count.
     */
    public static List<String> kubeProxyChains() {
        return Stream.of(IpFamily.values())
                .flatMap(family -> Stream.of(Backend.values()).map(backend -> of(family, backend)))
                .flatMap(Iptables::chainsOfKubeProxy)
                .distinct()
                .sorted()
                .toList();
    }

    private Stream<String> chainsOfKubeProxy() {
        return Command.exists(program)
                ? KUBE_PROXY_CHAINS.stream().filter(chain -> hasChain("nat", chain))
                : Stream.empty();
    }
}
