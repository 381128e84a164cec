package dev.penstock.l4.nftables;

import dev.penstock.l4.node.NodePlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does with a {@link RulesetModel} what the mode does with a kernel. */
final class ModelKernel {

    private final TablePlanner planner = new TablePlanner(NftablesSettings.DEFAULT);
    private final RulesetModel rules = new RulesetModel();
    private @Nullable NodePlan applied;

    RulesetModel rules() {
        return rules;
    }

    /** The statements that were sent. */
    String apply(NodePlan plan) {
        NodePlan before = applied;
        List<TableChange> changes;
        Script script = new Script();
        if (before == null) {
            changes = new ArrayList<>();
            for (Dialect dialect : Dialect.values()) {
                script.declare(dialect, Tables.SCHEMA);
                changes.add(planner.everything(dialect, plan).change());
            }
        } else {
            changes = planner.changes(before, plan);
        }
        rules.run(script.text());
        for (TableChange change : changes) {
            List<Chain> raw = change.newRawChains();
            Script chains = new Script();
            chains.chains(change.dialect(), raw);
            rules.run(chains.text());
            raw.forEach(chain -> rules.addFirst(change.dialect(), chain));
        }
        Script rest = new Script();
        for (TableChange change : changes) {
            change.write(rest);
        }
        for (TableChange change : changes) {
            rest.deleteChains(change.dialect(), change.goneChains());
        }
        rules.run(rest.text());
        applied = plan;
        return script.text() + rest.text();
    }
}
