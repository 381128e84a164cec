package dev.penstock.l4.nftables;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.RulesException;
import org.jspecify.annotations.Nullable;

/**
 * Runs nft scripts in the network namespace of the thread that runs the first: in process by the
 * system's {@code libnftables.so.1}, or by the command {@code nft} where there is no library. The
 * language and the effect are the same. Of two threads at a time one waits for the other.
 */
public final class Nft implements AutoCloseable {

    private static final String PROGRAM = "nft";

    /** Runs a script. */
    interface Engine extends AutoCloseable {

        /**
         * Runs a script as one transaction.
         *
         * @throws RulesException with nft's own messages, of as many lines as they have
         */
        void run(String script) throws RulesException;

        @Override
        void close();
    }

    private final Engine engine;

    private Nft(Engine engine) {
        this.engine = engine;
    }

    /**
     * Opens it. Changes nothing.
     *
     * @throws RulesException if the machine has neither the library nor the command
     */
    public static Nft open() throws RulesException {
        if (NftLibrary.isPresent()) {
            return new Nft(NftLibrary.open());
        }
        return openProgram();
    }

    /**
     * What keeps us from even looking at rules, in one line: a program, the kernel, or a privilege;
     * null if nothing does. Changes nothing.
     */
    public static @Nullable String missing() {
        try (Nft _ = open();
                KernelTables kernel = KernelTables.open()) {
            kernel.generation();
            return null;
        } catch (RulesException e) {
            return e.getMessage();
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ErrnoException.EPERM, ErrnoException.EACCES ->
                        "rules of nf_tables need root, or the capability NET_ADMIN";
                default -> "this kernel has no nf_tables (module nf_tables): " + e.getMessage();
            };
        }
    }

    /** As {@link #open}, but with the command even where there is the library. */
    static Nft openProgram() throws RulesException {
        if (!Command.exists(PROGRAM)) {
            throw new RulesException(
                    "this machine has neither the library libnftables.so.1 nor the command nft:"
                            + " install the package nftables");
        }
        return new Nft(new Program());
    }

    /**
     * Runs a script as one transaction: all of it takes effect at once, or nothing does.
     *
     * @throws RulesException if it does not parse or the kernel refuses; the message has the first
     *     reason and the statement it is about
     */
    public void run(String script) throws RulesException {
        try {
            engine.run(script);
        } catch (RulesException e) {
            throw NftError.of(script, e);
        }
    }

    /** Frees what it holds. */
    @Override
    public void close() {
        engine.close();
    }

    /** The command {@code nft}: a process for each script. */
    private static final class Program implements Engine {

        @Override
        public void run(String script) throws RulesException {
            try {
                Command.of(PROGRAM, "-f", "-").run(script);
            } catch (CommandException e) {
                throw new RulesException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public void close() {
            // A process ends with its script.
        }
    }
}
