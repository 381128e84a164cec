package dev.penstock.l4.nftables;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.RulesException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what a machine lacks for the mode. */
final class Requirements {

    /** The kernel's modules by words of the statements that need them. */
    private static final Map<String, String> MODULES = modules();

    private Requirements() {}

    private static Map<String, String> modules() {
        Map<String, String> modules = new LinkedHashMap<>();
        modules.put("type nat", "nft_chain_nat");
        modules.put(" fib ", "nft_fib_ipv4 or nft_fib_ipv6");
        modules.put("jhash", "nft_hash");
        modules.put("numgen", "nft_numgen");
        modules.put("masquerade", "nft_masq");
        modules.put(" reject", "nft_reject_ipv4 or nft_reject_ipv6");
        modules.put(" dnat ", "nft_nat");
        modules.put("ct st", "nft_ct");
        return modules;
    }

    /** What is missing, in one line; null if nothing is. */
    static @Nullable String missing(NftablesSettings settings) {
        String reason = Nft.missing();
        if (reason != null) {
            return reason;
        }
        for (Dialect dialect : Dialect.values()) {
            try (Nft nft = Nft.open()) {
                nft.run(trial(dialect, settings));
            } catch (RulesException e) {
                return "the kernel refuses a trial of the rules"
                        + module(String.valueOf(e.getMessage()));
            }
        }
        return null;
    }

    private static String module(String message) {
        int in = message.indexOf(", in: ");
        String statement = in < 0 ? "" : message.substring(in);
        String found =
                MODULES.entrySet().stream()
                        .filter(entry -> statement.contains(entry.getKey()))
                        .map(entry -> "; it may lack the module " + entry.getValue())
                        .findFirst()
                        .orElse("");
        return found + ": " + message;
    }

    /** One transaction that makes a table with everything there can be, and deletes it. */
    private static String trial(Dialect dialect, NftablesSettings settings) {
        Script script = new Script();
        script.declare(dialect, Tables.SCHEMA);
        List<Chain> chains =
                new ArrayList<>(new StaticRules(dialect, NodeFacts.NONE, settings).chains());
        for (Algorithm algorithm :
                List.of(Algorithm.RANDOM, Algorithm.ROUND_ROBIN, Algorithm.MAGLEV)) {
            Pick pick = new Pick(Pick.Space.ADDRESS, algorithm, 2, -1);
            chains.add(pick.chain(dialect));
            chains.add(pick.sticky(dialect));
        }
        script.chainsOfNewTable(dialect, chains);
        script.line("delete table " + dialect.table());
        return script.text()
                .replace(dialect.table() + " ", dialect.table() + "-trial ")
                .replace(
                        "delete table " + dialect.table(),
                        "delete table " + dialect.table() + "-trial");
    }
}
