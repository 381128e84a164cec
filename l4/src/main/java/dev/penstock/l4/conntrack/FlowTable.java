package dev.penstock.l4.conntrack;

import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.List;
import java.util.function.Predicate;

/** The UDP flows that the kernel remembers, outside of conntrack zones. One thread. */
interface FlowTable extends AutoCloseable {

    /** The flows of a family that pass a test. */
    List<Flow> find(IpFamily family, Predicate<Flow> test) throws RulesException;

    /** Forgets flows; returns how many there still were. */
    int delete(List<Flow> flows) throws RulesException;

    @Override
    void close();
}
